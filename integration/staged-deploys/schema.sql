-- The application's table as release 1 made it, with the rows that it has by now.
CREATE TABLE customer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  since timestamptz NOT NULL DEFAULT now());
CREATE INDEX customer_name ON customer (name);
INSERT INTO customer (name) SELECT 'customer ' || i FROM generate_series(1, :rows) i;
ANALYZE customer;
