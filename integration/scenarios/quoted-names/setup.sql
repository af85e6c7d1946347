CREATE SCHEMA "My Shop";
CREATE TABLE "My Shop"."Order ""2""" ("Key" integer PRIMARY KEY, "First Name" text, "select" text);
CREATE INDEX "Läufe" ON "My Shop"."Order ""2""" ("First Name" DESC, lower("First Name"));
INSERT INTO "My Shop"."Order ""2""" VALUES (1, 'Ada', 'x'), (2, 'it''s \ "so"', 'y');
