SELECT * FROM "My Shop"."Order ""2""" ORDER BY 1;
