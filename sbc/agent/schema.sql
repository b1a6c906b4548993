-- The agent's store. A row of `fact` is one entry of one of Kamailio's hash tables; Kamailio reads them at
-- start through views named fact_ and the table, which the store makes for every table there is.

CREATE TABLE store (boot_id TEXT NOT NULL);

-- body is NULL and hash empty for a tombstone; verified is the hash of what was last read from Kamailio, '' when it is not known.
CREATE TABLE document (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    body TEXT,
    hash TEXT NOT NULL,
    verified TEXT NOT NULL DEFAULT '',
    deleted_at INTEGER,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX document_not_verified ON document (kind, id) WHERE verified = '' AND body IS NOT NULL;
CREATE INDEX document_tombstones ON document (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE fact (
    place TEXT NOT NULL,
    key_name VARCHAR(255) NOT NULL,
    key_type INTEGER NOT NULL DEFAULT 0,
    value_type INTEGER NOT NULL DEFAULT 0,
    key_value VARCHAR(4096) NOT NULL,
    expires INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (place, key_name)
) WITHOUT ROWID;
CREATE INDEX fact_of ON fact (kind, id);

-- Keys that a document no longer has, until they were read back as absent from Kamailio.
CREATE TABLE leftover (
    place TEXT NOT NULL,
    key_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (place, key_name)
) WITHOUT ROWID;
CREATE INDEX leftover_of ON leftover (kind, id);

CREATE TABLE version (table_name VARCHAR(32) NOT NULL PRIMARY KEY, table_version INTEGER NOT NULL);
