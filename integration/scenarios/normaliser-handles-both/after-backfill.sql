UPDATE person SET email = 'BOB@Example.org' WHERE id = 2;
INSERT INTO person (id, mail) VALUES (3, 'Eve@Example.org');
SELECT * FROM person ORDER BY id;
