-- facts.db as an agent of document format 3 wrote it. Frozen: it shows what there is to be upgraded.
PRAGMA user_version = 3;
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
INSERT INTO "document" VALUES('group','FRESHWORKS.A1.NEW_YORK',1,1,'{"format":3,"id":"FRESHWORKS.A1.NEW_YORK","account_id":"A1","provider":"FRESHWORKS","provider_keys":["AC12"],"channels":15,"trunk_id":"F1","booked_on":"F1"}','60ad425a58bff4fc49db3778d98d04025c8d2f44a598fcca6159fd220ba2c096','60ad425a58bff4fc49db3778d98d04025c8d2f44a598fcca6159fd220ba2c096',NULL);
INSERT INTO "document" VALUES('node','node',1,1,'{"format":3,"id":"node","gateways":[{"host":"192.0.2.30","port":5060}],"realm":"sip.example.com","other_node":"192.0.2.20","provider_sources":[]}','42ba1d11d3745a08ebaba783114390d5c8f62ae8e5c0c315bb2b83370f184246','42ba1d11d3745a08ebaba783114390d5c8f62ae8e5c0c315bb2b83370f184246',NULL);
INSERT INTO "document" VALUES('number','+13125550100',1,1,'{"format":3,"id":"+13125550100","account_id":"A1","trunk_id":"T1"}','79ea91e6d14e84d2ccf3efb42ffd9ec1905f334bab844afdae90c1fa702b6c8e','79ea91e6d14e84d2ccf3efb42ffd9ec1905f334bab844afdae90c1fa702b6c8e',NULL);
INSERT INTO "document" VALUES('number','+13125550101',1,1,'{"format":3,"id":"+13125550101","account_id":"A1","trunk_id":"F1"}','14fb4a6163395bdc2f830d02032a714cf5a309c437a536774409bd6456ab992a','14fb4a6163395bdc2f830d02032a714cf5a309c437a536774409bd6456ab992a',NULL);
INSERT INTO "document" VALUES('trunk','F1',1,1,'{"format":3,"id":"F1","account_id":"A1","trunk_kind":"PROVIDER","provider":"FRESHWORKS","provider_key":"","admin_status":"ENABLED","group":"F1","tls":false,"channels":10,"calls_per_second":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[{"host":"198.51.100.1","port":5060}],"challenge_invites":false,"username":"","realm":"","ha1_md5":"","ha1_sha256":"","earlier_ha1s":[]}','37b47f6e24905a3dcb7901c8e1cf32eebb4bde5e496d2d06021728d9c60559b3','37b47f6e24905a3dcb7901c8e1cf32eebb4bde5e496d2d06021728d9c60559b3',NULL);
INSERT INTO "document" VALUES('trunk','F2',2,1,'{"format":3,"id":"F2","account_id":"A1","trunk_kind":"PROVIDER","provider":"FRESHWORKS","provider_key":"","admin_status":"ENABLED","group":"F2","tls":false,"channels":5,"calls_per_second":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[{"host":"198.51.100.2","port":5060}],"challenge_invites":false,"username":"","realm":"","ha1_md5":"","ha1_sha256":"","earlier_ha1s":[]}','d768110773ac81f17f9ffe3c3866c3123bf0e693dcb3b9c30f415868c691bd10','d768110773ac81f17f9ffe3c3866c3123bf0e693dcb3b9c30f415868c691bd10',NULL);
INSERT INTO "document" VALUES('trunk','G1',1,2,'{"format":3,"id":"G1","account_id":"A1","trunk_kind":"PROVIDER","provider":"GENESYS_CLOUD","provider_key":"alice","admin_status":"ENABLED","group":"G1","tls":false,"channels":10,"calls_per_second":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[{"host":"198.51.100.9","port":5060}],"challenge_invites":false,"username":"","realm":"","ha1_md5":"","ha1_sha256":"","earlier_ha1s":[]}','ae4531733f5496b3d674533c665bc5b066600078b3eca33f97fd810820ebee1b','ae4531733f5496b3d674533c665bc5b066600078b3eca33f97fd810820ebee1b',NULL);
INSERT INTO "document" VALUES('trunk','R1',4,1,'{"format":3,"id":"R1","account_id":"A1","trunk_kind":"REGISTERED","provider":"DIRECT","provider_key":"","admin_status":"ENABLED","group":"R1","tls":false,"channels":10,"calls_per_second":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":false,"strategy":"FAILOVER","source_hosts":[],"destinations":[],"challenge_invites":false,"username":"R1","realm":"sip.example.com","ha1_md5":"7646ee6a14ce05560229796c89ab2f6f","ha1_sha256":"0000000000000000000000000000000000000000000000000000000000000000","earlier_ha1s":[{"md5":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","until":2000000000}]}','331bacd641a8dacdf2601dc12c0d2a2e9dc2e794d280d59acaf3a90199a35bfd','331bacd641a8dacdf2601dc12c0d2a2e9dc2e794d280d59acaf3a90199a35bfd',NULL);
INSERT INTO "document" VALUES('trunk','T1',3,1,'{"format":3,"id":"T1","account_id":"A1","trunk_kind":"STATIC","provider":"DIRECT","provider_key":"","admin_status":"ENABLED","group":"T1","tls":false,"channels":10,"calls_per_second":10,"codecs":["PCMA","PCMU"],"dtmf":"RFC2833","fax":"T38","number_format":"E164","privacy":"NONE","international":true,"options":true,"strategy":"FAILOVER","source_hosts":["192.0.2.1","192.0.2.2"],"destinations":[{"host":"192.0.2.9","port":5060},{"host":"pbx.example.com","port":0}],"challenge_invites":false,"username":"","realm":"","ha1_md5":"","ha1_sha256":"","earlier_ha1s":[]}','911fbdca8b8982c58b7c07e60b85c9246c28816b405190c25d0f3641660d5f1b','911fbdca8b8982c58b7c07e60b85c9246c28816b405190c25d0f3641660d5f1b',NULL);
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
INSERT INTO "fact" VALUES('other','all',0,0,'192.0.2.20',0,'node','node');
INSERT INTO "fact" VALUES('provider_key','FRESHWORKS/ac12',0,0,'trunk=F1;booked=F1;group=FRESHWORKS.A1.NEW_YORK;channels=15;',0,'group','FRESHWORKS.A1.NEW_YORK');
INSERT INTO "fact" VALUES('provider_key','GENESYS_CLOUD/alice',0,0,'trunk=G1;',0,'trunk','G1');
INSERT INTO "fact" VALUES('realm','all',0,0,'sip.example.com',0,'node','node');
INSERT INTO "fact" VALUES('source','192.0.2.1',0,0,'T1',0,'trunk','T1');
INSERT INTO "fact" VALUES('source','192.0.2.2',0,0,'T1',0,'trunk','T1');
INSERT INTO "fact" VALUES('trunk','F1',0,0,'enabled=1;registered=0;challenge=0;tls=0;provider=FRESHWORKS;group=F1;channels=10;rate=10;international=1;format=E164;identity=-;rotate=0;srtp=0;fax=T38;codecs="PCMA,PCMU";to_trunk="codec-transcode-PCMA codec-transcode-PCMU codec-mask-telephone-event codec-transcode-telephone-event";to_carrier="codec-offer-PCMA codec-offer-PCMU codec-offer-telephone-event codec-accept-PCMA codec-accept-PCMU codec-accept-telephone-event";n=1;h1=198.51.100.1:5060;document=37b47f6e24905a3d;',0,'trunk','F1');
INSERT INTO "fact" VALUES('trunk','F2',0,0,'enabled=1;registered=0;challenge=0;tls=0;provider=FRESHWORKS;group=F2;channels=5;rate=10;international=1;format=E164;identity=-;rotate=0;srtp=0;fax=T38;codecs="PCMA,PCMU";to_trunk="codec-transcode-PCMA codec-transcode-PCMU codec-mask-telephone-event codec-transcode-telephone-event";to_carrier="codec-offer-PCMA codec-offer-PCMU codec-offer-telephone-event codec-accept-PCMA codec-accept-PCMU codec-accept-telephone-event";n=1;h1=198.51.100.2:5060;document=d768110773ac81f1;',0,'trunk','F2');
INSERT INTO "fact" VALUES('trunk','G1',0,0,'enabled=1;registered=0;challenge=0;tls=0;provider=GENESYS_CLOUD;group=G1;channels=10;rate=10;international=1;format=E164;identity=-;rotate=0;srtp=0;fax=T38;codecs="PCMA,PCMU";to_trunk="codec-transcode-PCMA codec-transcode-PCMU codec-mask-telephone-event codec-transcode-telephone-event";to_carrier="codec-offer-PCMA codec-offer-PCMU codec-offer-telephone-event codec-accept-PCMA codec-accept-PCMU codec-accept-telephone-event";n=1;h1=198.51.100.9:5060;document=ae4531733f5496b3;',0,'trunk','G1');
INSERT INTO "fact" VALUES('trunk','R1',0,0,'enabled=1;registered=1;challenge=0;tls=0;provider=DIRECT;group=R1;channels=10;rate=10;international=1;format=E164;identity=-;rotate=0;srtp=0;fax=T38;codecs="PCMA,PCMU";to_trunk="codec-transcode-PCMA codec-transcode-PCMU codec-mask-telephone-event codec-transcode-telephone-event";to_carrier="codec-offer-PCMA codec-offer-PCMU codec-offer-telephone-event codec-accept-PCMA codec-accept-PCMU codec-accept-telephone-event";n=0;document=331bacd641a8dacd;',0,'trunk','R1');
INSERT INTO "fact" VALUES('trunk','T1',0,0,'enabled=1;registered=0;challenge=0;tls=0;provider=DIRECT;group=T1;channels=10;rate=10;international=1;format=E164;identity=-;rotate=0;srtp=0;fax=T38;codecs="PCMA,PCMU";to_trunk="codec-transcode-PCMA codec-transcode-PCMU codec-mask-telephone-event codec-transcode-telephone-event";to_carrier="codec-offer-PCMA codec-offer-PCMU codec-offer-telephone-event codec-accept-PCMA codec-accept-PCMU codec-accept-telephone-event";n=2;h1=192.0.2.9:5060;h2=pbx.example.com;document=911fbdca8b8982c5;',0,'trunk','T1');
INSERT INTO "fact" VALUES('user','R1',0,0,'trunk=R1;ha1=7646ee6a14ce05560229796c89ab2f6f;n=1;e1=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;u1=2000000000;',0,'trunk','R1');
CREATE TABLE leftover (
    place TEXT NOT NULL,
    key_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (place, key_name)
) WITHOUT ROWID;
CREATE TABLE name (
    name TEXT NOT NULL UNIQUE,
    due_at REAL NOT NULL DEFAULT 0,
    answered_at REAL NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT ''
);
INSERT INTO "name" VALUES('pbx.example.com',0.0,0.0,'');
CREATE TABLE named (
    destination TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    trunk_id TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "named" VALUES('T1/pbx.example.com','pbx.example.com','T1');
CREATE TABLE store (boot_id TEXT NOT NULL);
INSERT INTO "store" VALUES('of-format-3');
CREATE TABLE version (table_name VARCHAR(32) NOT NULL PRIMARY KEY, table_version INTEGER NOT NULL);
INSERT INTO "version" VALUES('fact_source',2);
INSERT INTO "version" VALUES('fact_user',2);
INSERT INTO "version" VALUES('fact_number',2);
INSERT INTO "version" VALUES('fact_provider_key',2);
INSERT INTO "version" VALUES('fact_carrier',2);
INSERT INTO "version" VALUES('fact_gateways',2);
INSERT INTO "version" VALUES('fact_realm',2);
INSERT INTO "version" VALUES('fact_other',2);
INSERT INTO "version" VALUES('fact_provider_source',2);
INSERT INTO "version" VALUES('fact_options',2);
INSERT INTO "version" VALUES('fact_trunk',2);
INSERT INTO "version" VALUES('fact_address',2);
CREATE INDEX document_not_verified ON document (kind, id) WHERE verified = '' AND body IS NOT NULL;
CREATE INDEX document_tombstones ON document (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX fact_of ON fact (kind, id);
CREATE INDEX leftover_of ON leftover (kind, id);
CREATE INDEX name_due ON name (due_at);
CREATE INDEX named_by_name ON named (name);
CREATE INDEX named_by_trunk ON named (trunk_id);
CREATE VIEW fact_source AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'source';
CREATE VIEW fact_user AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'user';
CREATE VIEW fact_number AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'number';
CREATE VIEW fact_provider_key AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'provider_key';
CREATE VIEW fact_carrier AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'carrier';
CREATE VIEW fact_gateways AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'gateways';
CREATE VIEW fact_realm AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'realm';
CREATE VIEW fact_other AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'other';
CREATE VIEW fact_provider_source AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'provider_source';
CREATE VIEW fact_options AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'options';
CREATE VIEW fact_trunk AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'trunk';
CREATE VIEW fact_address AS SELECT key_name, key_type, value_type, key_value, expires FROM fact WHERE place = 'address';
COMMIT;
