-- yxt-mw：Oracle 11.2 建表脚本（序列加触发器；12.1 起用 oracle.sql）
-- yxt-mw: tables for Oracle 11.2 (sequences and triggers; from 12.1 on use oracle.sql)
--   NLS_LANG=.AL32UTF8 sqlplus 用户@连接串 @oracle-11g.sql
-- 可重复执行：已有的对象只报 ORA-00955，不受影响。表名可改（database.tables），授权见 grants-oracle.sql
-- may be run again: what is there already is reported with ORA-00955 and left as it is
-- 表的属主要有 CREATE TABLE、CREATE SEQUENCE、CREATE TRIGGER 权限和表空间配额
-- the tables' owner needs CREATE TABLE, CREATE SEQUENCE and CREATE TRIGGER, and a quota on its tablespace

-- 名称不加引号，业务系统怎么写大小写都行。短信正文等自由文本用 NVARCHAR2：库是 ZHS16GBK 时也装得下生僻字；其余用 VARCHAR2(n CHAR)，
-- 按字符计长，与库的字符集无关，且索引列与参数同为一种类型
-- names stand unquoted: the bureau may write them in any case. Free text is NVARCHAR2, which holds every character also where the
-- database's character set is ZHS16GBK; all else is VARCHAR2(n CHAR), measured in characters whatever the character set, of one kind with
-- what it is compared with
SET DEFINE OFF;

