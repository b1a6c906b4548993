-- Call records for the portal. Only the agent writes this file. A sequence number is never used twice; `pulled` is the last
-- one that the portal has.

CREATE TABLE store (id TEXT NOT NULL, pulled INTEGER NOT NULL DEFAULT 0);

CREATE TABLE record (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    leg TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    kept_at INTEGER NOT NULL
);
CREATE INDEX record_by_age ON record (kept_at);

-- How far each of Kamailio's files was read; a file keeps its inode when it gets another name.
CREATE TABLE bookmark (inode INTEGER PRIMARY KEY, place INTEGER NOT NULL);

-- Lines that are no record: for a person to look at.
CREATE TABLE unreadable (line TEXT NOT NULL, kept_at INTEGER NOT NULL);
