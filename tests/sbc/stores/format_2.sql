-- facts.db as an agent of document format 2 wrote it. Frozen: it shows what there is to be upgraded.
PRAGMA user_version = 2;
BEGIN TRANSACTION;
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
INSERT INTO "document" VALUES('node','node',1,1,'{"format":2,"id":"node","gateways":[{"host":"192.0.2.30","port":5060}],"realm":"sip.example.com"}','847dbfb5349b17309a1ea2e2c39eedd38ed472c5bb7dbabea744f01cda9ecd9b','847dbfb5349b17309a1ea2e2c39eedd38ed472c5bb7dbabea744f01cda9ecd9b',NULL);
INSERT INTO "document" VALUES('number','+13125550100',1,1,'{"format":2,"id":"+13125550100","account_id":"A1","trunk_id":"T1"}','3c20c7b15c41eee9ca809dc3ad855c8d4d0b8de71ce8ef38a76b45bc99effc05','3c20c7b15c41eee9ca809dc3ad855c8d4d0b8de71ce8ef38a76b45bc99effc05',NULL);
INSERT INTO "document" VALUES('number','+13125550101',1,1,'{"format":2,"id":"+13125550101","account_id":"A1","trunk_id":"F1"}','3fabc857a9b77a07b4e38ae9644c2adb45749511b2a45bacba01a1adeafed20a','3fabc857a9b77a07b4e38ae9644c2adb45749511b2a45bacba01a1adeafed20a',NULL);
INSERT INTO "document" VALUES('trunk','F1',1,1,'{"format":2,"id":"F1","account_id":"A1","trunk_kind":"PROVIDER","provider":"FRESHWORKS","provider_key":"AC12","admin_status":"ENABLED","group":"F1","tls":false,"channels":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[{"host":"198.51.100.1","port":5060}],"challenge_invites":false,"username":"","realm":"","ha1_md5":"","ha1_sha256":"","earlier_ha1s":[]}','939b915ec8bfe70ef2d6174e775cc5c19f1c177f7c42d934aa409cdcd43fc902','939b915ec8bfe70ef2d6174e775cc5c19f1c177f7c42d934aa409cdcd43fc902',NULL);
INSERT INTO "document" VALUES('trunk','F2',2,1,'{"format":2,"id":"F2","account_id":"A1","trunk_kind":"PROVIDER","provider":"FRESHWORKS","provider_key":"AC12","admin_status":"ENABLED","group":"F2","tls":false,"channels":5,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[{"host":"198.51.100.2","port":5060}],"challenge_invites":false,"username":"","realm":"","ha1_md5":"","ha1_sha256":"","earlier_ha1s":[]}','2df77fa8ecbe8f8a0ca20562b68c09fcb2aa312ffaeef930f2c610f528a56d86','2df77fa8ecbe8f8a0ca20562b68c09fcb2aa312ffaeef930f2c610f528a56d86',NULL);
INSERT INTO "document" VALUES('trunk','G1',1,2,'{"format":2,"id":"G1","account_id":"A1","trunk_kind":"PROVIDER","provider":"GENESYS_CLOUD","provider_key":"alice","admin_status":"ENABLED","group":"G1","tls":false,"channels":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[{"host":"198.51.100.9","port":5060}],"challenge_invites":false,"username":"","realm":"","ha1_md5":"","ha1_sha256":"","earlier_ha1s":[]}','d6bdf0e181b12c101e899e132e53aff086295519e530930042f8effc3abc992b','d6bdf0e181b12c101e899e132e53aff086295519e530930042f8effc3abc992b',NULL);
INSERT INTO "document" VALUES('trunk','R1',4,1,'{"format":2,"id":"R1","account_id":"A1","trunk_kind":"REGISTERED","provider":"DIRECT","provider_key":"","admin_status":"ENABLED","group":"R1","tls":false,"channels":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[],"challenge_invites":false,"username":"R1","realm":"sip.example.com","ha1_md5":"7646ee6a14ce05560229796c89ab2f6f","ha1_sha256":"0000000000000000000000000000000000000000000000000000000000000000","earlier_ha1s":[{"md5":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","until":2000000000}]}','6236945e8c31418fd55d062fa84e484040fbc380487b004b9a13d6fee093f06a','6236945e8c31418fd55d062fa84e484040fbc380487b004b9a13d6fee093f06a',NULL);
INSERT INTO "document" VALUES('trunk','T1',3,1,'{"format":2,"id":"T1","account_id":"A1","trunk_kind":"STATIC","provider":"DIRECT","provider_key":"","admin_status":"ENABLED","group":"T1","tls":false,"channels":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":true,"strategy":"FAILOVER","source_hosts":["192.0.2.1","192.0.2.2"],"destinations":[{"host":"192.0.2.9","port":5060},{"host":"pbx.example.com","port":0}],"challenge_invites":false,"username":"","realm":"","ha1_md5":"","ha1_sha256":"","earlier_ha1s":[]}','fb07b0f68078f56bb963eb0653d982868ce40a7f5bd425b850ca0a947dfe7839','fb07b0f68078f56bb963eb0653d982868ce40a7f5bd425b850ca0a947dfe7839',NULL);
INSERT INTO "document" VALUES('trunk','T9',6,0,NULL,'','',4102444800);
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
INSERT INTO "fact" VALUES('carrier','192.0.2.30',0,0,'node',0,'node','node');
INSERT INTO "fact" VALUES('gateways','all',0,0,'n=1;h1=192.0.2.30:5060;',0,'node','node');
INSERT INTO "fact" VALUES('number','13125550100',0,0,'T1',0,'number','+13125550100');
INSERT INTO "fact" VALUES('number','13125550101',0,0,'F1',0,'number','+13125550101');
INSERT INTO "fact" VALUES('options','T1/192.0.2.9:5060',0,0,'22421',0,'trunk','T1');
INSERT INTO "fact" VALUES('options','T1/pbx.example.com',0,0,'73794',0,'trunk','T1');
INSERT INTO "fact" VALUES('realm','all',0,0,'sip.example.com',0,'node','node');
INSERT INTO "fact" VALUES('source','192.0.2.1',0,0,'T1',0,'trunk','T1');
INSERT INTO "fact" VALUES('source','192.0.2.2',0,0,'T1',0,'trunk','T1');
INSERT INTO "fact" VALUES('trunk','F1',0,0,'enabled=1;registered=0;challenge=0;group=F1;channels=10;international=1;domestic=0;rotate=0;n=1;h1=198.51.100.1:5060;document=939b915ec8bfe70e;',0,'trunk','F1');
INSERT INTO "fact" VALUES('trunk','F2',0,0,'enabled=1;registered=0;challenge=0;group=F2;channels=5;international=1;domestic=0;rotate=0;n=1;h1=198.51.100.2:5060;document=2df77fa8ecbe8f8a;',0,'trunk','F2');
INSERT INTO "fact" VALUES('trunk','G1',0,0,'enabled=1;registered=0;challenge=0;group=G1;channels=10;international=1;domestic=0;rotate=0;n=1;h1=198.51.100.9:5060;document=d6bdf0e181b12c10;',0,'trunk','G1');
INSERT INTO "fact" VALUES('trunk','R1',0,0,'enabled=1;registered=1;challenge=0;group=R1;channels=10;international=1;domestic=0;rotate=0;n=0;document=6236945e8c31418f;',0,'trunk','R1');
INSERT INTO "fact" VALUES('trunk','T1',0,0,'enabled=1;registered=0;challenge=0;group=T1;channels=10;international=1;domestic=0;rotate=0;n=2;h1=192.0.2.9:5060;h2=pbx.example.com;document=fb07b0f68078f56b;',0,'trunk','T1');
INSERT INTO "fact" VALUES('user','R1',0,0,'trunk=R1;ha1=7646ee6a14ce05560229796c89ab2f6f;n=1;e1=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;u1=2000000000;',0,'trunk','R1');
CREATE TABLE leftover (
    place TEXT NOT NULL,
    key_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (place, key_name)
) WITHOUT ROWID;
CREATE TABLE store (boot_id TEXT NOT NULL);
INSERT INTO "store" VALUES('of-format-2');
CREATE TABLE version (table_name VARCHAR(32) NOT NULL PRIMARY KEY, table_version INTEGER NOT NULL);
INSERT INTO "version" VALUES('fact_source',2);
INSERT INTO "version" VALUES('fact_user',2);
INSERT INTO "version" VALUES('fact_number',2);
INSERT INTO "version" VALUES('fact_carrier',2);
INSERT INTO "version" VALUES('fact_gateways',2);
INSERT INTO "version" VALUES('fact_realm',2);
INSERT INTO "version" VALUES('fact_options',2);
INSERT INTO "version" VALUES('fact_trunk',2);
CREATE INDEX document_not_verified ON document (kind, id) WHERE verified = '' AND body IS NOT NULL;
CREATE INDEX document_tombstones ON document (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX leftover_of ON leftover (kind, id);
CREATE VIEW fact_source AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'source';
CREATE VIEW fact_user AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'user';
CREATE VIEW fact_number AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'number';
CREATE VIEW fact_carrier AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'carrier';
CREATE VIEW fact_gateways AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'gateways';
CREATE VIEW fact_realm AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'realm';
CREATE VIEW fact_options AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'options';
CREATE VIEW fact_trunk AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'trunk';
COMMIT;
