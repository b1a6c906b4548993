-- facts.db as an agent of document format 1 wrote it. Frozen: it shows what there is to be upgraded.
PRAGMA user_version = 0;
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
INSERT INTO "document" VALUES('node','node',1,1,'{"format":1,"id":"node","gateways":[{"host":"192.0.2.30","port":5060}]}','39083b6edf08481e6c64d2c37604178dca625c7d1830f87c7180a77b3a14fd87','39083b6edf08481e6c64d2c37604178dca625c7d1830f87c7180a77b3a14fd87',NULL);
INSERT INTO "document" VALUES('number','+13125550100',1,1,'{"format":1,"id":"+13125550100","account_id":"A1","trunk_id":"T1"}','8dedf3b594b146af0a9c0bcdf3c7743a8e9d7a0dcb200bf8ff08f906e4f8c6c5','8dedf3b594b146af0a9c0bcdf3c7743a8e9d7a0dcb200bf8ff08f906e4f8c6c5',NULL);
INSERT INTO "document" VALUES('number','+13125550101',1,1,'{"format":1,"id":"+13125550101","account_id":"A1","trunk_id":"F1"}','6b394038399ca233333e0dd798d3c0e4f00acdae0b5efc836d00db7257b5fc55','6b394038399ca233333e0dd798d3c0e4f00acdae0b5efc836d00db7257b5fc55',NULL);
INSERT INTO "document" VALUES('trunk','F1',1,1,'{"format":1,"id":"F1","account_id":"A1","trunk_kind":"PROVIDER","provider":"FRESHWORKS","provider_key":"AC12","admin_status":"ENABLED","group":"F1","tls":false,"channels":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[{"host":"198.51.100.1","port":5060}],"challenge_invites":false,"username":"","ha1_md5":"","ha1_sha256":""}','04d31f9d89bb04297fec27367a73fb769b8eedeb2533b66ec9df048e5ab93d16','04d31f9d89bb04297fec27367a73fb769b8eedeb2533b66ec9df048e5ab93d16',NULL);
INSERT INTO "document" VALUES('trunk','F2',2,1,'{"format":1,"id":"F2","account_id":"A1","trunk_kind":"PROVIDER","provider":"FRESHWORKS","provider_key":"AC12","admin_status":"ENABLED","group":"F2","tls":false,"channels":5,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[{"host":"198.51.100.2","port":5060}],"challenge_invites":false,"username":"","ha1_md5":"","ha1_sha256":""}','b518e88baabbd5feac14d4077fecda84e13b1c97d26e90f297e3ca9f8892a4f0','b518e88baabbd5feac14d4077fecda84e13b1c97d26e90f297e3ca9f8892a4f0',NULL);
INSERT INTO "document" VALUES('trunk','G1',1,2,'{"format":1,"id":"G1","account_id":"A1","trunk_kind":"PROVIDER","provider":"GENESYS_CLOUD","provider_key":"alice","admin_status":"ENABLED","group":"G1","tls":false,"channels":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[{"host":"198.51.100.9","port":5060}],"challenge_invites":false,"username":"","ha1_md5":"","ha1_sha256":""}','2ca6edc5f3adf826ae9a1fb57e3329a3083830bdb0449513d8e2d231e9d534a7','2ca6edc5f3adf826ae9a1fb57e3329a3083830bdb0449513d8e2d231e9d534a7',NULL);
INSERT INTO "document" VALUES('trunk','R1',4,1,'{"format":1,"id":"R1","account_id":"A1","trunk_kind":"REGISTERED","provider":"DIRECT","provider_key":"","admin_status":"ENABLED","group":"R1","tls":false,"channels":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[],"challenge_invites":false,"username":"R1","ha1_md5":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","ha1_sha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}','518e366944785073f562447f62de1f7897f5fa264b658d2a48f1713668eb7ee3','518e366944785073f562447f62de1f7897f5fa264b658d2a48f1713668eb7ee3',NULL);
INSERT INTO "document" VALUES('trunk','T1',3,1,'{"format":1,"id":"T1","account_id":"A1","trunk_kind":"STATIC","provider":"DIRECT","provider_key":"","admin_status":"ENABLED","group":"T1","tls":false,"channels":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":true,"strategy":"FAILOVER","source_hosts":["192.0.2.1","192.0.2.2"],"destinations":[{"host":"192.0.2.9","port":5060},{"host":"pbx.example.com","port":0}],"challenge_invites":false,"username":"","ha1_md5":"","ha1_sha256":""}','ab7872b212d78e489f14f27ba859fb8bb3424b9a76ca020836dead2e9805ef22','ab7872b212d78e489f14f27ba859fb8bb3424b9a76ca020836dead2e9805ef22',NULL);
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
INSERT INTO "fact" VALUES('source','192.0.2.1',0,0,'T1',0,'trunk','T1');
INSERT INTO "fact" VALUES('source','192.0.2.2',0,0,'T1',0,'trunk','T1');
INSERT INTO "fact" VALUES('trunk','F1',0,0,'enabled=1;group=F1;channels=10;international=1;domestic=0;rotate=0;n=1;h1=198.51.100.1:5060;document=04d31f9d89bb0429;',0,'trunk','F1');
INSERT INTO "fact" VALUES('trunk','F2',0,0,'enabled=1;group=F2;channels=5;international=1;domestic=0;rotate=0;n=1;h1=198.51.100.2:5060;document=b518e88baabbd5fe;',0,'trunk','F2');
INSERT INTO "fact" VALUES('trunk','G1',0,0,'enabled=1;group=G1;channels=10;international=1;domestic=0;rotate=0;n=1;h1=198.51.100.9:5060;document=2ca6edc5f3adf826;',0,'trunk','G1');
INSERT INTO "fact" VALUES('trunk','R1',0,0,'enabled=1;group=R1;channels=10;international=1;domestic=0;rotate=0;n=0;document=518e366944785073;',0,'trunk','R1');
INSERT INTO "fact" VALUES('trunk','T1',0,0,'enabled=1;group=T1;channels=10;international=1;domestic=0;rotate=0;n=2;h1=192.0.2.9:5060;h2=pbx.example.com;document=ab7872b212d78e48;',0,'trunk','T1');
CREATE TABLE leftover (
    place TEXT NOT NULL,
    key_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (place, key_name)
) WITHOUT ROWID;
CREATE TABLE store (boot_id TEXT NOT NULL);
INSERT INTO "store" VALUES('of-format-1');
CREATE TABLE version (table_name VARCHAR(32) NOT NULL PRIMARY KEY, table_version INTEGER NOT NULL);
INSERT INTO "version" VALUES('fact_source',2);
INSERT INTO "version" VALUES('fact_trunk',2);
INSERT INTO "version" VALUES('fact_number',2);
INSERT INTO "version" VALUES('fact_carrier',2);
INSERT INTO "version" VALUES('fact_gateways',2);
CREATE INDEX document_not_verified ON document (kind, id) WHERE verified = '' AND body IS NOT NULL;
CREATE INDEX document_tombstones ON document (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX leftover_of ON leftover (kind, id);
CREATE VIEW fact_source AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'source';
CREATE VIEW fact_trunk AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'trunk';
CREATE VIEW fact_number AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'number';
CREATE VIEW fact_carrier AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'carrier';
CREATE VIEW fact_gateways AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'gateways';
COMMIT;
