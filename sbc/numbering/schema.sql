-- Prefixes of E.164 numbers as Kamailio reads them at its start (its mtree module, version 1). The longest one counts.
-- Digits without a plus, country code first. `tvalue` is country:valid:possible
--   country   ISO 3166 code of the numbers that are valid; empty when they belong to none, such as satellite numbers
--   valid     bit n is set when numbers of n digits with this prefix are valid in that country
--   possible  bit n is set when numbers of n digits are possible under the country calling code at all

CREATE TABLE version (table_name VARCHAR(32) NOT NULL PRIMARY KEY, table_version INTEGER NOT NULL);
INSERT INTO version VALUES ('numbering', 1);

CREATE TABLE numbering (
    id INTEGER PRIMARY KEY NOT NULL,
    tprefix VARCHAR(32) NOT NULL,
    tvalue VARCHAR(128) NOT NULL
);

-- What the rows were made from.
CREATE TABLE source (name VARCHAR(64) NOT NULL);
