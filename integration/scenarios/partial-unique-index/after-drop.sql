SELECT indexdef FROM pg_indexes WHERE tablename = 'slot' ORDER BY indexname;
