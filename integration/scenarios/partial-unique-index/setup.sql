CREATE TABLE slot (id integer PRIMARY KEY, room text, released boolean NOT NULL DEFAULT false);
CREATE UNIQUE INDEX slot_taken ON slot (room) WHERE NOT released;
CREATE INDEX slot_room ON slot (room DESC NULLS LAST) INCLUDE (id) WHERE room <> 'none';
INSERT INTO slot VALUES (1, 'red', true), (2, 'red', true), (3, 'red', false), (4, 'blue', false);
