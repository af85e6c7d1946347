INSERT INTO person (id, mail) VALUES (3, 'Eve@Example.org');
SELECT id, mail, email FROM person ORDER BY id;
