-- yxt-mw：SQL Server 2008 R2+ 建表脚本，可重复执行（SSMS 或 sqlcmd）
-- yxt-mw: tables for SQL Server 2008 R2 and later, may be run again (SSMS or sqlcmd)
--   sqlcmd -S 主机 -U 用户 -d 库名 -f 65001 -i mssql.sql
-- 表名可改（database.tables），授权见 grants-mssql.sql

-- 列用 NVARCHAR，任何字符集的库都装得下汉字；流水号等程序自用的列按字节比较，不随库的排序规则变
-- NVARCHAR holds every character whatever the database's collation; columns of the program's own are compared byte by byte
-- 不用筛选索引，也不在计算列上建索引：会话 SET QUOTED_IDENTIFIER OFF（sqlcmd 不带 -I、代理作业）时，那两种索引会让业务系统自己的 INSERT 报 1934
-- neither filtered indexes nor indexes on computed columns: in sessions with QUOTED_IDENTIFIER OFF (sqlcmd without -I, Agent jobs) they
-- make the bureau's own INSERT fail with 1934

-- 成批的值以此类型的一个参数传给服务器
-- lists of values travel as one parameter of this type
IF TYPE_ID(N'sms_mw_list') IS NULL
CREATE TYPE sms_mw_list AS TABLE (
  n1 BIGINT NULL, n2 BIGINT NULL, n3 BIGINT NULL, n4 BIGINT NULL, n5 BIGINT NULL, n6 BIGINT NULL,
  t1 NVARCHAR(4000) NULL, t2 NVARCHAR(4000) NULL, t3 NVARCHAR(4000) NULL, t4 NVARCHAR(4000) NULL, t5 NVARCHAR(4000) NULL,
  t6 NVARCHAR(4000) NULL, t7 NVARCHAR(4000) NULL, t8 NVARCHAR(4000) NULL, t9 NVARCHAR(4000) NULL,
  m1 NVARCHAR(MAX) NULL
);