-- 短信发件表：一行一条短信、一个号码
-- messages to citizens: one row, one message, one phone
CREATE TABLE sms_outbox (
  id NUMBER(19) NOT NULL PRIMARY KEY,  -- 编号 / number
  phone VARCHAR2(20 CHAR) NOT NULL,  -- 手机号，可带 +86、空格或短横 / mainland mobile; +86, blanks and hyphens are accepted
  content NVARCHAR2(1000),  -- 短信内容 / the text
  template_code VARCHAR2(40 CHAR),  -- 模板编码（代替 content） / a template instead of content
  params NVARCHAR2(2000),  -- 模板参数，JSON 对象 / its values, a JSON object
  msg_type VARCHAR2(8 CHAR) DEFAULT 'SMS' NOT NULL,  -- SMS 或 EXIN（e信） / SMS or EXIN
  category VARCHAR2(20 CHAR) DEFAULT 'NOTICE' NOT NULL,  -- 类别：NOTICE、CARD、REPLY、CODE 或自定 / policy key: NOTICE, CARD, REPLY, CODE or your own
  priority NUMBER(5) DEFAULT 5 NOT NULL,  -- 0 最先，9 最后；带 inbox_id 的 5 按 0 算 / 0 first, 9 last; 5 with an inbox_id counts as 0
  send_at TIMESTAMP(3),  -- 不早于此时发送 / not before
  expire_at TIMESTAMP(3),  -- 过此时不再发送 / not after
  ext_no VARCHAR2(10 CHAR),  -- 扩展号 / extension digits
  inbox_id NUMBER(19),  -- 所答复的 sms_inbox.id / the sms_inbox row that this answers
  biz_id VARCHAR2(64 CHAR),  -- 业务系统自己的编号，本程序不改 / the bureau's own reference, never touched
  source VARCHAR2(45 CHAR),  -- 来源（IP、科室） / where the request came from
  channel VARCHAR2(20 CHAR),  -- 通道，空为默认 / channel, null: the default
  created_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 写入时间 / when it was inserted
  status VARCHAR2(12 CHAR) DEFAULT 'NEW' NOT NULL,  -- 状态，置 NEW 即重发 / status; setting NEW sends again
  result_code VARCHAR2(20 CHAR),  -- 结果码（平台或本地） / the platform's code or a local one
  result_text NVARCHAR2(200),  -- 结果说明 / a sentence about it
  segments NUMBER(5),  -- 计费条数 / billed parts
  attempts NUMBER(5) DEFAULT 0 NOT NULL,  -- 已提交次数 / submissions so far
  serial_no VARCHAR2(20 CHAR),  -- 流水号 / 20-digit serial
  task_id VARCHAR2(40 CHAR),  -- 平台任务号 / the platform's task id
  sent_at TIMESTAMP(3),  -- 平台受理时间 / accepted by the platform
  receipt_code VARCHAR2(20 CHAR),  -- 回执状态码 / delivery receipt, verbatim
  receipt_at TIMESTAMP(3),  -- 回执入库时间 / when the receipt was stored
  -- 以下为内部列，请勿读写
  -- internal columns from here on: neither read nor write them
  phone_norm VARCHAR2(20 CHAR),  -- 内部：规范化号码 / internal: normalised phone
  eff_priority GENERATED ALWAYS AS (CASE WHEN inbox_id IS NOT NULL AND priority = 5 THEN 0 ELSE priority END) VIRTUAL,  -- 内部：实际优先级 / internal: effective priority
  retry_at TIMESTAMP(3),  -- 内部：推迟到 / internal: deferred until
  due_at GENERATED ALWAYS AS (COALESCE(retry_at, send_at, TIMESTAMP '2000-01-01 00:00:00')) VIRTUAL,  -- 内部：可发送时间 / internal: due from
  age_from TIMESTAMP(3),  -- 内部：时限起点 / internal: age counts from
  claim_token VARCHAR2(80 CHAR),  -- 内部：领取者 / internal: who claimed it
  lease_until TIMESTAMP(3),  -- 内部：领取期限 / internal: until when
  prev_serial VARCHAR2(20 CHAR),  -- 内部：上次流水号 / internal: serial before this one
  requeued NUMBER(5) DEFAULT 0 NOT NULL,  -- 内部：1 由程序退回，2 退回后再领取 / internal: 1 put back by us, 2 claimed after that
  solo NUMBER(5) DEFAULT 0 NOT NULL,  -- 内部：1 单独提交 / internal: 1 submit alone
  text_mark NUMBER(19),  -- 内部：领取时内容、号码和扩展号的校验值 / internal: checksum of text, phone and extension as claimed
  overruled VARCHAR2(200 CHAR),  -- 内部：人工放行的结果码，前为当时内容的校验值 / internal: codes that a person has overruled, after the checksum of the text then
  wait_priority GENERATED ALWAYS AS (CASE WHEN status = 'NEW' THEN CASE WHEN inbox_id IS NOT NULL AND priority = 5 THEN 0 ELSE priority END END) VIRTUAL,  -- 内部：等待行的优先级 / internal: priority of a row that waits
  wait_due GENERATED ALWAYS AS (CASE WHEN status = 'NEW' THEN COALESCE(retry_at, send_at, TIMESTAMP '2000-01-01 00:00:00') END) VIRTUAL,  -- 内部：等待行的可发送时间 / internal: due_at of a row that waits
  wait_id GENERATED ALWAYS AS (CASE WHEN status = 'NEW' THEN id END) VIRTUAL,  -- 内部：等待行的编号 / internal: id of a row that waits
  CONSTRAINT sms_outbox_ck_status CHECK (status IN ('NEW','SENDING','SENT','DELIVERED','UNDELIVERED','UNKNOWN','FAILED','REJECTED','EXPIRED','HELD','CANCELLED')),
  CONSTRAINT sms_outbox_ck_msg_type CHECK (msg_type IN ('SMS','EXIN')),
  CONSTRAINT sms_outbox_ck_priority CHECK (priority BETWEEN 0 AND 9)
) PCTFREE 20 INITRANS 8;
CREATE SEQUENCE sms_outbox_sq;
CREATE OR REPLACE TRIGGER sms_outbox_tr BEFORE INSERT ON sms_outbox FOR EACH ROW WHEN (NEW.id IS NULL) BEGIN SELECT sms_outbox_sq.NEXTVAL INTO :NEW.id FROM dual; END;
/
-- 键全为空的行不进索引：这个索引里只有等待发送的行
-- keys that are null throughout are in no index: this one holds waiting rows only
CREATE INDEX sms_outbox_ix_claim ON sms_outbox (wait_priority, wait_due, wait_id) INITRANS 8;
CREATE INDEX sms_outbox_ix_lease ON sms_outbox (lease_until) INITRANS 8;
CREATE INDEX sms_outbox_ix_state ON sms_outbox (status) COMPRESS 1 INITRANS 8;
CREATE INDEX sms_outbox_ix_serial ON sms_outbox (serial_no, phone_norm) INITRANS 8;
CREATE INDEX sms_outbox_ix_inbox ON sms_outbox (inbox_id) INITRANS 8;
CREATE INDEX sms_outbox_ix_biz ON sms_outbox (biz_id) INITRANS 8;

