REFRESH MATERIALIZED VIEW CONCURRENTLY initials;
SELECT * FROM initials ORDER BY 1;
UPDATE grown_up SET name = 'Zoe' WHERE id = 2;
UPDATE person SET name = 'Yan' WHERE id = 1;
SELECT id, shout, name FROM grown_up ORDER BY id;
