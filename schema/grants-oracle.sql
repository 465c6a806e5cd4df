-- yxt-mw：Oracle 授权脚本，可重复执行；先改口令，再以表的属主执行（建用户与同义词的语句由 DBA 执行）
-- yxt-mw: grants for Oracle, may be run again; set the passwords first, then run it as the tables' owner (users and synonyms are the DBA's)
--   NLS_LANG=.AL32UTF8 sqlplus 属主@连接串 @grants-oracle.sql

-- 若改了表名（database.tables），请一并修改
-- where tables have other names (database.tables), change them here as well

-- 三个用户，各只有所需的权限；建用户的语句请改好口令后去掉注释。服务账号的口令不应过期：给它们一个 PASSWORD_LIFE_TIME UNLIMITED 的 PROFILE
-- three users, each with what it needs; set the passwords and remove the comment marks to create them. Passwords of service accounts
-- are not to expire: give them a PROFILE with PASSWORD_LIFE_TIME UNLIMITED
-- CREATE USER yxt_bureau IDENTIFIED BY "改成口令";
-- CREATE USER yxt_operator IDENTIFIED BY "改成口令";
-- CREATE USER yxt_middleware IDENTIFIED BY "改成口令";
-- GRANT CREATE SESSION TO yxt_bureau, yxt_operator, yxt_middleware;

-- 业务系统：写发件表，读发件表与收件表，标记或删除收件表的行
-- the bureau's system: inserts messages, reads both tables, marks or deletes inbox rows
GRANT SELECT, INSERT ON sms_outbox TO yxt_bureau;
GRANT SELECT ON sms_outbox_history TO yxt_bureau;
GRANT SELECT, UPDATE (status), DELETE ON sms_inbox TO yxt_bureau;
GRANT SELECT ON sms_template TO yxt_bureau;

-- 值班员：改发件表的状态（取消、重发），下命令（sms_mw_command），看运行状态，维护模板、敏感词和黑名单
-- the operator: changes the status of messages (cancel, send again), inserts commands (sms_mw_command), sees whether the daemon lives, keeps templates, words and blacklist
GRANT SELECT, UPDATE (status) ON sms_outbox TO yxt_operator;
GRANT SELECT ON sms_outbox_history TO yxt_operator;
GRANT SELECT ON sms_mw_status TO yxt_operator;
GRANT SELECT ON sms_mw_stats TO yxt_operator;
GRANT SELECT ON sms_mw_balance TO yxt_operator;
GRANT SELECT, INSERT ON sms_mw_command TO yxt_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_template TO yxt_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_blocked_word TO yxt_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_blacklist TO yxt_operator;

-- 本程序：没有建表权限。配置里写 database.schema: 属主，或用下面的同义词
-- the middleware: no DDL. Set database.schema to the owner in the configuration, or make the synonyms below
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_outbox TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_outbox_history TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_inbox TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_submit TO yxt_middleware;
GRANT SELECT, INSERT, DELETE ON sms_mw_seen TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_query TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_receipt TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE ON sms_mw_channel TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_status TO yxt_middleware;
GRANT SELECT, UPDATE, DELETE ON sms_mw_command TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE ON sms_template TO yxt_middleware;
GRANT SELECT ON sms_blocked_word TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE ON sms_blacklist TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_usage TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_hour TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE ON sms_mw_override TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE ON sms_mw_stats TO yxt_middleware;
GRANT SELECT, INSERT, UPDATE ON sms_mw_balance TO yxt_middleware;

-- 同义词：不写属主名也能用（由 DBA 执行，属主改成实际的）
-- synonyms: nobody need write the owner (run by the DBA; put the real owner)
-- CREATE OR REPLACE SYNONYM yxt_bureau.sms_outbox FOR 属主.sms_outbox;
-- CREATE OR REPLACE SYNONYM yxt_bureau.sms_outbox_history FOR 属主.sms_outbox_history;
-- CREATE OR REPLACE SYNONYM yxt_bureau.sms_inbox FOR 属主.sms_inbox;
-- CREATE OR REPLACE SYNONYM yxt_bureau.sms_template FOR 属主.sms_template;
-- CREATE OR REPLACE SYNONYM yxt_operator.sms_outbox FOR 属主.sms_outbox;
-- CREATE OR REPLACE SYNONYM yxt_operator.sms_outbox_history FOR 属主.sms_outbox_history;
-- CREATE OR REPLACE SYNONYM yxt_operator.sms_mw_status FOR 属主.sms_mw_status;
-- CREATE OR REPLACE SYNONYM yxt_operator.sms_mw_stats FOR 属主.sms_mw_stats;
-- CREATE OR REPLACE SYNONYM yxt_operator.sms_mw_balance FOR 属主.sms_mw_balance;
-- CREATE OR REPLACE SYNONYM yxt_operator.sms_mw_command FOR 属主.sms_mw_command;
-- CREATE OR REPLACE SYNONYM yxt_operator.sms_template FOR 属主.sms_template;
-- CREATE OR REPLACE SYNONYM yxt_operator.sms_blocked_word FOR 属主.sms_blocked_word;
-- CREATE OR REPLACE SYNONYM yxt_operator.sms_blacklist FOR 属主.sms_blacklist;
-- 没有写 database.schema 时，本程序也要
-- the middleware too, where database.schema is not set
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_outbox FOR 属主.sms_outbox;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_outbox_history FOR 属主.sms_outbox_history;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_inbox FOR 属主.sms_inbox;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_submit FOR 属主.sms_mw_submit;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_seen FOR 属主.sms_mw_seen;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_query FOR 属主.sms_mw_query;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_receipt FOR 属主.sms_mw_receipt;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_channel FOR 属主.sms_mw_channel;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_status FOR 属主.sms_mw_status;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_command FOR 属主.sms_mw_command;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_template FOR 属主.sms_template;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_blocked_word FOR 属主.sms_blocked_word;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_blacklist FOR 属主.sms_blacklist;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_usage FOR 属主.sms_mw_usage;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_hour FOR 属主.sms_mw_hour;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_override FOR 属主.sms_mw_override;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_stats FOR 属主.sms_mw_stats;
-- CREATE OR REPLACE SYNONYM yxt_middleware.sms_mw_balance FOR 属主.sms_mw_balance;
