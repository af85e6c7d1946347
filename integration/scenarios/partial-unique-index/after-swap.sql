INSERT INTO slot (id, place) VALUES (8, 'blue') ON CONFLICT (place) WHERE NOT released DO NOTHING;
INSERT INTO slot (id, room) VALUES (9, 'red');
UPDATE slot SET released = true WHERE room = 'blue';
INSERT INTO slot (id, room) VALUES (10, 'blue');
SELECT id, room, place, released FROM slot ORDER BY id;