-- 短信历史表：已结束的发送行由夜间整理移到这里，一行只在一处
-- history: rows of sms_outbox that have ended, moved here at night; a row is in one of the two places
-- 列同 sms_outbox，另加 moved_at 与 masked
-- the columns of sms_outbox, and two more
CREATE TABLE sms_outbox_history (
  id NUMBER(19) NOT NULL,
  phone VARCHAR2(20 CHAR) NOT NULL,
  content NVARCHAR2(1000),
  template_code VARCHAR2(40 CHAR),
  params NVARCHAR2(2000),
  msg_type VARCHAR2(8 CHAR) NOT NULL,
  category VARCHAR2(20 CHAR) NOT NULL,
  priority NUMBER(5) NOT NULL,
  send_at TIMESTAMP(3),
  expire_at TIMESTAMP(3),
  ext_no VARCHAR2(10 CHAR),
  inbox_id NUMBER(19),
  biz_id VARCHAR2(64 CHAR),
  source VARCHAR2(45 CHAR),
  channel VARCHAR2(20 CHAR),
  created_at TIMESTAMP(3) NOT NULL,
  status VARCHAR2(12 CHAR) NOT NULL,
  result_code VARCHAR2(20 CHAR),
  result_text NVARCHAR2(200),
  segments NUMBER(5),
  attempts NUMBER(5) NOT NULL,
  serial_no VARCHAR2(20 CHAR),
  task_id VARCHAR2(40 CHAR),
  sent_at TIMESTAMP(3),
  receipt_code VARCHAR2(20 CHAR),
  receipt_at TIMESTAMP(3),
  phone_norm VARCHAR2(20 CHAR),
  eff_priority NUMBER(5),
  retry_at TIMESTAMP(3),
  due_at TIMESTAMP(3),
  age_from TIMESTAMP(3),
  claim_token VARCHAR2(80 CHAR),
  lease_until TIMESTAMP(3),
  prev_serial VARCHAR2(20 CHAR),
  requeued NUMBER(5) NOT NULL,
  solo NUMBER(5) NOT NULL,
  text_mark NUMBER(19),
  overruled VARCHAR2(200 CHAR),
  moved_at TIMESTAMP(3) NOT NULL,  -- 移入时间 / when it was moved
  masked NUMBER(5) DEFAULT 0 NOT NULL,  -- 内部：1 号码已遮盖、内容已抹去 / internal: 1 phone masked, text wiped
  PRIMARY KEY (id, created_at, moved_at)
) PCTFREE 20 INITRANS 8;
CREATE INDEX sms_outbox_history_ix_serial ON sms_outbox_history (serial_no, phone_norm) INITRANS 8;
CREATE INDEX sms_outbox_history_ix_age ON sms_outbox_history (masked, created_at) INITRANS 8;

-- 短信收件表：一行一条市民来信
-- messages from citizens: one row, one message
CREATE TABLE sms_inbox (
  id NUMBER(19) NOT NULL PRIMARY KEY,  -- 编号 / number
  platform_id VARCHAR2(40 CHAR),  -- 平台消息号 / the platform's id
  phone VARCHAR2(20 CHAR) NOT NULL,  -- 市民号码 / the citizen
  content NVARCHAR2(1000),  -- 来信内容 / the text
  access_no VARCHAR2(40 CHAR),  -- 市民所发往的完整号码 / the full number written to
  ext_no VARCHAR2(20 CHAR),  -- 接入号之后的部分 / what follows our access number
  keyword NVARCHAR2(40),  -- 指令（大写） / keyword, upper-cased
  args NVARCHAR2(1000),  -- 指令参数 / what follows it
  received_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 平台收到时间 / when the platform got it
  created_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 入库时间 / when it was stored
  status VARCHAR2(12 CHAR) DEFAULT 'NEW' NOT NULL,  -- NEW；业务系统处理后置 DONE；AUTO 为自动答复 / NEW; the bureau sets DONE; AUTO: a query rule took it
  handled_at TIMESTAMP(3),  -- 处理时间 / when it was handled
  -- 内部列
  -- internal column
  msg_key VARCHAR2(80 CHAR)  -- 内部：排重键 / internal: what duplicates are told by
) PCTFREE 20 INITRANS 8;
CREATE SEQUENCE sms_inbox_sq;
CREATE OR REPLACE TRIGGER sms_inbox_tr BEFORE INSERT ON sms_inbox FOR EACH ROW WHEN (NEW.id IS NULL) BEGIN SELECT sms_inbox_sq.NEXTVAL INTO :NEW.id FROM dual; END;
/
CREATE INDEX sms_inbox_ix_status ON sms_inbox (status, id) INITRANS 8;
CREATE INDEX sms_inbox_ix_platform ON sms_inbox (platform_id) INITRANS 8;
CREATE INDEX sms_inbox_ix_key ON sms_inbox (msg_key) INITRANS 8;