-- 短信发件表：一行一条短信、一个号码
-- messages to citizens: one row, one message, one phone
IF OBJECT_ID(N'sms_outbox', N'U') IS NULL
CREATE TABLE sms_outbox (
  id BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,  -- 编号 / number
  phone NVARCHAR(20) NOT NULL,  -- 手机号，可带 +86、空格或短横 / mainland mobile; +86, blanks and hyphens are accepted
  content NVARCHAR(1000) NULL,  -- 短信内容 / the text
  template_code NVARCHAR(40) NULL,  -- 模板编码（代替 content） / a template instead of content
  params NVARCHAR(2000) NULL,  -- 模板参数，JSON 对象 / its values, a JSON object
  msg_type NVARCHAR(8) COLLATE Latin1_General_BIN2 NOT NULL DEFAULT 'SMS',  -- SMS 或 EXIN（e信） / SMS or EXIN
  category NVARCHAR(20) NOT NULL DEFAULT 'NOTICE',  -- 类别：NOTICE、CARD、REPLY、CODE 或自定 / policy key: NOTICE, CARD, REPLY, CODE or your own
  priority SMALLINT NOT NULL DEFAULT 5,  -- 0 最先，9 最后；带 inbox_id 的 5 按 0 算 / 0 first, 9 last; 5 with an inbox_id counts as 0
  send_at DATETIME2(3) NULL,  -- 不早于此时发送 / not before
  expire_at DATETIME2(3) NULL,  -- 过此时不再发送 / not after
  ext_no NVARCHAR(10) NULL,  -- 扩展号 / extension digits
  inbox_id BIGINT NULL,  -- 所答复的 sms_inbox.id / the sms_inbox row that this answers
  biz_id NVARCHAR(64) NULL,  -- 业务系统自己的编号，本程序不改 / the bureau's own reference, never touched
  source NVARCHAR(45) NULL,  -- 来源（IP、科室） / where the request came from
  channel NVARCHAR(20) NULL,  -- 通道，空为默认 / channel, null: the default
  created_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 写入时间 / when it was inserted
  status NVARCHAR(12) COLLATE Latin1_General_BIN2 NOT NULL DEFAULT 'NEW',  -- 状态，置 NEW 即重发 / status; setting NEW sends again
  result_code NVARCHAR(20) NULL,  -- 结果码（平台或本地） / the platform's code or a local one
  result_text NVARCHAR(200) NULL,  -- 结果说明 / a sentence about it
  segments SMALLINT NULL,  -- 计费条数 / billed parts
  attempts SMALLINT NOT NULL DEFAULT 0,  -- 已提交次数 / submissions so far
  serial_no NVARCHAR(20) COLLATE Latin1_General_BIN2 NULL,  -- 流水号 / 20-digit serial
  task_id NVARCHAR(40) NULL,  -- 平台任务号 / the platform's task id
  sent_at DATETIME2(3) NULL,  -- 平台受理时间 / accepted by the platform
  receipt_code NVARCHAR(20) NULL,  -- 回执状态码 / delivery receipt, verbatim
  receipt_at DATETIME2(3) NULL,  -- 回执入库时间 / when the receipt was stored
  -- 以下为内部列，请勿读写
  -- internal columns from here on: neither read nor write them
  phone_norm NVARCHAR(20) COLLATE Latin1_General_BIN2 NULL,  -- 内部：规范化号码 / internal: normalised phone
  eff_priority AS (CASE WHEN inbox_id IS NOT NULL AND priority = 5 THEN 0 ELSE priority END),  -- 内部：实际优先级 / internal: effective priority
  retry_at DATETIME2(3) NULL,  -- 内部：推迟到 / internal: deferred until
  due_at AS (COALESCE(retry_at, send_at, CONVERT(DATETIME2(3), '20000101', 112))),  -- 内部：可发送时间 / internal: due from
  age_from DATETIME2(3) NULL,  -- 内部：时限起点 / internal: age counts from
  claim_token NVARCHAR(80) COLLATE Latin1_General_BIN2 NULL,  -- 内部：领取者 / internal: who claimed it
  lease_until DATETIME2(3) NULL,  -- 内部：领取期限 / internal: until when
  prev_serial NVARCHAR(20) COLLATE Latin1_General_BIN2 NULL,  -- 内部：上次流水号 / internal: serial before this one
  requeued SMALLINT NOT NULL DEFAULT 0,  -- 内部：1 由程序退回，2 退回后再领取 / internal: 1 put back by us, 2 claimed after that
  solo SMALLINT NOT NULL DEFAULT 0,  -- 内部：1 单独提交 / internal: 1 submit alone
  text_mark BIGINT NULL,  -- 内部：领取时内容、号码和扩展号的校验值 / internal: checksum of text, phone and extension as claimed
  overruled NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL,  -- 内部：人工放行的结果码，前为当时内容的校验值 / internal: codes that a person has overruled, after the checksum of the text then
  CONSTRAINT sms_outbox_ck_status CHECK (status IN ('NEW','SENDING','SENT','DELIVERED','UNDELIVERED','UNKNOWN','FAILED','REJECTED','EXPIRED','HELD','CANCELLED')),
  CONSTRAINT sms_outbox_ck_msg_type CHECK (msg_type IN ('SMS','EXIN')),
  CONSTRAINT sms_outbox_ck_category CHECK (category <> ''),
  CONSTRAINT sms_outbox_ck_priority CHECK (priority BETWEEN 0 AND 9)
);
-- 成批更新时不升级为表锁
-- batches do not turn into a lock of the whole table
ALTER TABLE sms_outbox SET (LOCK_ESCALATION = DISABLE);
IF INDEXPROPERTY(OBJECT_ID(N'sms_outbox'), N'sms_outbox_ix_claim', 'IndexId') IS NULL
CREATE INDEX sms_outbox_ix_claim ON sms_outbox (status, priority, retry_at, send_at, id) INCLUDE (inbox_id, lease_until);
IF INDEXPROPERTY(OBJECT_ID(N'sms_outbox'), N'sms_outbox_ix_reply', 'IndexId') IS NULL
CREATE INDEX sms_outbox_ix_reply ON sms_outbox (status, inbox_id) INCLUDE (priority, retry_at, send_at);
IF INDEXPROPERTY(OBJECT_ID(N'sms_outbox'), N'sms_outbox_ix_serial', 'IndexId') IS NULL
CREATE INDEX sms_outbox_ix_serial ON sms_outbox (serial_no, phone_norm);
IF INDEXPROPERTY(OBJECT_ID(N'sms_outbox'), N'sms_outbox_ix_inbox', 'IndexId') IS NULL
CREATE INDEX sms_outbox_ix_inbox ON sms_outbox (inbox_id);
IF INDEXPROPERTY(OBJECT_ID(N'sms_outbox'), N'sms_outbox_ix_biz', 'IndexId') IS NULL
CREATE INDEX sms_outbox_ix_biz ON sms_outbox (biz_id);

