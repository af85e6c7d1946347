-- Release 3 has forgotten that the column was ever called name.
INSERT INTO customer (full_name) VALUES ('new customer') RETURNING 'inserted';
UPDATE customer SET full_name = full_name || '+' WHERE id = (SELECT 1 + floor(random() * 1000)::int) RETURNING 'updated';
SELECT CASE WHEN full_name <> '' THEN 'read' ELSE 'differs' END FROM customer WHERE id = 7;