-- 提交记录：每个流水号一行，先于提交写入
-- one row per serial, written before its first byte goes out
CREATE TABLE sms_mw_submit (
  serial_no VARCHAR2(20 CHAR) PRIMARY KEY,  -- 流水号 / serial
  channel VARCHAR2(20 CHAR) NOT NULL,  -- 通道 / channel
  state VARCHAR2(8 CHAR) NOT NULL,  -- OPEN、ACCEPTED、DONE、VOID、HELD / OPEN, ACCEPTED, DONE, VOID, HELD
  body NVARCHAR2(2000) NOT NULL,  -- 提交的内容 / the text as submitted
  ext_no VARCHAR2(10 CHAR),  -- 扩展号 / extension digits
  template_id VARCHAR2(40 CHAR),  -- 平台的模板号 / the platform's number of its template
  priority NUMBER(5) NOT NULL,  -- 优先级 / priority
  segments NUMBER(5) NOT NULL,  -- 每号计费条数 / billed parts per phone
  members CLOB NOT NULL,  -- 成员：[[行号,号码,上次流水号],…] / [[row, phone, serial before],…]
  row_count NUMBER(10) NOT NULL,  -- 成员数 / members
  tries NUMBER(10) DEFAULT 1 NOT NULL,  -- 可能已发出的次数 / times it may have gone out
  unknown_codes NUMBER(10) DEFAULT 0 NOT NULL,  -- 含义不明的应答次数 / answers that left the outcome open
  owner VARCHAR2(80 CHAR),  -- 当前持有者 / who works on it
  next_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- OPEN：可再试；ACCEPTED：等回执到此为止；其余：结束时间 / OPEN: may be tried again; ACCEPTED: wait for receipts until; else: ended
  first_try_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 首次提交 / first try
  last_try_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 最近提交 / latest try
  settled_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 得到结论（OPEN 时无意义） / when the outcome was known; means nothing while OPEN
  result_code VARCHAR2(20 CHAR),  -- 结果码 / code
  result_text NVARCHAR2(200),  -- 结果说明（受理的不记） / sentence; none for an acceptance
  task_id VARCHAR2(40 CHAR),  -- 平台任务号 / the platform's task id
  late_receipts NUMBER(10) DEFAULT 0 NOT NULL  -- 不属于当前提交的回执数 / receipts for a try that the row no longer is at
) PCTFREE 20 INITRANS 8;
CREATE INDEX sms_mw_submit_ix_next ON sms_mw_submit (state, next_at) INITRANS 8;

-- 已收来信的排重键
-- messages already stored; the bureau may delete its row
CREATE TABLE sms_mw_seen (
  msg_key VARCHAR2(80 CHAR) PRIMARY KEY,  -- 排重键 / key
  inbox_id NUMBER(19) NOT NULL,  -- sms_inbox.id / sms_inbox.id
  phone VARCHAR2(20 CHAR) NOT NULL,  -- 号码 / phone
  seen_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL  -- 入库时间 / when
) PCTFREE 20 INITRANS 8;
CREATE INDEX sms_mw_seen_ix_inbox ON sms_mw_seen (inbox_id) INITRANS 8;
CREATE INDEX sms_mw_seen_ix_seen ON sms_mw_seen (seen_at) INITRANS 8;

