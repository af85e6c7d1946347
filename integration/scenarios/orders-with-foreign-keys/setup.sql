CREATE TABLE customer (code text PRIMARY KEY, city text);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buyer text NOT NULL REFERENCES customer (code) ON UPDATE CASCADE,
    reference text UNIQUE,
    total numeric CHECK (total >= 0)
);
CREATE TABLE payment (orders_reference text REFERENCES orders (reference) ON UPDATE CASCADE, amount numeric);
INSERT INTO customer VALUES ('ada', 'London'), ('bob', 'Paris');
INSERT INTO orders (buyer, reference, total) VALUES ('ada', 'A-1', 10), ('bob', 'B-1', 20), ('bob', NULL, 30);
INSERT INTO payment VALUES ('A-1', 10);
