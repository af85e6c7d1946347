SELECT count(*), count(*) FILTER (WHERE updated_at = 'epoch'), count(*) FILTER (WHERE headline = title) FROM note;
SELECT count(*) FROM note_audit;
UPDATE note SET headline = 'changed' WHERE id = 1;
