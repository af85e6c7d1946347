UPDATE person SET full_name = 'Eve' WHERE id = 2;
UPDATE grown_up SET name = 'Adam' WHERE id = 1;
SELECT * FROM grown_up ORDER BY id;
SELECT id, name, full_name FROM person ORDER BY id;
