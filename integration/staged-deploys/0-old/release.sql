-- Release 1 knows the column as name.
INSERT INTO customer (name) VALUES ('new customer') RETURNING 'inserted';
UPDATE customer SET name = name || '+' WHERE id = (SELECT 1 + floor(random() * 1000)::int) RETURNING 'updated';
SELECT CASE WHEN name <> '' THEN 'read' ELSE 'differs' END FROM customer WHERE id = 7;
