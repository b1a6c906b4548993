-- The agent's store. A row of `fact` is one entry of one of Kamailio's hash tables; Kamailio reads them at
-- start through the fact_* views, whose columns and version numbers are those of its htable module.

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
INSERT INTO version VALUES ('fact_source', 2), ('fact_trunk', 2), ('fact_number', 2), ('fact_carrier', 2), ('fact_gateways', 2);

CREATE VIEW fact_source AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'source';
CREATE VIEW fact_trunk AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'trunk';
CREATE VIEW fact_number AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'number';
CREATE VIEW fact_carrier AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'carrier';
CREATE VIEW fact_gateways AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'gateways';
