-- yxt-mw：MySQL / MariaDB 授权脚本，可重复执行；先改口令与主机，再在存放这些表的库中执行
-- yxt-mw: grants for MySQL and MariaDB, may be run again; set passwords and hosts first, then run it in the tables' database
--   mysql --default-character-set=utf8mb4 -h 主机 -u root -p 库名 < grants-mysql.sql

-- 若改了表名（database.tables），请一并修改
-- where tables have other names (database.tables), change them here as well

-- 三个用户，各只有所需的权限；已有的用户不变。执行前把三处 Change-me-1! 改成各自的口令
-- three users, each with what it needs; one that exists stays as it is. Replace each Change-me-1! by a password of its own first
CREATE USER IF NOT EXISTS 'yxt_bureau'@'%' IDENTIFIED BY 'Change-me-1!';
CREATE USER IF NOT EXISTS 'yxt_operator'@'%' IDENTIFIED BY 'Change-me-1!';
CREATE USER IF NOT EXISTS 'yxt_middleware'@'%' IDENTIFIED BY 'Change-me-1!';

-- 业务系统：写发件表，读发件表与收件表，标记或删除收件表的行
-- the bureau's system: inserts messages, reads both tables, marks or deletes inbox rows
GRANT SELECT, INSERT ON sms_outbox TO 'yxt_bureau'@'%';
GRANT SELECT ON sms_outbox_history TO 'yxt_bureau'@'%';
GRANT SELECT, UPDATE (status), DELETE ON sms_inbox TO 'yxt_bureau'@'%';
GRANT SELECT ON sms_template TO 'yxt_bureau'@'%';

-- 值班员：改发件表的状态（取消、重发），下命令（sms_mw_command），看运行状态，维护模板、敏感词和黑名单
-- the operator: changes the status of messages (cancel, send again), inserts commands (sms_mw_command), sees whether the daemon lives, keeps templates, words and blacklist
GRANT SELECT, UPDATE (status) ON sms_outbox TO 'yxt_operator'@'%';
GRANT SELECT ON sms_outbox_history TO 'yxt_operator'@'%';
GRANT SELECT ON sms_mw_status TO 'yxt_operator'@'%';
GRANT SELECT ON sms_mw_stats TO 'yxt_operator'@'%';
GRANT SELECT ON sms_mw_balance TO 'yxt_operator'@'%';
GRANT SELECT, INSERT ON sms_mw_command TO 'yxt_operator'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_template TO 'yxt_operator'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_blocked_word TO 'yxt_operator'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_blacklist TO 'yxt_operator'@'%';

-- 本程序：没有建表权限
-- the middleware: no DDL
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_outbox TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_outbox_history TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_inbox TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_submit TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, DELETE ON sms_mw_seen TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_query TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_receipt TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE ON sms_mw_channel TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_status TO 'yxt_middleware'@'%';
GRANT SELECT, UPDATE, DELETE ON sms_mw_command TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE ON sms_template TO 'yxt_middleware'@'%';
GRANT SELECT ON sms_blocked_word TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE ON sms_blacklist TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_usage TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_mw_hour TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE ON sms_mw_override TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE ON sms_mw_stats TO 'yxt_middleware'@'%';
GRANT SELECT, INSERT, UPDATE ON sms_mw_balance TO 'yxt_middleware'@'%';
