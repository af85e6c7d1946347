UPDATE person SET mail = 'Ada@Example.ORG' WHERE id = 1;
UPDATE person SET email = 'BOB@Example.ORG' WHERE id = 2;
INSERT INTO person (id, email) VALUES (4, 'Dan@Example.org');
SELECT id, mail, email FROM person ORDER BY id;
