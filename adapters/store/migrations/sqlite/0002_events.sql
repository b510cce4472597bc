-- Container events as the engine announced them; the same event read twice is one row. Times in nanoseconds since 1970.
CREATE TABLE event (
    at        INTEGER NOT NULL,
    id        TEXT NOT NULL,
    kind      TEXT NOT NULL,
    resource  TEXT NOT NULL,
    name      TEXT NOT NULL,
    project   TEXT,
    service   TEXT,
    image     TEXT NOT NULL,
    exit_code INTEGER,
    signal    TEXT,
    PRIMARY KEY (at, id, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_of_resource ON event (resource, at);

-- Small facts about the program itself, such as since when events have been collected.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
