CREATE TABLE person (id integer PRIMARY KEY, name text, age integer);
INSERT INTO person VALUES (1, 'Ada', 36), (2, 'Bob', 40);
CREATE VIEW grown_up AS SELECT id, upper(name) AS shout, name FROM person WHERE age >= 18;
CREATE MATERIALIZED VIEW initials AS SELECT left(name, 1) AS initial, count(*) AS people FROM person GROUP BY 1;
CREATE UNIQUE INDEX initials_initial ON initials (initial);
