-- yxt-mw：PostgreSQL 授权脚本，可重复执行；先改口令，再在存放这些表的库中执行
-- yxt-mw: grants for PostgreSQL, may be run again; set the passwords first, then run it in the tables' database
--   psql -h 主机 -U postgres -d 库名 -f grants-postgres.sql

-- 三个用户，各只有所需的权限；已有的用户不变。执行前把三处 Change-me-1! 改成各自的口令
-- three users, each with what it needs; one that exists stays as it is. Replace each Change-me-1! by a password of its own first
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yxt_bureau') THEN
    CREATE ROLE yxt_bureau LOGIN PASSWORD 'Change-me-1!';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yxt_operator') THEN
    CREATE ROLE yxt_operator LOGIN PASSWORD 'Change-me-1!';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yxt_middleware') THEN
    CREATE ROLE yxt_middleware LOGIN PASSWORD 'Change-me-1!';
  END IF;
END
$$;

-- 若改了表名（database.tables），请一并修改；表不在 public 模式（database.schema）时，先执行这一句，表名前加模式名
-- where tables have other names (database.tables), change them here as well; where they are not in schema public
-- (database.schema), run this first and put the schema before the names of the tables
-- GRANT USAGE ON SCHEMA 模式名 TO yxt_bureau, yxt_operator, yxt_middleware;

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

-- 本程序：没有建表权限
-- the middleware: no DDL
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
