UPDATE orders SET order_number = 'A-2' WHERE reference = 'A-1';
SELECT orders_reference, amount FROM payment;
SELECT id, buyer, reference, order_number FROM orders ORDER BY id;
INSERT INTO payment VALUES ('nobody', 1);