-- 点播：由规则答复的来信，一条一行
-- queries by SMS: one row per message that a rule answers
CREATE TABLE sms_mw_query (
  inbox_id NUMBER(19) PRIMARY KEY,  -- sms_inbox.id / sms_inbox.id
  phone VARCHAR2(20 CHAR) NOT NULL,  -- 市民号码 / the citizen
  keyword NVARCHAR2(40) NOT NULL,  -- 指令；问号为不认识的指令 / keyword; a question mark: not a known one
  subject VARCHAR2(8 CHAR),  -- 所查卡号的短校验值，推不回卡号 / short checksum of the card asked for; no way back to it
  state VARCHAR2(8 CHAR) DEFAULT 'WAITING' NOT NULL,  -- WAITING、DONE / WAITING, DONE
  outcome VARCHAR2(12 CHAR),  -- 结果：ANSWERED、NOT_FOUND、BAD_FORMAT、LOCKED、LIMITED、HELP、GIVEN_UP、… / what came of it
  outbox_id NUMBER(19),  -- 答复 sms_outbox.id；空为没有答复 / the answer; null: none was given
  tries NUMBER(10) DEFAULT 0 NOT NULL,  -- 推迟次数 / times put off
  next_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 不早于此时处理 / not before
  taken_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 收到时间 / when it came
  ended_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL  -- 办结时间（WAITING 时无意义） / when it ended; means nothing while WAITING
) PCTFREE 20 INITRANS 8;
CREATE INDEX sms_mw_query_ix_next ON sms_mw_query (state, next_at, inbox_id) INITRANS 8;
CREATE INDEX sms_mw_query_ix_phone ON sms_mw_query (phone, taken_at) INITRANS 8;
CREATE INDEX sms_mw_query_ix_taken ON sms_mw_query (taken_at) INITRANS 8;

-- 暂未对上发送行的回执
-- receipts that match no row yet
CREATE TABLE sms_mw_receipt (
  id NUMBER(19) NOT NULL PRIMARY KEY,  -- 编号 / number
  serial_no VARCHAR2(40 CHAR),  -- 流水号 / serial
  phone VARCHAR2(40 CHAR),  -- 号码 / phone
  code VARCHAR2(40 CHAR),  -- 回执状态码 / receipt, verbatim
  created_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 入库时间 / when it came
  tried_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL  -- 最近一次匹配 / when it was last matched
) PCTFREE 20 INITRANS 8;
CREATE SEQUENCE sms_mw_receipt_sq;
CREATE OR REPLACE TRIGGER sms_mw_receipt_tr BEFORE INSERT ON sms_mw_receipt FOR EACH ROW WHEN (NEW.id IS NULL) BEGIN SELECT sms_mw_receipt_sq.NEXTVAL INTO :NEW.id FROM dual; END;
/
CREATE UNIQUE INDEX sms_mw_receipt_ix_once ON sms_mw_receipt (serial_no, phone, code) INITRANS 8;
CREATE INDEX sms_mw_receipt_ix_tried ON sms_mw_receipt (tried_at, id) INITRANS 8;

-- 通道状态，所有进程共用
-- state of a channel, shared by all daemons
CREATE TABLE sms_mw_channel (
  name VARCHAR2(20 CHAR) PRIMARY KEY,  -- 通道 / channel
  state VARCHAR2(10 CHAR) DEFAULT 'OPEN' NOT NULL,  -- OPEN、PAUSED、LATCHED、MANUAL / OPEN, PAUSED, LATCHED, MANUAL
  scope VARCHAR2(10 CHAR) DEFAULT 'send' NOT NULL,  -- send 只停发送；all 停所有调用 / send: sends stop; all: every call stops
  code VARCHAR2(20 CHAR),  -- 平台码或本地码 / code
  reason NVARCHAR2(400),  -- 原因 / why
  until_at TIMESTAMP(3),  -- 何时可探测 / may be probed from
  since TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 自何时 / since
  credentials VARCHAR2(200 CHAR),  -- 所用账号的加盐散列 / salted hash of the credentials
  resumed_at TIMESTAMP(3),  -- 上次暂停结束的时间，时限从此起算 / when the latest pause ended, ages count from then
  said_at TIMESTAMP(3),  -- 最近一次由人暂停或恢复的时间：表里较早的命令不再算数 / when a person last paused or resumed, a command written before that no longer counts
  probes NUMBER(10) DEFAULT 0 NOT NULL,  -- 连续探测失败次数 / failed probes in a row
  probe_by VARCHAR2(80 CHAR),  -- 正在探测者 / who is probing
  probe_until TIMESTAMP(3),  -- 探测期限 / until when
  fetch_by VARCHAR2(80 CHAR),  -- 几个进程中取上行与回执者 / of several daemons the one that fetches messages and receipts
  fetch_until TIMESTAMP(3),  -- 取件期限 / until when
  keep_by VARCHAR2(80 CHAR),  -- 正在做夜间整理者 / who keeps house
  keep_until TIMESTAMP(3),  -- 整理期限 / until when
  keep_at TIMESTAMP(3)  -- 下次夜间整理 / when housekeeping is due next
) PCTFREE 20 INITRANS 8;