-- 短信历史表：已结束的发送行由夜间整理移到这里，一行只在一处
-- history: rows of sms_outbox that have ended, moved here at night; a row is in one of the two places
-- 列同 sms_outbox，另加 moved_at 与 masked
-- the columns of sms_outbox, and two more
IF OBJECT_ID(N'sms_outbox_history', N'U') IS NULL
CREATE TABLE sms_outbox_history (
  id BIGINT NOT NULL,
  phone NVARCHAR(20) NOT NULL,
  content NVARCHAR(1000) NULL,
  template_code NVARCHAR(40) NULL,
  params NVARCHAR(2000) NULL,
  msg_type NVARCHAR(8) COLLATE Latin1_General_BIN2 NOT NULL,
  category NVARCHAR(20) NOT NULL,
  priority SMALLINT NOT NULL,
  send_at DATETIME2(3) NULL,
  expire_at DATETIME2(3) NULL,
  ext_no NVARCHAR(10) NULL,
  inbox_id BIGINT NULL,
  biz_id NVARCHAR(64) NULL,
  source NVARCHAR(45) NULL,
  channel NVARCHAR(20) NULL,
  created_at DATETIME2(3) NOT NULL,
  status NVARCHAR(12) COLLATE Latin1_General_BIN2 NOT NULL,
  result_code NVARCHAR(20) NULL,
  result_text NVARCHAR(200) NULL,
  segments SMALLINT NULL,
  attempts SMALLINT NOT NULL,
  serial_no NVARCHAR(20) COLLATE Latin1_General_BIN2 NULL,
  task_id NVARCHAR(40) NULL,
  sent_at DATETIME2(3) NULL,
  receipt_code NVARCHAR(20) NULL,
  receipt_at DATETIME2(3) NULL,
  phone_norm NVARCHAR(20) COLLATE Latin1_General_BIN2 NULL,
  eff_priority SMALLINT NULL,
  retry_at DATETIME2(3) NULL,
  due_at DATETIME2(3) NULL,
  age_from DATETIME2(3) NULL,
  claim_token NVARCHAR(80) COLLATE Latin1_General_BIN2 NULL,
  lease_until DATETIME2(3) NULL,
  prev_serial NVARCHAR(20) COLLATE Latin1_General_BIN2 NULL,
  requeued SMALLINT NOT NULL,
  solo SMALLINT NOT NULL,
  text_mark BIGINT NULL,
  overruled NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL,
  moved_at DATETIME2(3) NOT NULL,  -- 移入时间 / when it was moved
  masked SMALLINT NOT NULL DEFAULT 0,  -- 内部：1 号码已遮盖、内容已抹去 / internal: 1 phone masked, text wiped
  PRIMARY KEY (id, created_at, moved_at)
);
IF INDEXPROPERTY(OBJECT_ID(N'sms_outbox_history'), N'sms_outbox_history_ix_serial', 'IndexId') IS NULL
CREATE INDEX sms_outbox_history_ix_serial ON sms_outbox_history (serial_no, phone_norm);
IF INDEXPROPERTY(OBJECT_ID(N'sms_outbox_history'), N'sms_outbox_history_ix_age', 'IndexId') IS NULL
CREATE INDEX sms_outbox_history_ix_age ON sms_outbox_history (masked, created_at);

