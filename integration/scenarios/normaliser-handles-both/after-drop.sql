UPDATE person SET email = 'ADA@Example.ORG' WHERE id = 1;
SELECT id, email FROM person ORDER BY id;
