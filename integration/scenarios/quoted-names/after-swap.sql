UPDATE "My Shop"."Order ""2""" SET "First Name" = 'Eve' WHERE "Key" = 1;
SELECT "Key", "First Name", "naïve; DROP TABLE x" FROM "My Shop"."Order ""2""" ORDER BY 1;
