-- Release 2 writes both names, and reads the new one.
INSERT INTO customer (name, full_name) VALUES ('new customer', 'new customer') RETURNING 'inserted';
UPDATE customer SET name = full_name || '+', full_name = full_name || '+'
  WHERE id = (SELECT 1 + floor(random() * 1000)::int) RETURNING 'updated';
SELECT CASE WHEN full_name = name THEN 'read' ELSE 'differs' END FROM customer WHERE id = 7;