-- 运行状态：每个进程一行，看 heartbeat_at 即知死活
-- one row per daemon; heartbeat_at says whether it lives
CREATE TABLE sms_mw_status (
  identity VARCHAR2(40 CHAR) PRIMARY KEY,  -- 安装标识 / identity of the installation
  boot VARCHAR2(40 CHAR) NOT NULL,  -- 本次启动标识 / identity of this start
  prev_boot VARCHAR2(40 CHAR),  -- 被顶替的启动标识 / the start that it replaced
  instance NVARCHAR2(64) NOT NULL,  -- 名称 / label
  host VARCHAR2(255 CHAR) NOT NULL,  -- 主机 / host
  pid NUMBER(19) NOT NULL,  -- 进程号 / process
  version VARCHAR2(40 CHAR) NOT NULL,  -- 版本 / version
  state VARCHAR2(12 CHAR) NOT NULL,  -- STARTING、RUNNING、STOPPED / STARTING, RUNNING, STOPPED
  channel_state NVARCHAR2(400),  -- 通道状态 / state of the channel
  last_error NVARCHAR2(1000),  -- 最近错误 / latest error
  last_error_zh NVARCHAR2(1000),  -- 最近错误（中文） / latest error in Chinese
  last_error_en NVARCHAR2(1000),  -- 最近错误（英文） / latest error in English
  waiting NUMBER(10) DEFAULT 0 NOT NULL,  -- 该发而未发的条数（最多数到 10000） / rows that are due, counted up to 10000
  oldest_waiting TIMESTAMP(3),  -- 最早一条等待自 / the oldest of them waits since
  scheduled NUMBER(10) DEFAULT 0 NOT NULL,  -- 未到发送时间的条数（最多数到 10000） / rows whose time has not come, counted up to 10000
  sent_minute NUMBER(10) DEFAULT 0 NOT NULL,  -- 近一分钟发送 / sent in the last minute
  sent_today NUMBER(10) DEFAULT 0 NOT NULL,  -- 今日发送 / sent today
  started_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 启动时间 / started
  heartbeat_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL  -- 心跳 / latest heartbeat
) PCTFREE 20 INITRANS 8;

-- 用 SQL 指挥本程序：PAUSE、RESUME、CANCEL、RELEASE、DISCARD、RETRY；后四个须给出 row_id、biz_id 或 category。10 秒内执行，结果写回 result
-- control by SQL: PAUSE, RESUME, CANCEL, RELEASE, DISCARD, RETRY; the last four want row_id, biz_id or category. Done within 10 s, result says what came of it
CREATE TABLE sms_mw_command (
  id NUMBER(19) NOT NULL PRIMARY KEY,  -- 编号 / number
  command VARCHAR2(40 CHAR) NOT NULL,  -- 命令 / command
  row_id NUMBER(19),  -- sms_outbox.id / sms_outbox.id
  biz_id VARCHAR2(64 CHAR),  -- sms_outbox.biz_id / sms_outbox.biz_id
  category VARCHAR2(20 CHAR),  -- sms_outbox.category / sms_outbox.category
  instance VARCHAR2(64 CHAR),  -- 只由这个实例执行；空为任一 / only this daemon (its label) is to do it; null: any
  reason NVARCHAR2(200),  -- 原因 / why
  created_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 写入时间 / when it was inserted
  created_by VARCHAR2(128 CHAR) DEFAULT USER,  -- 谁 / by whom
  status VARCHAR2(12 CHAR) DEFAULT 'NEW' NOT NULL,  -- NEW；本程序写 RUNNING、DONE、FAILED / NEW; the program sets RUNNING, DONE, FAILED
  done_at TIMESTAMP(3),  -- 办结时间 / when it ended
  result NVARCHAR2(400),  -- 结果 / what came of it
  owner VARCHAR2(80 CHAR),  -- 内部：执行者 / internal: who does it
  lease_until TIMESTAMP(3),  -- 内部：执行期限 / internal: until when
  last_row NUMBER(19),  -- 内部：已处理到的行 / internal: the last row that was seen to
  changed NUMBER(10) DEFAULT 0 NOT NULL  -- 内部：已改变的行数 / internal: rows changed so far
) PCTFREE 20 INITRANS 8;
CREATE SEQUENCE sms_mw_command_sq;
CREATE OR REPLACE TRIGGER sms_mw_command_tr BEFORE INSERT ON sms_mw_command FOR EACH ROW WHEN (NEW.id IS NULL) BEGIN SELECT sms_mw_command_sq.NEXTVAL INTO :NEW.id FROM dual; END;
/
CREATE INDEX sms_mw_command_ix_open ON sms_mw_command (status, id) INITRANS 8;

