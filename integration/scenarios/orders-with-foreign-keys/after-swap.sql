UPDATE orders SET reference = 'A-3' WHERE order_number = 'A-2';
SELECT orders_reference, amount FROM payment;
INSERT INTO orders (buyer, reference, total) VALUES ('ada', 'A-3', 1);
INSERT INTO orders (buyer, order_number, total) VALUES ('eve', 'E-1', 1);
INSERT INTO orders (buyer, order_number, total) VALUES ('ada', 'A-4', 1) ON CONFLICT (order_number) DO NOTHING;
SELECT buyer, reference, order_number FROM orders ORDER BY id;
