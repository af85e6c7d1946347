SELECT buyer, order_number FROM orders ORDER BY id;
SELECT reference FROM orders;