-- 短信收件表：一行一条市民来信
-- messages from citizens: one row, one message
IF OBJECT_ID(N'sms_inbox', N'U') IS NULL
CREATE TABLE sms_inbox (
  id BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,  -- 编号 / number
  platform_id NVARCHAR(40) NULL,  -- 平台消息号 / the platform's id
  phone NVARCHAR(20) NOT NULL,  -- 市民号码 / the citizen
  content NVARCHAR(1000) NULL,  -- 来信内容 / the text
  access_no NVARCHAR(40) NULL,  -- 市民所发往的完整号码 / the full number written to
  ext_no NVARCHAR(20) NULL,  -- 接入号之后的部分 / what follows our access number
  keyword NVARCHAR(40) NULL,  -- 指令（大写） / keyword, upper-cased
  args NVARCHAR(1000) NULL,  -- 指令参数 / what follows it
  received_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 平台收到时间 / when the platform got it
  created_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 入库时间 / when it was stored
  status NVARCHAR(12) NOT NULL DEFAULT 'NEW',  -- NEW；业务系统处理后置 DONE；AUTO 为自动答复 / NEW; the bureau sets DONE; AUTO: a query rule took it
  handled_at DATETIME2(3) NULL,  -- 处理时间 / when it was handled
  -- 内部列
  -- internal column
  msg_key NVARCHAR(80) COLLATE Latin1_General_BIN2 NULL  -- 内部：排重键 / internal: what duplicates are told by
);
IF INDEXPROPERTY(OBJECT_ID(N'sms_inbox'), N'sms_inbox_ix_status', 'IndexId') IS NULL
CREATE INDEX sms_inbox_ix_status ON sms_inbox (status, id);
IF INDEXPROPERTY(OBJECT_ID(N'sms_inbox'), N'sms_inbox_ix_platform', 'IndexId') IS NULL
CREATE INDEX sms_inbox_ix_platform ON sms_inbox (platform_id);
IF INDEXPROPERTY(OBJECT_ID(N'sms_inbox'), N'sms_inbox_ix_key', 'IndexId') IS NULL
CREATE INDEX sms_inbox_ix_key ON sms_inbox (msg_key);

-- 提交记录：每个流水号一行，先于提交写入
-- one row per serial, written before its first byte goes out
IF OBJECT_ID(N'sms_mw_submit', N'U') IS NULL
CREATE TABLE sms_mw_submit (
  serial_no NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 流水号 / serial
  channel NVARCHAR(20) NOT NULL,  -- 通道 / channel
  state NVARCHAR(8) COLLATE Latin1_General_BIN2 NOT NULL,  -- OPEN、ACCEPTED、DONE、VOID、HELD / OPEN, ACCEPTED, DONE, VOID, HELD
  body NVARCHAR(2000) NOT NULL,  -- 提交的内容 / the text as submitted
  ext_no NVARCHAR(10) NULL,  -- 扩展号 / extension digits
  template_id NVARCHAR(40) NULL,  -- 平台的模板号 / the platform's number of its template
  priority SMALLINT NOT NULL,  -- 优先级 / priority
  segments SMALLINT NOT NULL,  -- 每号计费条数 / billed parts per phone
  members NVARCHAR(MAX) NOT NULL,  -- 成员：[[行号,号码,上次流水号],…] / [[row, phone, serial before],…]
  row_count INT NOT NULL,  -- 成员数 / members
  tries INT NOT NULL DEFAULT 1,  -- 可能已发出的次数 / times it may have gone out
  unknown_codes INT NOT NULL DEFAULT 0,  -- 含义不明的应答次数 / answers that left the outcome open
  owner NVARCHAR(80) COLLATE Latin1_General_BIN2 NULL,  -- 当前持有者 / who works on it
  next_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- OPEN：可再试；ACCEPTED：等回执到此为止；其余：结束时间 / OPEN: may be tried again; ACCEPTED: wait for receipts until; else: ended
  first_try_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 首次提交 / first try
  last_try_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 最近提交 / latest try
  settled_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 得到结论（OPEN 时无意义） / when the outcome was known; means nothing while OPEN
  result_code NVARCHAR(20) NOT NULL DEFAULT '',  -- 结果码 / code
  result_text NVARCHAR(200) NULL,  -- 结果说明（受理的不记） / sentence; none for an acceptance
  task_id NVARCHAR(40) NOT NULL DEFAULT '',  -- 平台任务号 / the platform's task id
  late_receipts INT NOT NULL DEFAULT 0  -- 不属于当前提交的回执数 / receipts for a try that the row no longer is at
);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_submit'), N'sms_mw_submit_ix_next', 'IndexId') IS NULL
CREATE INDEX sms_mw_submit_ix_next ON sms_mw_submit (state, next_at);

