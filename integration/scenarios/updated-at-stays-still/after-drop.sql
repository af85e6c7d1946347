SELECT id, headline, updated_at > now() - interval '1 hour' AS touched FROM note WHERE updated_at <> 'epoch' ORDER BY id;
SELECT * FROM note_audit;
