-- Destinations that are host names, as <host>[:<port>][/tls]. What they lead to are facts of the table `address`, with the
-- name as owner, so that Kamailio knows them at its next start, agent or not.

-- trouble is '' (all is well, or nobody asked yet), 'lost' or 'refused'; times are Unix seconds.
CREATE TABLE IF NOT EXISTS name (
    name TEXT NOT NULL UNIQUE,
    due_at REAL NOT NULL DEFAULT 0,
    answered_at REAL NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS name_due ON name (due_at);

-- Which trunk's destinations they are; `destination` is <trunk id>/<host>[:<port>].
CREATE TABLE IF NOT EXISTS named (
    destination TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    trunk_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS named_by_name ON named (name);
CREATE INDEX IF NOT EXISTS named_by_trunk ON named (trunk_id);