-- 已收来信的排重键
-- messages already stored; the bureau may delete its row
IF OBJECT_ID(N'sms_mw_seen', N'U') IS NULL
CREATE TABLE sms_mw_seen (
  msg_key NVARCHAR(80) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 排重键 / key
  inbox_id BIGINT NOT NULL,  -- sms_inbox.id / sms_inbox.id
  phone NVARCHAR(20) NOT NULL,  -- 号码 / phone
  seen_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME()  -- 入库时间 / when
);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_seen'), N'sms_mw_seen_ix_inbox', 'IndexId') IS NULL
CREATE INDEX sms_mw_seen_ix_inbox ON sms_mw_seen (inbox_id);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_seen'), N'sms_mw_seen_ix_seen', 'IndexId') IS NULL
CREATE INDEX sms_mw_seen_ix_seen ON sms_mw_seen (seen_at);

-- 点播：由规则答复的来信，一条一行
-- queries by SMS: one row per message that a rule answers
IF OBJECT_ID(N'sms_mw_query', N'U') IS NULL
CREATE TABLE sms_mw_query (
  inbox_id BIGINT NOT NULL PRIMARY KEY,  -- sms_inbox.id / sms_inbox.id
  phone NVARCHAR(20) NOT NULL,  -- 市民号码 / the citizen
  keyword NVARCHAR(40) NOT NULL,  -- 指令；问号为不认识的指令 / keyword; a question mark: not a known one
  subject NVARCHAR(8) COLLATE Latin1_General_BIN2 NOT NULL DEFAULT '',  -- 所查卡号的短校验值，推不回卡号 / short checksum of the card asked for; no way back to it
  state NVARCHAR(8) NOT NULL DEFAULT 'WAITING',  -- WAITING、DONE / WAITING, DONE
  outcome NVARCHAR(12) NOT NULL DEFAULT '',  -- 结果：ANSWERED、NOT_FOUND、BAD_FORMAT、LOCKED、LIMITED、HELP、GIVEN_UP、… / what came of it
  outbox_id BIGINT NULL,  -- 答复 sms_outbox.id；空为没有答复 / the answer; null: none was given
  tries INT NOT NULL DEFAULT 0,  -- 推迟次数 / times put off
  next_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 不早于此时处理 / not before
  taken_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 收到时间 / when it came
  ended_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME()  -- 办结时间（WAITING 时无意义） / when it ended; means nothing while WAITING
);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_query'), N'sms_mw_query_ix_next', 'IndexId') IS NULL
CREATE INDEX sms_mw_query_ix_next ON sms_mw_query (state, next_at, inbox_id);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_query'), N'sms_mw_query_ix_phone', 'IndexId') IS NULL
CREATE INDEX sms_mw_query_ix_phone ON sms_mw_query (phone, taken_at);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_query'), N'sms_mw_query_ix_taken', 'IndexId') IS NULL
CREATE INDEX sms_mw_query_ix_taken ON sms_mw_query (taken_at);

-- 暂未对上发送行的回执
-- receipts that match no row yet
IF OBJECT_ID(N'sms_mw_receipt', N'U') IS NULL
CREATE TABLE sms_mw_receipt (
  id BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,  -- 编号 / number
  serial_no NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL,  -- 流水号 / serial
  phone NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL,  -- 号码 / phone
  code NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL,  -- 回执状态码 / receipt, verbatim
  created_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 入库时间 / when it came
  tried_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME()  -- 最近一次匹配 / when it was last matched
);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_receipt'), N'sms_mw_receipt_ix_once', 'IndexId') IS NULL
CREATE UNIQUE INDEX sms_mw_receipt_ix_once ON sms_mw_receipt (serial_no, phone, code);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_receipt'), N'sms_mw_receipt_ix_tried', 'IndexId') IS NULL
CREATE INDEX sms_mw_receipt_ix_tried ON sms_mw_receipt (tried_at, id);