-- 短信模板：code 供 sms_outbox.template_code 引用；没有 code 的内容也按它们比对（policy.requireTemplate）
-- templates: named by sms_outbox.template_code; free text is compared with them too (policy.requireTemplate)
CREATE TABLE sms_template (
  code VARCHAR2(40 CHAR) PRIMARY KEY,  -- 模板编码 / its name
  category VARCHAR2(20 CHAR),  -- 类别，空为不定 / category, null: any
  body NVARCHAR2(1000) NOT NULL,  -- 正文，变量写作 {name}、{name:20}、{code:digits:4-6} / the text; holes are written {name}, {name:20}, {code:digits:4-6}
  platform_template_id VARCHAR2(40 CHAR),  -- 平台的模板号，随提交发送 / the number that the platform has given it, sent along
  enabled NUMBER(5) DEFAULT 1 NOT NULL,  -- 1 启用，0 停用 / 1: in use, 0: not
  note NVARCHAR2(200),  -- 备注 / remark
  created_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 写入时间 / when it was inserted
  CONSTRAINT sms_template_ck_enabled CHECK (enabled IN (0, 1))
) PCTFREE 20 INITRANS 8;

-- 敏感词：内容含其中之一的短信不发送
-- blocked words: a text that holds one of them is not sent
CREATE TABLE sms_blocked_word (
  word NVARCHAR2(100) PRIMARY KEY,  -- 词 / the word
  note NVARCHAR2(200),  -- 备注 / remark
  created_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL  -- 写入时间 / when it was inserted
) PCTFREE 20 INITRANS 8;

-- 黑名单：不再向这些号码发送
-- blacklist: nothing is sent to these phones
CREATE TABLE sms_blacklist (
  phone VARCHAR2(20 CHAR) PRIMARY KEY,  -- 11 位手机号 / mobile number of 11 digits
  reason NVARCHAR2(200),  -- 原因 / why
  origin VARCHAR2(10 CHAR) DEFAULT 'MANUAL' NOT NULL,  -- MANUAL 人工，任何短信都不发；OPTOUT 市民退订 / MANUAL: by hand, blocks everything; OPTOUT: the citizen has asked for it
  created_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL,  -- 写入时间 / when it was inserted
  CONSTRAINT sms_blacklist_ck_phone CHECK (LENGTH(phone) = 11),
  CONSTRAINT sms_blacklist_ck_origin CHECK (origin IN ('MANUAL','OPTOUT'))
) PCTFREE 20 INITRANS 8;

-- 限量计数：窗口内各段已发条数，键为散列
-- counters of policy.limits: what each piece of a window has seen; keys are hashes
CREATE TABLE sms_mw_usage (
  subject VARCHAR2(40 CHAR) NOT NULL,  -- 计数对象的散列 / hash of what is counted
  slot NUMBER(5) NOT NULL,  -- 段位（循环使用） / place, used in turn
  piece NUMBER(19) NOT NULL,  -- 段号 / number of the piece
  uses NUMBER(10) NOT NULL,  -- 条数 / messages
  ends_ms NUMBER(19) NOT NULL,  -- 此后无用（1970 年起的毫秒） / of no use after this, milliseconds since 1970
  PRIMARY KEY (subject, slot)
) PCTFREE 20 INITRANS 8;
CREATE INDEX sms_mw_usage_ix_ends ON sms_mw_usage (ends_ms) INITRANS 8;

