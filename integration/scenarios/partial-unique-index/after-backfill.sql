INSERT INTO slot (id, place) VALUES (5, 'blue');
INSERT INTO slot (id, room) VALUES (6, 'blue') ON CONFLICT (room) WHERE NOT released DO NOTHING;
INSERT INTO slot (id, place, released) VALUES (7, 'red', true);
SELECT id, room, place, released FROM slot ORDER BY id;