-- 通道状态，所有进程共用
-- state of a channel, shared by all daemons
IF OBJECT_ID(N'sms_mw_channel', N'U') IS NULL
CREATE TABLE sms_mw_channel (
  name NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 通道 / channel
  state NVARCHAR(10) NOT NULL DEFAULT 'OPEN',  -- OPEN、PAUSED、LATCHED、MANUAL / OPEN, PAUSED, LATCHED, MANUAL
  scope NVARCHAR(10) NOT NULL DEFAULT 'send',  -- send 只停发送；all 停所有调用 / send: sends stop; all: every call stops
  code NVARCHAR(20) NULL,  -- 平台码或本地码 / code
  reason NVARCHAR(400) NULL,  -- 原因 / why
  until_at DATETIME2(3) NULL,  -- 何时可探测 / may be probed from
  since DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 自何时 / since
  credentials NVARCHAR(200) NULL,  -- 所用账号的加盐散列 / salted hash of the credentials
  resumed_at DATETIME2(3) NULL,  -- 上次暂停结束的时间，时限从此起算 / when the latest pause ended, ages count from then
  said_at DATETIME2(3) NULL,  -- 最近一次由人暂停或恢复的时间：表里较早的命令不再算数 / when a person last paused or resumed, a command written before that no longer counts
  probes INT NOT NULL DEFAULT 0,  -- 连续探测失败次数 / failed probes in a row
  probe_by NVARCHAR(80) COLLATE Latin1_General_BIN2 NULL,  -- 正在探测者 / who is probing
  probe_until DATETIME2(3) NULL,  -- 探测期限 / until when
  fetch_by NVARCHAR(80) COLLATE Latin1_General_BIN2 NULL,  -- 几个进程中取上行与回执者 / of several daemons the one that fetches messages and receipts
  fetch_until DATETIME2(3) NULL,  -- 取件期限 / until when
  keep_by NVARCHAR(80) COLLATE Latin1_General_BIN2 NULL,  -- 正在做夜间整理者 / who keeps house
  keep_until DATETIME2(3) NULL,  -- 整理期限 / until when
  keep_at DATETIME2(3) NULL  -- 下次夜间整理 / when housekeeping is due next
);

-- 运行状态：每个进程一行，看 heartbeat_at 即知死活
-- one row per daemon; heartbeat_at says whether it lives
IF OBJECT_ID(N'sms_mw_status', N'U') IS NULL
CREATE TABLE sms_mw_status (
  [identity] NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 安装标识 / identity of the installation
  boot NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL,  -- 本次启动标识 / identity of this start
  prev_boot NVARCHAR(40) COLLATE Latin1_General_BIN2 NULL,  -- 被顶替的启动标识 / the start that it replaced
  instance NVARCHAR(64) NOT NULL,  -- 名称 / label
  host NVARCHAR(255) NOT NULL,  -- 主机 / host
  pid BIGINT NOT NULL,  -- 进程号 / process
  version NVARCHAR(40) NOT NULL,  -- 版本 / version
  state NVARCHAR(12) NOT NULL,  -- STARTING、RUNNING、STOPPED / STARTING, RUNNING, STOPPED
  channel_state NVARCHAR(400) NOT NULL DEFAULT '',  -- 通道状态 / state of the channel
  last_error NVARCHAR(1000) NULL,  -- 最近错误 / latest error
  last_error_zh NVARCHAR(1000) NULL,  -- 最近错误（中文） / latest error in Chinese
  last_error_en NVARCHAR(1000) NULL,  -- 最近错误（英文） / latest error in English
  waiting INT NOT NULL DEFAULT 0,  -- 该发而未发的条数（最多数到 10000） / rows that are due, counted up to 10000
  oldest_waiting DATETIME2(3) NULL,  -- 最早一条等待自 / the oldest of them waits since
  scheduled INT NOT NULL DEFAULT 0,  -- 未到发送时间的条数（最多数到 10000） / rows whose time has not come, counted up to 10000
  sent_minute INT NOT NULL DEFAULT 0,  -- 近一分钟发送 / sent in the last minute
  sent_today INT NOT NULL DEFAULT 0,  -- 今日发送 / sent today
  started_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 启动时间 / started
  heartbeat_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME()  -- 心跳 / latest heartbeat
);

