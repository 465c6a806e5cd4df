-- yxt-mw：SQL Server 授权脚本，可重复执行；先改口令，再在存放这些表的库中执行
-- yxt-mw: grants for SQL Server, may be run again; set the passwords first, then run it in the tables' database
--   sqlcmd -S 主机 -U sa -d 库名 -f 65001 -i grants-mssql.sql

-- 若改了表名（database.tables），请一并修改；表不在默认模式（database.schema）时，表名和类型名前加模式名
-- where tables have other names (database.tables), change them here as well; where they are not in the default schema
-- (database.schema), put the schema before the names of tables and type

-- 三个用户，各只有所需的权限；建登录名和用户的语句请改好口令后去掉注释
-- three users, each with what it needs; set the passwords and remove the comment marks to create logins and users
-- CREATE LOGIN yxt_bureau WITH PASSWORD = '改成口令', CHECK_EXPIRATION = OFF;
-- CREATE LOGIN yxt_operator WITH PASSWORD = '改成口令', CHECK_EXPIRATION = OFF;
-- CREATE LOGIN yxt_middleware WITH PASSWORD = '改成口令', CHECK_EXPIRATION = OFF;
-- CREATE USER yxt_bureau FOR LOGIN yxt_bureau;
-- CREATE USER yxt_operator FOR LOGIN yxt_operator;
-- CREATE USER yxt_middleware FOR LOGIN yxt_middleware;

-- 业务系统：写发件表，读发件表与收件表，标记或删除收件表的行
-- the bureau's system: inserts messages, reads both tables, marks or deletes inbox rows
GRANT SELECT, INSERT ON sms_outbox TO yxt_bureau;
GRANT SELECT ON sms_outbox_history TO yxt_bureau;
GRANT SELECT, DELETE ON sms_inbox TO yxt_bureau;
GRANT UPDATE ON sms_inbox (status) TO yxt_bureau;
GRANT SELECT ON sms_template TO yxt_bureau;

-- 值班员：改发件表的状态（取消、重发），下命令（sms_mw_command），看运行状态，维护模板、敏感词和黑名单
-- the operator: changes the status of messages (cancel, send again), inserts commands (sms_mw_command), sees whether the daemon lives, keeps templates, words and blacklist
GRANT SELECT ON sms_outbox TO yxt_operator;
GRANT UPDATE ON sms_outbox (status) TO yxt_operator;
GRANT SELECT ON sms_outbox_history TO yxt_operator;
GRANT SELECT ON sms_mw_status TO yxt_operator;
GRANT SELECT ON sms_mw_stats TO yxt_operator;
GRANT SELECT ON sms_mw_balance TO yxt_operator;
GRANT SELECT, INSERT ON sms_mw_command TO yxt_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_template TO yxt_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_blocked_word TO yxt_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_blacklist TO yxt_operator;

-- 本程序：没有建表权限；成批的值要用到类型 sms_mw_list
-- the middleware: no DDL; lists of values are of the type sms_mw_list
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
GRANT EXECUTE ON TYPE::sms_mw_list TO yxt_middleware;