-- 每小时的条数：每个进程、每小时一行，供状态页画图
-- counts of each hour, one row per process and hour; the page draws them
CREATE TABLE sms_mw_hour (
  hour_at VARCHAR2(13 CHAR) NOT NULL,  -- 小时，如 2026-11-26 09 / the hour, such as 2026-11-26 09
  owner VARCHAR2(80 CHAR) NOT NULL,  -- 写入的进程 / the process that wrote it
  sent NUMBER(10) DEFAULT 0 NOT NULL,  -- 平台受理条数 / accepted by the platform
  delivered NUMBER(10) DEFAULT 0 NOT NULL,  -- 回执：送达 / receipts: delivered
  undelivered NUMBER(10) DEFAULT 0 NOT NULL,  -- 回执：未送达 / receipts: not delivered
  refused NUMBER(10) DEFAULT 0 NOT NULL,  -- 未发出：平台或本地检查拒绝、过期 / not sent: refused by the platform or a check, or too old
  PRIMARY KEY (hour_at, owner)
) PCTFREE 20 INITRANS 8;

-- 规则的临时放行（如紧急通知不受静默时段限制）
-- rules set aside for a while, such as quiet hours in an emergency
CREATE TABLE sms_mw_override (
  rule_name VARCHAR2(20 CHAR) PRIMARY KEY,  -- 规则，如 QUIET_HOURS / rule, such as QUIET_HOURS
  reason NVARCHAR2(200) NOT NULL,  -- 原因 / why
  until_at TIMESTAMP(3) NOT NULL,  -- 放行到 / until when
  set_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL  -- 设定时间 / since when
) PCTFREE 20 INITRANS 8;

-- 统计：每天、类别、运营商、状态一行；在移入历史的同一事务里累加，永久保留
-- statistics: one row per day, category, carrier and status, added to in the transaction that moves rows, kept for ever
CREATE TABLE sms_mw_stats (
  stat_key VARCHAR2(40 CHAR) PRIMARY KEY,  -- 日期加其余各列的散列 / the day, and a hash of the other columns
  stat_day VARCHAR2(10 CHAR) NOT NULL,  -- 受理之日；未受理的为写入之日 / day of acceptance, of what was not accepted that of the INSERT
  category VARCHAR2(20 CHAR) NOT NULL,  -- 类别 / category
  carrier VARCHAR2(12 CHAR) NOT NULL,  -- 运营商（按号段）：mobile、unicom、telecom、broadnet、virtual、other / carrier by prefix
  msg_type VARCHAR2(8 CHAR) NOT NULL,  -- SMS 或 EXIN / SMS or EXIN
  status VARCHAR2(12 CHAR) NOT NULL,  -- 移动时的状态 / status when they were moved
  row_count NUMBER(19) DEFAULT 0 NOT NULL,  -- 行数 / rows
  parts NUMBER(19) DEFAULT 0 NOT NULL,  -- 计费条数 / billed parts
  wait_ms NUMBER(19) DEFAULT 0 NOT NULL,  -- 从该发到受理的毫秒数之和 / milliseconds from due to accepted, added up
  receipt_ms NUMBER(19) DEFAULT 0 NOT NULL  -- 从受理到回执的毫秒数之和 / milliseconds from accepted to receipt, added up
) PCTFREE 20 INITRANS 8;

-- 平台余额：每天第一次读数，供 bill 对账
-- balance at the platform: the first reading of each day, which bill compares with what was sent
CREATE TABLE sms_mw_balance (
  balance_day VARCHAR2(10 CHAR) PRIMARY KEY,  -- 日期 / day
  balance NUMBER(19) NOT NULL,  -- 剩余条数 / messages left
  taken_at TIMESTAMP(3) DEFAULT SYSTIMESTAMP NOT NULL  -- 读取时间 / when it was read
) PCTFREE 20 INITRANS 8;