-- 用 SQL 指挥本程序：PAUSE、RESUME、CANCEL、RELEASE、DISCARD、RETRY；后四个须给出 row_id、biz_id 或 category。10 秒内执行，结果写回 result
-- control by SQL: PAUSE, RESUME, CANCEL, RELEASE, DISCARD, RETRY; the last four want row_id, biz_id or category. Done within 10 s, result says what came of it
IF OBJECT_ID(N'sms_mw_command', N'U') IS NULL
CREATE TABLE sms_mw_command (
  id BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,  -- 编号 / number
  command NVARCHAR(40) NOT NULL,  -- 命令 / command
  row_id BIGINT,  -- sms_outbox.id / sms_outbox.id
  biz_id NVARCHAR(64),  -- sms_outbox.biz_id / sms_outbox.biz_id
  category NVARCHAR(20),  -- sms_outbox.category / sms_outbox.category
  instance NVARCHAR(64),  -- 只由这个实例执行；空为任一 / only this daemon (its label) is to do it; null: any
  reason NVARCHAR(200),  -- 原因 / why
  created_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 写入时间 / when it was inserted
  created_by NVARCHAR(128) DEFAULT SUSER_SNAME(),  -- 谁 / by whom
  status NVARCHAR(12) COLLATE Latin1_General_BIN2 NOT NULL DEFAULT 'NEW',  -- NEW；本程序写 RUNNING、DONE、FAILED / NEW; the program sets RUNNING, DONE, FAILED
  done_at DATETIME2(3),  -- 办结时间 / when it ended
  result NVARCHAR(400),  -- 结果 / what came of it
  owner NVARCHAR(80) COLLATE Latin1_General_BIN2,  -- 内部：执行者 / internal: who does it
  lease_until DATETIME2(3),  -- 内部：执行期限 / internal: until when
  last_row BIGINT,  -- 内部：已处理到的行 / internal: the last row that was seen to
  changed INT NOT NULL DEFAULT 0  -- 内部：已改变的行数 / internal: rows changed so far
);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_command'), N'sms_mw_command_ix_open', 'IndexId') IS NULL
CREATE INDEX sms_mw_command_ix_open ON sms_mw_command (status, id);

-- 短信模板：code 供 sms_outbox.template_code 引用；没有 code 的内容也按它们比对（policy.requireTemplate）
-- templates: named by sms_outbox.template_code; free text is compared with them too (policy.requireTemplate)
IF OBJECT_ID(N'sms_template', N'U') IS NULL
CREATE TABLE sms_template (
  code NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 模板编码 / its name
  category NVARCHAR(20) NULL,  -- 类别，空为不定 / category, null: any
  body NVARCHAR(1000) NOT NULL,  -- 正文，变量写作 {name}、{name:20}、{code:digits:4-6} / the text; holes are written {name}, {name:20}, {code:digits:4-6}
  platform_template_id NVARCHAR(40) NULL,  -- 平台的模板号，随提交发送 / the number that the platform has given it, sent along
  enabled SMALLINT NOT NULL DEFAULT 1,  -- 1 启用，0 停用 / 1: in use, 0: not
  note NVARCHAR(200) NULL,  -- 备注 / remark
  created_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 写入时间 / when it was inserted
  CONSTRAINT sms_template_ck_enabled CHECK (enabled IN (0, 1))
);

-- 敏感词：内容含其中之一的短信不发送
-- blocked words: a text that holds one of them is not sent
IF OBJECT_ID(N'sms_blocked_word', N'U') IS NULL
CREATE TABLE sms_blocked_word (
  word NVARCHAR(100) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 词 / the word
  note NVARCHAR(200) NULL,  -- 备注 / remark
  created_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME()  -- 写入时间 / when it was inserted
);

-- 黑名单：不再向这些号码发送
-- blacklist: nothing is sent to these phones
IF OBJECT_ID(N'sms_blacklist', N'U') IS NULL
CREATE TABLE sms_blacklist (
  phone NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 11 位手机号 / mobile number of 11 digits
  reason NVARCHAR(200) NULL,  -- 原因 / why
  origin NVARCHAR(10) NOT NULL DEFAULT 'MANUAL',  -- MANUAL 人工，任何短信都不发；OPTOUT 市民退订 / MANUAL: by hand, blocks everything; OPTOUT: the citizen has asked for it
  created_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME(),  -- 写入时间 / when it was inserted
  CONSTRAINT sms_blacklist_ck_phone CHECK (LEN(phone) = 11),
  CONSTRAINT sms_blacklist_ck_origin CHECK (origin IN ('MANUAL','OPTOUT'))
);

-- 限量计数：窗口内各段已发条数，键为散列
-- counters of policy.limits: what each piece of a window has seen; keys are hashes
IF OBJECT_ID(N'sms_mw_usage', N'U') IS NULL
CREATE TABLE sms_mw_usage (
  subject NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL,  -- 计数对象的散列 / hash of what is counted
  slot SMALLINT NOT NULL,  -- 段位（循环使用） / place, used in turn
  piece BIGINT NOT NULL,  -- 段号 / number of the piece
  uses INT NOT NULL,  -- 条数 / messages
  ends_ms BIGINT NOT NULL,  -- 此后无用（1970 年起的毫秒） / of no use after this, milliseconds since 1970
  PRIMARY KEY (subject, slot)
);
IF INDEXPROPERTY(OBJECT_ID(N'sms_mw_usage'), N'sms_mw_usage_ix_ends', 'IndexId') IS NULL
CREATE INDEX sms_mw_usage_ix_ends ON sms_mw_usage (ends_ms);

