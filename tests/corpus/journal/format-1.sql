-- A journal.db of format 1, as tk wrote it before the tree: sqlite3 journal.db < format-1.sql
PRAGMA user_version=1;
PRAGMA journal_mode=WAL;
BEGIN TRANSACTION;
CREATE TABLE definition (hash TEXT PRIMARY KEY, type TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "definition" VALUES('00f95f0e9865874e2fdc00f09542e24302171ae90c17e39b0001877f6e15c4c1','rule','record = "rule"
version = 1
initial = "active"
create = { action = "entity.new" }
[fields]
ref = { type = "text" }
file = { type = "text" }
attributes = { type = "json" }
[[state]]
name = "draft"
[[state]]
name = "active"
[[state]]
name = "suspended"
[[state]]
name = "retired"
[[transition]]
event = "update"
from = ["draft", "active", "suspended"]
to = "="
action = "entity.update"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "activate"
from = ["draft", "suspended"]
to = "active"
action = "entity.activate"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "suspend"
from = ["draft", "active"]
to = "suspended"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "retire"
from = ["draft", "active", "suspended"]
to = "retired"
action = "entity.retire"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "withdraw"
from = ["active", "suspended"]
to = "draft"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
# The declaration could not be put into git: back to what it was. tk owes these to the record.
[[transition]]
event = "revert_to_draft"
from = ["draft", "active", "suspended", "retired"]
to = "draft"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_active"
from = ["draft", "active", "suspended", "retired"]
to = "active"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_suspended"
from = ["draft", "active", "suspended", "retired"]
to = "suspended"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_retired"
from = ["draft", "active", "suspended", "retired"]
to = "retired"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
');
INSERT INTO "definition" VALUES('3e9218ff73f7816d1f28ee30dccd8fb7704df3e0170ac324e0cd08f1122d1f0e','role','record = "role"
version = 1
initial = "active"
create = { action = "entity.new" }
[fields]
ref = { type = "text" }
file = { type = "text" }
attributes = { type = "json" }
[[state]]
name = "draft"
[[state]]
name = "active"
[[state]]
name = "suspended"
[[state]]
name = "retired"
[[transition]]
event = "update"
from = ["draft", "active", "suspended"]
to = "="
action = "entity.update"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "activate"
from = ["draft", "suspended"]
to = "active"
action = "entity.activate"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "suspend"
from = ["draft", "active"]
to = "suspended"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "retire"
from = ["draft", "active", "suspended"]
to = "retired"
action = "entity.retire"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "withdraw"
from = ["active", "suspended"]
to = "draft"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
# The declaration could not be put into git: back to what it was. tk owes these to the record.
[[transition]]
event = "revert_to_draft"
from = ["draft", "active", "suspended", "retired"]
to = "draft"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_active"
from = ["draft", "active", "suspended", "retired"]
to = "active"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_suspended"
from = ["draft", "active", "suspended", "retired"]
to = "suspended"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_retired"
from = ["draft", "active", "suspended", "retired"]
to = "retired"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
');
INSERT INTO "definition" VALUES('8838cc7e94926d74a3a7efb35215948aa9899632f7f1adcedfd77387742b6e4b','user','record = "user"
version = 1
initial = "active"
create = { action = "entity.new" }
[fields]
ref = { type = "text" }
file = { type = "text" }
attributes = { type = "json" }
[[state]]
name = "draft"
[[state]]
name = "active"
[[state]]
name = "suspended"
[[state]]
name = "retired"
[[transition]]
event = "update"
from = ["draft", "active", "suspended"]
to = "="
action = "entity.update"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "activate"
from = ["draft", "suspended"]
to = "active"
action = "entity.activate"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "suspend"
from = ["draft", "active"]
to = "suspended"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "retire"
from = ["draft", "active", "suspended"]
to = "retired"
action = "entity.retire"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "withdraw"
from = ["active", "suspended"]
to = "draft"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
# The declaration could not be put into git: back to what it was. tk owes these to the record.
[[transition]]
event = "revert_to_draft"
from = ["draft", "active", "suspended", "retired"]
to = "draft"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_active"
from = ["draft", "active", "suspended", "retired"]
to = "active"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_suspended"
from = ["draft", "active", "suspended", "retired"]
to = "suspended"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_retired"
from = ["draft", "active", "suspended", "retired"]
to = "retired"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
');
INSERT INTO "definition" VALUES('93e01c093d634c916fdac0ea5b081555f3367cab67209690e7ba8715a99183da','galaxy','record = "galaxy"
version = 1
initial = "active"
create = { action = "entity.new" }
[fields]
ref = { type = "text" }
file = { type = "text" }
attributes = { type = "json" }
[[state]]
name = "draft"
[[state]]
name = "active"
[[state]]
name = "suspended"
[[state]]
name = "retired"
[[transition]]
event = "update"
from = ["draft", "active", "suspended"]
to = "="
action = "entity.update"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "activate"
from = ["draft", "suspended"]
to = "active"
action = "entity.activate"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "suspend"
from = ["draft", "active"]
to = "suspended"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "retire"
from = ["draft", "active", "suspended"]
to = "retired"
action = "entity.retire"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "withdraw"
from = ["active", "suspended"]
to = "draft"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
# The declaration could not be put into git: back to what it was. tk owes these to the record.
[[transition]]
event = "revert_to_draft"
from = ["draft", "active", "suspended", "retired"]
to = "draft"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_active"
from = ["draft", "active", "suspended", "retired"]
to = "active"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_suspended"
from = ["draft", "active", "suspended", "retired"]
to = "suspended"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_retired"
from = ["draft", "active", "suspended", "retired"]
to = "retired"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
');
INSERT INTO "definition" VALUES('da9beccbc63b35ad0c34935f44de4771d810c4cf94164f73e8bb4c466d9a1f25','grant','record = "grant"
version = 1
initial = "active"
create = { action = "entity.new" }
[fields]
ref = { type = "text" }
file = { type = "text" }
attributes = { type = "json" }
[[state]]
name = "draft"
[[state]]
name = "active"
[[state]]
name = "suspended"
[[state]]
name = "retired"
[[transition]]
event = "update"
from = ["draft", "active", "suspended"]
to = "="
action = "entity.update"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "activate"
from = ["draft", "suspended"]
to = "active"
action = "entity.activate"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "suspend"
from = ["draft", "active"]
to = "suspended"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "retire"
from = ["draft", "active", "suspended"]
to = "retired"
action = "entity.retire"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "withdraw"
from = ["active", "suspended"]
to = "draft"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
# The declaration could not be put into git: back to what it was. tk owes these to the record.
[[transition]]
event = "revert_to_draft"
from = ["draft", "active", "suspended", "retired"]
to = "draft"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_active"
from = ["draft", "active", "suspended", "retired"]
to = "active"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_suspended"
from = ["draft", "active", "suspended", "retired"]
to = "suspended"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_retired"
from = ["draft", "active", "suspended", "retired"]
to = "retired"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
');
INSERT INTO "definition" VALUES('eec47eedeaa9c4497120a728a99d31b5a450503adb8a22674961f8e003125d82','counter','record = "counter"
initial = "on"
[fields]
note = { type = "text" }
[[state]]
name = "on"
[[transition]]
event = "tick"
from = ["on"]
to = "on"
input = { note = "text" }
[[transition]]
event = "ask"
from = ["on"]
input = { note = "text" }
obligations = [{ kind = "four-eyes" }]
');
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY, format INTEGER NOT NULL, id TEXT NOT NULL, ts_ns INTEGER NOT NULL,
  trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_span_id TEXT NOT NULL,
  actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL, on_behalf_of TEXT NOT NULL,
  sponsor TEXT NOT NULL, borrow_id TEXT NOT NULL, context_path TEXT NOT NULL,
  entity_type TEXT NOT NULL, entity_id TEXT NOT NULL, event_type TEXT NOT NULL,
  trigger TEXT NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL,
  payload_digest BLOB NOT NULL, changes_digest BLOB NOT NULL,
  reason TEXT NOT NULL, rule_id TEXT NOT NULL, permission_mode TEXT NOT NULL,
  decision TEXT NOT NULL, origin_node TEXT NOT NULL, kind TEXT NOT NULL,
  policy_hash TEXT NOT NULL, labels TEXT NOT NULL, idempotency_key TEXT NOT NULL,
  hash BLOB NOT NULL);
INSERT INTO "journal" VALUES(1,1,'01a20f19-02ec-7e42-884f-40ab1224c53c',1795549627114270068,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','','galaxy','01a20f19-02e9-7d3f-ba66-45b4b293048e','galaxy.created','new','','active',X'7EB9B90C382597B31F089D145CE84F8CAA50A3498A62F44D5761B5464C0FDF7F',X'58150B24F1ACEF1142C007B9E184E53445A70A22D01B38F38B054401D6708B1E','','genesis','on','allow','vm','done','','','',X'210E6E27ED91BC21A1D42948D07390D47E421CBCAA923293853A052340C64D9B');
INSERT INTO "journal" VALUES(2,1,'01a20f19-02ef-7ccc-b7d3-6c1932b04031',1795549627115944339,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','grant','01a20f19-02ea-735a-be22-26010c9f9e52','grant.created','new','','active',X'62267C3EAF87621FF7855ED2B8C58455D575E018197A848173EAD79F9C9FFC2C',X'00E7CAB90F4566FE855EF83AFDCF162B4765BEF3945F5BE8A681CC3A98D748F1','','genesis','on','allow','vm','done','','','',X'9FC81BA424E341027D296A515F1E0F96DB66A49C17412AFABAB4E0CD4E13E303');
INSERT INTO "journal" VALUES(3,1,'01a20f19-02ef-7d90-bbb2-02818fb78cb8',1795549627116181350,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','grant','01a20f19-02ea-7364-88ac-7df75361d393','grant.created','new','','active',X'E511A0365DDEB906004B79B713305F5EF77F4584E7D898E1272EB1EA14731AD5',X'0A5F5CAA0811D7276B1EA071DE8C04A53D89695AA64ED262897B8185F8E126D4','','genesis','on','allow','vm','done','','','',X'0ED9F22DD4B2FCC7E961F53947F725CAD58BB63706DB91C8CBBE4022D84658FD');
INSERT INTO "journal" VALUES(4,1,'01a20f19-02ef-7e09-bab6-6d79945fe3a5',1795549627116195581,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','role','01a20f19-02e9-7d9e-889b-751f1e2ae6a9','role.created','new','','active',X'2ED6B291C4F518CDC40BC486FC83877872EC17A82DC07CC0544615F251531E31',X'42C2AE80C074EA7B85C1FE4348CED6401C62BC238DFE2AF84039AE94EDB0F039','','genesis','on','allow','vm','done','','','',X'914785A5300C6A01528CEA02EAAF2CF48EE6349E6308C2405D58241D8AA922DF');
INSERT INTO "journal" VALUES(5,1,'01a20f19-02ef-7e7d-a903-66d4eaa9c386',1795549627116394235,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','role','01a20f19-02e9-7dc3-b445-e83f7206e704','role.created','new','','active',X'C2BBC531EAC66F6290F9399F73F8EC6943BE59E4502649F86537B44337898099',X'F911F495C26091DB10D7C9BE1E306E77E6F323A2667AB91C8126439D3A62EDC6','','genesis','on','allow','vm','done','','','',X'5A8EAD10E04FF2B708F08C38DDA84F63F48A770DDBF1417258A9811FFC70FA39');
INSERT INTO "journal" VALUES(6,1,'01a20f19-02ef-7ee7-98ff-98c4b339199f',1795549627116404721,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','role','01a20f19-02e9-7de4-82a0-38a3442f5974','role.created','new','','active',X'740130F7682FD2E39C9AB564E92B35955C3E76139831D2305055789AB2242D44',X'1596A3C20935AF5AF646B28172C538ECE3D54536D3C1C04689F846DACD1DA038','','genesis','on','allow','vm','done','','','',X'924B4E12AC1464F66E25CC5C3AAC2076A8EAD19698FA30D2AF21B3B9CB885E8F');
INSERT INTO "journal" VALUES(7,1,'01a20f19-02ef-7f4b-9464-339f62a17592',1795549627116414475,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','role','01a20f19-02e9-7e05-b7ff-f5a50ebcc074','role.created','new','','active',X'F39BC296882197892DCAD5454459759DA04361BE31881D9DFD213C48531279BB',X'8CA8069CDA041BFFE0A5C352189BEB1C1DC04D803584B5CA3C4560D075FFCAC2','','genesis','on','allow','vm','done','','','',X'2458FCDF6505763F136D295A82C160254387DE8EF4C8BCDB3FE71E3DB9A4AB20');
INSERT INTO "journal" VALUES(8,1,'01a20f19-02ef-7faa-bf4e-e37f5af486be',1795549627116425111,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','rule','01a20f19-02ea-7373-a921-91fa57b8d53d','rule.created','new','','active',X'CF3D640B60C09CB3A461CFB4B79F2795DF02F2B9B5DB630ABF08ACA1A6D96FB6',X'71E7A1B62612A59050D819F0E87EF74324341AB2CE45C0DE51B2D84859B0FF4C','','genesis','on','allow','vm','done','','','',X'1CAF3EB43B7BA68ECE616BF5C683E2B87B64EC49482B2AD25DCC324E43685E8E');
INSERT INTO "journal" VALUES(9,1,'01a20f19-02f0-702f-a757-0cb650154dc7',1795549627116618658,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','rule','01a20f19-02ea-7378-b969-32398fed1d18','rule.created','new','','active',X'12B17E16A13EEBCCF6D540F8AC1E7A472C2A0C5ED7BF890EFB68037F101F0513',X'AA9CF783E32FB31C3BD09AE867A6458021C534961589E4EEDD7A849FD15C8B64','','genesis','on','allow','vm','done','','','',X'C13ADF1FB5FE600888B0A9B82963C22E10EDFB65371C1998F996FFAD0643BAA9');
INSERT INTO "journal" VALUES(10,1,'01a20f19-02f0-70b7-aed1-b6eb1263e7cc',1795549627116631938,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','rule','01a20f19-02ea-7380-ba30-9cb3fd5c9f59','rule.created','new','','active',X'0BFCE23174371C161C703E9293603CE72EF65B2E74AEC1A66A8A79BC0214E8C9',X'0C4D11F2FDD035C3F6DC7AAFD243DB9F9B55A73C48F65E5A80E38F8EB28EB31F','','genesis','on','allow','vm','done','','','',X'EBC0C1242DFD46B1FB33CC6A59D1C03D750AD561ACA5B7C7CC001E6C634E8F91');
INSERT INTO "journal" VALUES(11,1,'01a20f19-02f0-712f-9ceb-a5bad7f6ab3a',1795549627116643725,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','rule','01a20f19-02ea-7385-8a66-dce7897759a3','rule.created','new','','active',X'B99FBDEA8C90548D80F10E4ADAE5F502110277D9FB32E13933551849CE31927A',X'2D36EBECDF7D771B614540E391AE65DAB8716B57DD3B485D364EA4FE253DD30A','','genesis','on','allow','vm','done','','','',X'DD73932CC12340D887D7016911647165FA7F2931AE1C77D452B27EB908D67B21');
INSERT INTO "journal" VALUES(12,1,'01a20f19-02f0-719b-973e-2306e2df0593',1795549627116656544,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','rule','01a20f19-02ea-738b-9ddc-353d0f472937','rule.created','new','','active',X'E9DA25E34533F1557F5821741A173BCC22E10777D6B691728E5E814C6A183958',X'A0ACD8FBFACB9B9D111E176596E01FF916FE377CB5C42D37AC786EA574D814F2','','genesis','on','allow','vm','done','','','',X'B1F5EE80F11AD9D3CDAF37188F9808433BCB0481EC5BD97744256B4028A6DC4F');
INSERT INTO "journal" VALUES(13,1,'01a20f19-02f0-7244-90c1-077df8e1dbcf',1795549627116668552,'9999d65170728f44e19ecc6d9fa2d1c1','e38ce9b4728bca97','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','user','01a20f19-02e9-7e82-a174-a32237dfded6','user.created','new','','active',X'50896B0D8D4E847DD3E4FB021A625ADBA9E13674D34F2C92A527CB7BA1805734',X'70C444B0F6EBB6760D20DA30DC7974E3E3CF70BCC269B2A699CC4134ECB8EF4E','','genesis','on','allow','vm','done','','','',X'AAF7BE2117510390902198A7C578653E975BFE8F7D425BEDA71B0F42F5DEDC4B');
INSERT INTO "journal" VALUES(14,1,'01a20f19-0335-7b9a-a4da-c95f4c62faa5',1795549627189616787,'d45402ef4e4a3acf0c8d9fb627623795','ee86658c68c9f936','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-0335-79e2-a03b-4ab1b53d67d9','counter.created','new','','on',X'E179F97E71D4997ECE6D7690D14BC0074086B01F334CF6909F9560AB64176CCF',X'','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','',X'F43C0DBEBDAFA1DDD2B6431C6D0977FA12C83C8C9AB4E759ACD232007C7ED4F0');
INSERT INTO "journal" VALUES(15,1,'01a20f19-033d-78ee-b0ce-e18292301ab1',1795549627197456662,'9554e58394520b7fa49a5bfe810b246a','55110f6f11a26ebf','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-033d-7752-a64e-e423462f7d94','counter.created','new','','on',X'E179F97E71D4997ECE6D7690D14BC0074086B01F334CF6909F9560AB64176CCF',X'','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','',X'508AB4D2589D056397DAE15C01C668B371F5223A5F7DA8A67B57FBCA60481778');
INSERT INTO "journal" VALUES(16,1,'01a20f19-0345-7548-9a28-c0b28bde479c',1795549627205215318,'67df1bc2084ab497c9223f0dd7d8d1d6','4be3dac764dc162b','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-0335-79e2-a03b-4ab1b53d67d9','counter.updated','tick','on','on',X'C6A77D6C1F18DD99C5C2A87F521DD787DF4FFF7A9D372E96478FBA804C6791A7',X'CA3B2D7ABB66F839CB8785FBDB3E6CE2434BE08DFD6C4632EFA5567A8F3452D1','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','',X'DD7F77FE4468D42C4D91498C9DA0550834001C4EA99DDC6D37D28254C9986820');
INSERT INTO "journal" VALUES(17,1,'01a20f19-034e-75b9-9f69-10eb6fdb4d68',1795549627214165729,'f53ebdda3f74b5e75c40acc688dfd51f','fb18de6672cd00ad','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-033d-7752-a64e-e423462f7d94','counter.updated','tick','on','on',X'C6A77D6C1F18DD99C5C2A87F521DD787DF4FFF7A9D372E96478FBA804C6791A7',X'CA3B2D7ABB66F839CB8785FBDB3E6CE2434BE08DFD6C4632EFA5567A8F3452D1','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','cli/01a20f19-02e9-7e82-a174-a32237dfded6/k1',X'E8C4897338B15421F59B3A0CFB7A0DD7097C8F0E587A6A75281390C6F843F163');
INSERT INTO "journal" VALUES(18,1,'01a20f19-0357-7a75-8b6e-319c626961db',1795549627223537884,'88b77b391d308bb5a1d1366219c3ba66','3b1ad02ab23b11cf','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-0335-79e2-a03b-4ab1b53d67d9','counter.updated','tick','on','on',X'C6A77D6C1F18DD99C5C2A87F521DD787DF4FFF7A9D372E96478FBA804C6791A7',X'','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','',X'BBA3493AB18428E42DBE656FDCDAF0B4353187F9FA04061559C26BA996AE213E');
INSERT INTO "journal" VALUES(19,1,'01a20f19-0360-7b35-a1e4-88293c961cfe',1795549627232520383,'d0b753f9eb1157d9926d31da7f97f92c','cf9c049541315902','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-033d-7752-a64e-e423462f7d94','counter.updated','tick','on','on',X'C6A77D6C1F18DD99C5C2A87F521DD787DF4FFF7A9D372E96478FBA804C6791A7',X'','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','cli/01a20f19-02e9-7e82-a174-a32237dfded6/k3',X'F162C57145AD9C5F8EEE96ADC13C1181DE781816F63D2975BCE076E5C93DA29F');
INSERT INTO "journal" VALUES(20,1,'01a20f19-0369-7625-8999-03a1075f7476',1795549627241264438,'144a1e3277ccc19823276dd13925c5f4','1b65e31608287258','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-0335-79e2-a03b-4ab1b53d67d9','counter.updated','tick','on','on',X'C6A77D6C1F18DD99C5C2A87F521DD787DF4FFF7A9D372E96478FBA804C6791A7',X'','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','',X'50708ABEF925839CC10848E94D7FA734BA35E047F2A987074C0CD3E63D9DC76E');
INSERT INTO "journal" VALUES(21,1,'01a20f19-0372-739f-8f9d-bfe2fdf1bf37',1795549627250039659,'57388d1545b93f966b58493adc0f6202','9fa3f8d8e24a7e2b','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-033d-7752-a64e-e423462f7d94','counter.updated','tick','on','on',X'C1659EF80E96F86F0AF6097DF14EFD988154E3F97883F783888338B1A8BD7F00',X'E79B5F08130E1A6A11C6B7C3CD6015BDB184E66C2DB074A03C65E7DD960AE3B1','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','cli/01a20f19-02e9-7e82-a174-a32237dfded6/k5',X'0879CF2010F4E43EDC7A7475224E52120100AE2432E7C763F5C60C82D80C6B2A');
INSERT INTO "journal" VALUES(22,1,'01a20f19-037b-70c0-8d26-b341c678d788',1795549627258936451,'c981b195c88221f81117e1394c6c4d32','0fe819358b403c9b','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-0335-79e2-a03b-4ab1b53d67d9','counter.updated','tick','on','on',X'C1659EF80E96F86F0AF6097DF14EFD988154E3F97883F783888338B1A8BD7F00',X'E79B5F08130E1A6A11C6B7C3CD6015BDB184E66C2DB074A03C65E7DD960AE3B1','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','',X'419428E1CF1D117856DB3778565185D31830B6D7049F6D6048BC7E8B40F02CEF');
INSERT INTO "journal" VALUES(23,1,'01a20f19-0384-756f-9268-8b900919baf2',1795549627268155640,'de59597c3c322abc9facb609348bce0d','db04b77a01c8de70','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-033d-7752-a64e-e423462f7d94','counter.updated','tick','on','on',X'C1659EF80E96F86F0AF6097DF14EFD988154E3F97883F783888338B1A8BD7F00',X'','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','cli/01a20f19-02e9-7e82-a174-a32237dfded6/k7',X'EEAC316CA8078DA931069A180088A3CF4A76F9EA5A1B451B1E30252A8B569B70');
INSERT INTO "journal" VALUES(24,1,'01a20f19-038b-7f6d-8fd0-aec53c3f783b',1795549627275843200,'c570ddf16767f07fdbec76a275570000','25a6c9cc78167cca','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-0335-79e2-a03b-4ab1b53d67d9','counter.updated','tick','on','on',X'C1659EF80E96F86F0AF6097DF14EFD988154E3F97883F783888338B1A8BD7F00',X'','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','',X'4017188C50B827C8A1D9EFBAFAF75BD6328B6A5733F4057AFD868DA10E581E01');
INSERT INTO "journal" VALUES(25,1,'01a20f19-0395-7157-b45c-28ba9bab2528',1795549627284894240,'318ded897e99eb86da7cead50d891483','6a7427edc9f54dd6','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-033d-7752-a64e-e423462f7d94','counter.updated','tick','on','on',X'C1659EF80E96F86F0AF6097DF14EFD988154E3F97883F783888338B1A8BD7F00',X'','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','cli/01a20f19-02e9-7e82-a174-a32237dfded6/k9',X'17E0B0EFCD9DDCC04AADE998842ACB90C8D9B4E0D2E465B188754B8DCCC70AC1');
INSERT INTO "journal" VALUES(26,1,'01a20f19-039d-70c0-b3c8-41bdfcc1f35a',1795549627292925779,'9d142c2feae877473f2f64b1288029d2','7a82bc51dcfc31dc','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-0335-79e2-a03b-4ab1b53d67d9','counter.updated','tick','on','on',X'7F9DC6D4C33CBCEA7B012ACC904F002992EBCDD70B846B5CB0F44CD15B3A18E6',X'0CB270CEDE992A669367289A8431C3CE34D584D6573B0DE29D27FE700DB11953','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','',X'513F095288F32F860F76C16FA29BBB4D911DB17C52CADC123D023423BF5E02D0');
INSERT INTO "journal" VALUES(27,1,'01a20f19-03a5-7ceb-8639-65dca7e7e951',1795549627301611128,'044b74f544d1f486bcf34bdfa2b52f67','27e5d8e681ba7f26','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-033d-7752-a64e-e423462f7d94','counter.updated','tick','on','on',X'7F9DC6D4C33CBCEA7B012ACC904F002992EBCDD70B846B5CB0F44CD15B3A18E6',X'0CB270CEDE992A669367289A8431C3CE34D584D6573B0DE29D27FE700DB11953','','owners-do-all','on','allow','vm','done','d32e6d38673b2e56f274ab37f4db620af59a4f8a114796b02cc6ae77ff708a95','','cli/01a20f19-02e9-7e82-a174-a32237dfded6/k11',X'7AEADC08C59972C74A32898D2CA10A687A50E9BAFAC1330B5A21AE4E112B77A5');
INSERT INTO "journal" VALUES(28,1,'01a20f19-03ae-7c39-b149-9863d20518c8',1795549627310765120,'6b19b840f25abc48205ee2b7074a1c8b','5d2961822b802de5','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','w','counter','01a20f19-0335-79e2-a03b-4ab1b53d67d9','transition.failed','tock','on','on',X'2EE71518FA57CADCE964961F1CF04D9FFB68F7016EE332A6D2BA8D5B4F825D24',X'','step 3 match: tock is not legal for counter in state on','','','','vm','failed','','','',X'B438D7E327A34F9C3D0C42A1AF8FD7DEA15CB11E0621FEA1D9B99B31B45F21FC');
INSERT INTO "journal" VALUES(29,1,'01a20f19-03b6-778a-af04-3adefc789bad',1795549627318472499,'8520d692386272cb766d03b10293d93c','18ba162c10e46737','','user','01a20f19-02e9-7e82-a174-a32237dfded6','','','','','token','token:new','acl.denied','record.step','','',X'',X'','a record that tk drives itself','','denied','deny','vm','denied','','','',X'A3D711F38D8B732B2431978E2DF72094316ED66B8D4EF949E9057309DAEEFC80');
CREATE TABLE meta (name TEXT PRIMARY KEY, number INTEGER, bytes BLOB) WITHOUT ROWID;
INSERT INTO "meta" VALUES('head',29,X'A3D711F38D8B732B2431978E2DF72094316ED66B8D4EF949E9057309DAEEFC80');
CREATE TABLE outbox (seq INTEGER NOT NULL, n INTEGER NOT NULL, topic TEXT NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY (seq, n)) WITHOUT ROWID;
CREATE TABLE record (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, context TEXT NOT NULL, name TEXT NOT NULL,
  parent TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, definition TEXT NOT NULL,
  fields TEXT NOT NULL, created_ns INTEGER NOT NULL, updated_ns INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "record" VALUES('01a20f19-02e9-7d3f-ba66-45b4b293048e','galaxy','','w','',1,'active','93e01c093d634c916fdac0ea5b081555f3367cab67209690e7ba8715a99183da','{"attributes":{},"file":"galaxies/w/galaxy.xml","ref":"galaxy:w"}',1795549627114270068,1795549627114270068);
INSERT INTO "record" VALUES('01a20f19-02e9-7d9e-889b-751f1e2ae6a9','role','w','reader','',1,'active','3e9218ff73f7816d1f28ee30dccd8fb7704df3e0170ac324e0cd08f1122d1f0e','{"attributes":{},"file":"galaxies/w/roles/default.xml","ref":"role:w/reader"}',1795549627116195581,1795549627116195581);
INSERT INTO "record" VALUES('01a20f19-02e9-7dc3-b445-e83f7206e704','role','w','reviewer','',1,'active','3e9218ff73f7816d1f28ee30dccd8fb7704df3e0170ac324e0cd08f1122d1f0e','{"attributes":{},"file":"galaxies/w/roles/default.xml","ref":"role:w/reviewer"}',1795549627116394235,1795549627116394235);
INSERT INTO "record" VALUES('01a20f19-02e9-7de4-82a0-38a3442f5974','role','w','owner','',1,'active','3e9218ff73f7816d1f28ee30dccd8fb7704df3e0170ac324e0cd08f1122d1f0e','{"attributes":{},"file":"galaxies/w/roles/default.xml","ref":"role:w/owner"}',1795549627116404721,1795549627116404721);
INSERT INTO "record" VALUES('01a20f19-02e9-7e05-b7ff-f5a50ebcc074','role','w','agent','',1,'active','3e9218ff73f7816d1f28ee30dccd8fb7704df3e0170ac324e0cd08f1122d1f0e','{"attributes":{},"file":"galaxies/w/roles/default.xml","ref":"role:w/agent"}',1795549627116414475,1795549627116414475);
INSERT INTO "record" VALUES('01a20f19-02e9-7e82-a174-a32237dfded6','user','w','root','',1,'active','8838cc7e94926d74a3a7efb35215948aa9899632f7f1adcedfd77387742b6e4b','{"attributes":{"title":"Owner","unix":"root"},"file":"galaxies/w/users/root.xml","ref":"user:w/root"}',1795549627116668552,1795549627116668552);
INSERT INTO "record" VALUES('01a20f19-02ea-735a-be22-26010c9f9e52','grant','w','owner','',1,'active','da9beccbc63b35ad0c34935f44de4771d810c4cf94164f73e8bb4c466d9a1f25','{"attributes":{"role":"role:owner","to":"user:root"},"file":"galaxies/w/grants/default.xml","ref":"grant:w/owner"}',1795549627115944339,1795549627115944339);
INSERT INTO "record" VALUES('01a20f19-02ea-7364-88ac-7df75361d393','grant','w','every-agent','',1,'active','da9beccbc63b35ad0c34935f44de4771d810c4cf94164f73e8bb4c466d9a1f25','{"attributes":{"role":"role:agent","to":"agent:**"},"file":"galaxies/w/grants/default.xml","ref":"grant:w/every-agent"}',1795549627116181350,1795549627116181350);
INSERT INTO "record" VALUES('01a20f19-02ea-7373-a921-91fa57b8d53d','rule','w','readers-read','',1,'active','00f95f0e9865874e2fdc00f09542e24302171ae90c17e39b0001877f6e15c4c1','{"attributes":{"actions":"run.read log.read entity.read","effect":"permit","resource":"**","role":"role:reader"},"file":"galaxies/w/rules/default.xml","ref":"rule:w/readers-read"}',1795549627116425111,1795549627116425111);
INSERT INTO "record" VALUES('01a20f19-02ea-7378-b969-32398fed1d18','rule','w','reviewers-answer','',1,'active','00f95f0e9865874e2fdc00f09542e24302171ae90c17e39b0001877f6e15c4c1','{"attributes":{"actions":"cast.answer","effect":"permit","resource":"cast:w/**","role":"role:reviewer"},"file":"galaxies/w/rules/default.xml","ref":"rule:w/reviewers-answer"}',1795549627116618658,1795549627116618658);
INSERT INTO "record" VALUES('01a20f19-02ea-7380-ba30-9cb3fd5c9f59','rule','w','owners-do-all','',1,'active','00f95f0e9865874e2fdc00f09542e24302171ae90c17e39b0001877f6e15c4c1','{"attributes":{"actions":"*","effect":"permit","resource":"**","role":"role:owner"},"file":"galaxies/w/rules/default.xml","ref":"rule:w/owners-do-all"}',1795549627116631938,1795549627116631938);
INSERT INTO "record" VALUES('01a20f19-02ea-7385-8a66-dce7897759a3','rule','w','agents-do-their-steps','',1,'active','00f95f0e9865874e2fdc00f09542e24302171ae90c17e39b0001877f6e15c4c1','{"attributes":{"actions":"step.run","effect":"permit","resource":"step:**","role":"role:agent"},"file":"galaxies/w/rules/default.xml","ref":"rule:w/agents-do-their-steps"}',1795549627116643725,1795549627116643725);
INSERT INTO "record" VALUES('01a20f19-02ea-738b-9ddc-353d0f472937','rule','w','agents-never-answer','',1,'active','00f95f0e9865874e2fdc00f09542e24302171ae90c17e39b0001877f6e15c4c1','{"attributes":{"actions":"cast.answer cast.expire actor.act-as","effect":"forbid","resource":"**","role":"role:agent"},"file":"galaxies/w/rules/default.xml","ref":"rule:w/agents-never-answer"}',1795549627116656544,1795549627116656544);
INSERT INTO "record" VALUES('01a20f19-0335-79e2-a03b-4ab1b53d67d9','counter','w','','',7,'on','eec47eedeaa9c4497120a728a99d31b5a450503adb8a22674961f8e003125d82','{"note":"tick-2"}',1795549627189616787,1795549627292925779);
INSERT INTO "record" VALUES('01a20f19-033d-7752-a64e-e423462f7d94','counter','w','','',7,'on','eec47eedeaa9c4497120a728a99d31b5a450503adb8a22674961f8e003125d82','{"note":"tick-2"}',1795549627197456662,1795549627301611128);
CREATE TABLE side (seq INTEGER PRIMARY KEY, payload BLOB, changes BLOB);
INSERT INTO "side" VALUES(1,X'7B22696E707574223A7B2261747472696275746573223A7B7D2C2266696C65223A2267616C61786965732F772F67616C6178792E786D6C222C22726566223A2267616C6178793A77227D2C227265636F7264223A7B22636F6E74657874223A22222C22646566696E6974696F6E223A2239336530316330393364363334633931366664616330656135623038313535356633333637636162363732303936393065376261383731356139393138336461222C226E616D65223A2277222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B7D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F67616C6178792E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A2267616C6178793A77227D5D');
INSERT INTO "side" VALUES(2,X'7B22696E707574223A7B2261747472696275746573223A7B22726F6C65223A22726F6C653A6F776E6572222C22746F223A22757365723A726F6F74227D2C2266696C65223A2267616C61786965732F772F6772616E74732F64656661756C742E786D6C222C22726566223A226772616E743A772F6F776E6572227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2264613962656363626336336233356164306333343933356634346465343737316438313063346366393431363466373365386262346334363664396131663235222C226E616D65223A226F776E6572222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B22726F6C65223A22726F6C653A6F776E6572222C22746F223A22757365723A726F6F74227D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F6772616E74732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A226772616E743A772F6F776E6572227D5D');
INSERT INTO "side" VALUES(3,X'7B22696E707574223A7B2261747472696275746573223A7B22726F6C65223A22726F6C653A6167656E74222C22746F223A226167656E743A2A2A227D2C2266696C65223A2267616C61786965732F772F6772616E74732F64656661756C742E786D6C222C22726566223A226772616E743A772F65766572792D6167656E74227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2264613962656363626336336233356164306333343933356634346465343737316438313063346366393431363466373365386262346334363664396131663235222C226E616D65223A2265766572792D6167656E74222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B22726F6C65223A22726F6C653A6167656E74222C22746F223A226167656E743A2A2A227D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F6772616E74732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A226772616E743A772F65766572792D6167656E74227D5D');
INSERT INTO "side" VALUES(4,X'7B22696E707574223A7B2261747472696275746573223A7B7D2C2266696C65223A2267616C61786965732F772F726F6C65732F64656661756C742E786D6C222C22726566223A22726F6C653A772F726561646572227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2233653932313866663733663738313664316632386565333064636364386662373730346466336530313730616333323465306364303866313132326431663065222C226E616D65223A22726561646572222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B7D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F726F6C65732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A22726F6C653A772F726561646572227D5D');
INSERT INTO "side" VALUES(5,X'7B22696E707574223A7B2261747472696275746573223A7B7D2C2266696C65223A2267616C61786965732F772F726F6C65732F64656661756C742E786D6C222C22726566223A22726F6C653A772F7265766965776572227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2233653932313866663733663738313664316632386565333064636364386662373730346466336530313730616333323465306364303866313132326431663065222C226E616D65223A227265766965776572222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B7D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F726F6C65732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A22726F6C653A772F7265766965776572227D5D');
INSERT INTO "side" VALUES(6,X'7B22696E707574223A7B2261747472696275746573223A7B7D2C2266696C65223A2267616C61786965732F772F726F6C65732F64656661756C742E786D6C222C22726566223A22726F6C653A772F6F776E6572227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2233653932313866663733663738313664316632386565333064636364386662373730346466336530313730616333323465306364303866313132326431663065222C226E616D65223A226F776E6572222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B7D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F726F6C65732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A22726F6C653A772F6F776E6572227D5D');
INSERT INTO "side" VALUES(7,X'7B22696E707574223A7B2261747472696275746573223A7B7D2C2266696C65223A2267616C61786965732F772F726F6C65732F64656661756C742E786D6C222C22726566223A22726F6C653A772F6167656E74227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2233653932313866663733663738313664316632386565333064636364386662373730346466336530313730616333323465306364303866313132326431663065222C226E616D65223A226167656E74222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B7D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F726F6C65732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A22726F6C653A772F6167656E74227D5D');
INSERT INTO "side" VALUES(8,X'7B22696E707574223A7B2261747472696275746573223A7B22616374696F6E73223A2272756E2E72656164206C6F672E7265616420656E746974792E72656164222C22656666656374223A227065726D6974222C227265736F75726365223A222A2A222C22726F6C65223A22726F6C653A726561646572227D2C2266696C65223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C222C22726566223A2272756C653A772F726561646572732D72656164227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2230306639356630653938363538373465326664633030663039353432653234333032313731616539306331376533396230303031383737663665313563346331222C226E616D65223A22726561646572732D72656164222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B22616374696F6E73223A2272756E2E72656164206C6F672E7265616420656E746974792E72656164222C22656666656374223A227065726D6974222C227265736F75726365223A222A2A222C22726F6C65223A22726F6C653A726561646572227D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A2272756C653A772F726561646572732D72656164227D5D');
INSERT INTO "side" VALUES(9,X'7B22696E707574223A7B2261747472696275746573223A7B22616374696F6E73223A22636173742E616E73776572222C22656666656374223A227065726D6974222C227265736F75726365223A22636173743A772F2A2A222C22726F6C65223A22726F6C653A7265766965776572227D2C2266696C65223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C222C22726566223A2272756C653A772F7265766965776572732D616E73776572227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2230306639356630653938363538373465326664633030663039353432653234333032313731616539306331376533396230303031383737663665313563346331222C226E616D65223A227265766965776572732D616E73776572222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B22616374696F6E73223A22636173742E616E73776572222C22656666656374223A227065726D6974222C227265736F75726365223A22636173743A772F2A2A222C22726F6C65223A22726F6C653A7265766965776572227D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A2272756C653A772F7265766965776572732D616E73776572227D5D');
INSERT INTO "side" VALUES(10,X'7B22696E707574223A7B2261747472696275746573223A7B22616374696F6E73223A222A222C22656666656374223A227065726D6974222C227265736F75726365223A222A2A222C22726F6C65223A22726F6C653A6F776E6572227D2C2266696C65223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C222C22726566223A2272756C653A772F6F776E6572732D646F2D616C6C227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2230306639356630653938363538373465326664633030663039353432653234333032313731616539306331376533396230303031383737663665313563346331222C226E616D65223A226F776E6572732D646F2D616C6C222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B22616374696F6E73223A222A222C22656666656374223A227065726D6974222C227265736F75726365223A222A2A222C22726F6C65223A22726F6C653A6F776E6572227D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A2272756C653A772F6F776E6572732D646F2D616C6C227D5D');
INSERT INTO "side" VALUES(11,X'7B22696E707574223A7B2261747472696275746573223A7B22616374696F6E73223A22737465702E72756E222C22656666656374223A227065726D6974222C227265736F75726365223A22737465703A2A2A222C22726F6C65223A22726F6C653A6167656E74227D2C2266696C65223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C222C22726566223A2272756C653A772F6167656E74732D646F2D74686569722D7374657073227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2230306639356630653938363538373465326664633030663039353432653234333032313731616539306331376533396230303031383737663665313563346331222C226E616D65223A226167656E74732D646F2D74686569722D7374657073222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B22616374696F6E73223A22737465702E72756E222C22656666656374223A227065726D6974222C227265736F75726365223A22737465703A2A2A222C22726F6C65223A22726F6C653A6167656E74227D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A2272756C653A772F6167656E74732D646F2D74686569722D7374657073227D5D');
INSERT INTO "side" VALUES(12,X'7B22696E707574223A7B2261747472696275746573223A7B22616374696F6E73223A22636173742E616E7377657220636173742E657870697265206163746F722E6163742D6173222C22656666656374223A22666F72626964222C227265736F75726365223A222A2A222C22726F6C65223A22726F6C653A6167656E74227D2C2266696C65223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C222C22726566223A2272756C653A772F6167656E74732D6E657665722D616E73776572227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2230306639356630653938363538373465326664633030663039353432653234333032313731616539306331376533396230303031383737663665313563346331222C226E616D65223A226167656E74732D6E657665722D616E73776572222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B22616374696F6E73223A22636173742E616E7377657220636173742E657870697265206163746F722E6163742D6173222C22656666656374223A22666F72626964222C227265736F75726365223A222A2A222C22726F6C65223A22726F6C653A6167656E74227D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F72756C65732F64656661756C742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A2272756C653A772F6167656E74732D6E657665722D616E73776572227D5D');
INSERT INTO "side" VALUES(13,X'7B22696E707574223A7B2261747472696275746573223A7B227469746C65223A224F776E6572222C22756E6978223A22726F6F74227D2C2266696C65223A2267616C61786965732F772F75736572732F726F6F742E786D6C222C22726566223A22757365723A772F726F6F74227D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2238383338636337653934393236643734613361376566623335323135393438616139383939363332663766316164636564666437373338373734326236653462222C226E616D65223A22726F6F74222C22706172656E74223A22227D7D',X'5B7B226F70223A22616464222C2270617468223A222F61747472696275746573222C2276616C7565223A7B227469746C65223A224F776E6572222C22756E6978223A22726F6F74227D7D2C7B226F70223A22616464222C2270617468223A222F66696C65222C2276616C7565223A2267616C61786965732F772F75736572732F726F6F742E786D6C227D2C7B226F70223A22616464222C2270617468223A222F726566222C2276616C7565223A22757365723A772F726F6F74227D5D');
INSERT INTO "side" VALUES(14,X'7B22696E707574223A7B7D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2265656334376565646561613963343439373132306137323861393964333162356134353035303361646238613232363734393631663865303033313235643832222C226E616D65223A22222C22706172656E74223A22227D7D',NULL);
INSERT INTO "side" VALUES(15,X'7B22696E707574223A7B7D2C227265636F7264223A7B22636F6E74657874223A2277222C22646566696E6974696F6E223A2265656334376565646561613963343439373132306137323861393964333162356134353035303361646238613232363734393631663865303033313235643832222C226E616D65223A22222C22706172656E74223A22227D7D',NULL);
INSERT INTO "side" VALUES(16,X'7B22696E707574223A7B226E6F7465223A227469636B2D30227D7D',X'5B7B226F70223A22616464222C2270617468223A222F6E6F7465222C2276616C7565223A227469636B2D30227D5D');
INSERT INTO "side" VALUES(17,X'7B22696E707574223A7B226E6F7465223A227469636B2D30227D7D',X'5B7B226F70223A22616464222C2270617468223A222F6E6F7465222C2276616C7565223A227469636B2D30227D5D');
INSERT INTO "side" VALUES(18,X'7B22696E707574223A7B226E6F7465223A227469636B2D30227D7D',NULL);
INSERT INTO "side" VALUES(19,X'7B22696E707574223A7B226E6F7465223A227469636B2D30227D7D',NULL);
INSERT INTO "side" VALUES(20,X'7B22696E707574223A7B226E6F7465223A227469636B2D30227D7D',NULL);
INSERT INTO "side" VALUES(21,X'7B22696E707574223A7B226E6F7465223A227469636B2D31227D7D',X'5B7B226F70223A227265706C616365222C2270617468223A222F6E6F7465222C2276616C7565223A227469636B2D31227D5D');
INSERT INTO "side" VALUES(22,X'7B22696E707574223A7B226E6F7465223A227469636B2D31227D7D',X'5B7B226F70223A227265706C616365222C2270617468223A222F6E6F7465222C2276616C7565223A227469636B2D31227D5D');
INSERT INTO "side" VALUES(23,X'7B22696E707574223A7B226E6F7465223A227469636B2D31227D7D',NULL);
INSERT INTO "side" VALUES(24,X'7B22696E707574223A7B226E6F7465223A227469636B2D31227D7D',NULL);
INSERT INTO "side" VALUES(25,X'7B22696E707574223A7B226E6F7465223A227469636B2D31227D7D',NULL);
INSERT INTO "side" VALUES(26,X'7B22696E707574223A7B226E6F7465223A227469636B2D32227D7D',X'5B7B226F70223A227265706C616365222C2270617468223A222F6E6F7465222C2276616C7565223A227469636B2D32227D5D');
INSERT INTO "side" VALUES(27,X'7B22696E707574223A7B226E6F7465223A227469636B2D32227D7D',X'5B7B226F70223A227265706C616365222C2270617468223A222F6E6F7465222C2276616C7565223A227469636B2D32227D5D');
INSERT INTO "side" VALUES(28,X'7B22696E707574223A7B7D7D',NULL);
CREATE INDEX journal_entity ON journal (entity_id);
CREATE INDEX journal_trace ON journal (trace_id);
CREATE INDEX journal_actor ON journal (actor_id);
CREATE UNIQUE INDEX journal_key ON journal (idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX record_name ON record (type, name);
CREATE INDEX record_parent ON record (parent) WHERE parent <> '';
COMMIT;