-- 每小时的条数：每个进程、每小时一行，供状态页画图
-- counts of each hour, one row per process and hour; the page draws them
IF OBJECT_ID(N'sms_mw_hour', N'U') IS NULL
CREATE TABLE sms_mw_hour (
  hour_at NVARCHAR(13) COLLATE Latin1_General_BIN2 NOT NULL,  -- 小时，如 2026-11-26 09 / the hour, such as 2026-11-26 09
  owner NVARCHAR(80) COLLATE Latin1_General_BIN2 NOT NULL,  -- 写入的进程 / the process that wrote it
  sent INT NOT NULL DEFAULT 0,  -- 平台受理条数 / accepted by the platform
  delivered INT NOT NULL DEFAULT 0,  -- 回执：送达 / receipts: delivered
  undelivered INT NOT NULL DEFAULT 0,  -- 回执：未送达 / receipts: not delivered
  refused INT NOT NULL DEFAULT 0,  -- 未发出：平台或本地检查拒绝、过期 / not sent: refused by the platform or a check, or too old
  PRIMARY KEY (hour_at, owner)
);

-- 规则的临时放行（如紧急通知不受静默时段限制）
-- rules set aside for a while, such as quiet hours in an emergency
IF OBJECT_ID(N'sms_mw_override', N'U') IS NULL
CREATE TABLE sms_mw_override (
  rule_name NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 规则，如 QUIET_HOURS / rule, such as QUIET_HOURS
  reason NVARCHAR(200) NOT NULL,  -- 原因 / why
  until_at DATETIME2(3) NOT NULL,  -- 放行到 / until when
  set_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME()  -- 设定时间 / since when
);

-- 统计：每天、类别、运营商、状态一行；在移入历史的同一事务里累加，永久保留
-- statistics: one row per day, category, carrier and status, added to in the transaction that moves rows, kept for ever
IF OBJECT_ID(N'sms_mw_stats', N'U') IS NULL
CREATE TABLE sms_mw_stats (
  stat_key NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 日期加其余各列的散列 / the day, and a hash of the other columns
  stat_day NVARCHAR(10) COLLATE Latin1_General_BIN2 NOT NULL,  -- 受理之日；未受理的为写入之日 / day of acceptance, of what was not accepted that of the INSERT
  category NVARCHAR(20) NOT NULL,  -- 类别 / category
  carrier NVARCHAR(12) COLLATE Latin1_General_BIN2 NOT NULL,  -- 运营商（按号段）：mobile、unicom、telecom、broadnet、virtual、other / carrier by prefix
  msg_type NVARCHAR(8) COLLATE Latin1_General_BIN2 NOT NULL,  -- SMS 或 EXIN / SMS or EXIN
  status NVARCHAR(12) COLLATE Latin1_General_BIN2 NOT NULL,  -- 移动时的状态 / status when they were moved
  row_count BIGINT NOT NULL DEFAULT 0,  -- 行数 / rows
  parts BIGINT NOT NULL DEFAULT 0,  -- 计费条数 / billed parts
  wait_ms BIGINT NOT NULL DEFAULT 0,  -- 从该发到受理的毫秒数之和 / milliseconds from due to accepted, added up
  receipt_ms BIGINT NOT NULL DEFAULT 0  -- 从受理到回执的毫秒数之和 / milliseconds from accepted to receipt, added up
);

-- 平台余额：每天第一次读数，供 bill 对账
-- balance at the platform: the first reading of each day, which bill compares with what was sent
IF OBJECT_ID(N'sms_mw_balance', N'U') IS NULL
CREATE TABLE sms_mw_balance (
  balance_day NVARCHAR(10) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,  -- 日期 / day
  balance BIGINT NOT NULL,  -- 剩余条数 / messages left
  taken_at DATETIME2(3) NOT NULL DEFAULT SYSDATETIME()  -- 读取时间 / when it was read
);
