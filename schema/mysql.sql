-- yxt-mw：MySQL 5.7+ / MariaDB 10.2+ 建表脚本，可重复执行
-- yxt-mw: tables for MySQL 5.7+ and MariaDB 10.2+, may be run again
--   mysql --default-character-set=utf8mb4 -h 主机 -u 用户 -p 库名 < mysql.sql
-- 表名可改（database.tables），授权见 grants-mysql.sql

SET NAMES utf8mb4;

-- 短信发件表：一行一条短信、一个号码
-- messages to citizens: one row, one message, one phone
CREATE TABLE IF NOT EXISTS sms_outbox (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT '编号 / number',
  phone VARCHAR(20) NOT NULL COMMENT '手机号，可带 +86、空格或短横 / mainland mobile; +86, blanks and hyphens are accepted',
  content VARCHAR(1000) NULL COMMENT '短信内容 / the text',
  template_code VARCHAR(40) NULL COMMENT '模板编码（代替 content） / a template instead of content',
  params VARCHAR(2000) NULL COMMENT '模板参数，JSON 对象 / its values, a JSON object',
  msg_type VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'SMS' COMMENT 'SMS 或 EXIN（e信） / SMS or EXIN',
  category VARCHAR(20) NOT NULL DEFAULT 'NOTICE' COMMENT '类别：NOTICE、CARD、REPLY、CODE 或自定 / policy key: NOTICE, CARD, REPLY, CODE or your own',
  priority SMALLINT NOT NULL DEFAULT 5 COMMENT '0 最先，9 最后；带 inbox_id 的 5 按 0 算 / 0 first, 9 last; 5 with an inbox_id counts as 0',
  send_at DATETIME(3) NULL COMMENT '不早于此时发送 / not before',
  expire_at DATETIME(3) NULL COMMENT '过此时不再发送 / not after',
  ext_no VARCHAR(10) NULL COMMENT '扩展号 / extension digits',
  inbox_id BIGINT NULL COMMENT '所答复的 sms_inbox.id / the sms_inbox row that this answers',
  biz_id VARCHAR(64) NULL COMMENT '业务系统自己的编号，本程序不改 / the bureau''s own reference, never touched',
  source VARCHAR(45) NULL COMMENT '来源（IP、科室） / where the request came from',
  channel VARCHAR(20) NULL COMMENT '通道，空为默认 / channel, null: the default',
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '写入时间 / when it was inserted',
  status VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'NEW' COMMENT '状态，置 NEW 即重发 / status; setting NEW sends again',
  result_code VARCHAR(20) NULL COMMENT '结果码（平台或本地） / the platform''s code or a local one',
  result_text VARCHAR(200) NULL COMMENT '结果说明 / a sentence about it',
  segments SMALLINT NULL COMMENT '计费条数 / billed parts',
  attempts SMALLINT NOT NULL DEFAULT 0 COMMENT '已提交次数 / submissions so far',
  serial_no VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '流水号 / 20-digit serial',
  task_id VARCHAR(40) NULL COMMENT '平台任务号 / the platform''s task id',
  sent_at DATETIME(3) NULL COMMENT '平台受理时间 / accepted by the platform',
  receipt_code VARCHAR(20) NULL COMMENT '回执状态码 / delivery receipt, verbatim',
  receipt_at DATETIME(3) NULL COMMENT '回执入库时间 / when the receipt was stored',
  -- 以下为内部列，请勿读写
  -- internal columns from here on: neither read nor write them
  phone_norm VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '内部：规范化号码 / internal: normalised phone',
  eff_priority SMALLINT GENERATED ALWAYS AS (CASE WHEN inbox_id IS NOT NULL AND priority = 5 THEN 0 ELSE priority END) STORED COMMENT '内部：实际优先级 / internal: effective priority',
  retry_at DATETIME(3) NULL COMMENT '内部：推迟到 / internal: deferred until',
  due_at DATETIME(3) GENERATED ALWAYS AS (COALESCE(retry_at, send_at, TIMESTAMP'2000-01-01 00:00:00')) STORED COMMENT '内部：可发送时间 / internal: due from',
  age_from DATETIME(3) NULL COMMENT '内部：时限起点 / internal: age counts from',
  claim_token VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '内部：领取者 / internal: who claimed it',
  lease_until DATETIME(3) NULL COMMENT '内部：领取期限 / internal: until when',
  prev_serial VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '内部：上次流水号 / internal: serial before this one',
  requeued SMALLINT NOT NULL DEFAULT 0 COMMENT '内部：1 由程序退回，2 退回后再领取 / internal: 1 put back by us, 2 claimed after that',
  solo SMALLINT NOT NULL DEFAULT 0 COMMENT '内部：1 单独提交 / internal: 1 submit alone',
  text_mark BIGINT NULL COMMENT '内部：领取时内容、号码和扩展号的校验值 / internal: checksum of text, phone and extension as claimed',
  overruled VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '内部：人工放行的结果码，前为当时内容的校验值 / internal: codes that a person has overruled, after the checksum of the text then',
  PRIMARY KEY (id),
  CONSTRAINT sms_outbox_ck_status CHECK (status IN ('NEW','SENDING','SENT','DELIVERED','UNDELIVERED','UNKNOWN','FAILED','REJECTED','EXPIRED','HELD','CANCELLED')),
  CONSTRAINT sms_outbox_ck_msg_type CHECK (msg_type IN ('SMS','EXIN')),
  CONSTRAINT sms_outbox_ck_category CHECK (category <> ''),
  CONSTRAINT sms_outbox_ck_priority CHECK (priority BETWEEN 0 AND 9),
  KEY sms_outbox_ix_claim (status, eff_priority, due_at, id),
  KEY sms_outbox_ix_serial (serial_no, phone_norm),
  KEY sms_outbox_ix_inbox (inbox_id),
  KEY sms_outbox_ix_biz (biz_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '短信发件表：一行一条短信、一个号码';

-- 短信历史表：已结束的发送行由夜间整理移到这里，一行只在一处
-- history: rows of sms_outbox that have ended, moved here at night; a row is in one of the two places
-- 列同 sms_outbox，另加 moved_at 与 masked
-- the columns of sms_outbox, and two more
CREATE TABLE IF NOT EXISTS sms_outbox_history (
  id BIGINT NOT NULL,
  phone VARCHAR(20) NOT NULL,
  content VARCHAR(1000) NULL,
  template_code VARCHAR(40) NULL,
  params VARCHAR(2000) NULL,
  msg_type VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  category VARCHAR(20) NOT NULL,
  priority SMALLINT NOT NULL,
  send_at DATETIME(3) NULL,
  expire_at DATETIME(3) NULL,
  ext_no VARCHAR(10) NULL,
  inbox_id BIGINT NULL,
  biz_id VARCHAR(64) NULL,
  source VARCHAR(45) NULL,
  channel VARCHAR(20) NULL,
  created_at DATETIME(3) NOT NULL,
  status VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  result_code VARCHAR(20) NULL,
  result_text VARCHAR(200) NULL,
  segments SMALLINT NULL,
  attempts SMALLINT NOT NULL,
  serial_no VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  task_id VARCHAR(40) NULL,
  sent_at DATETIME(3) NULL,
  receipt_code VARCHAR(20) NULL,
  receipt_at DATETIME(3) NULL,
  phone_norm VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  eff_priority SMALLINT NULL,
  retry_at DATETIME(3) NULL,
  due_at DATETIME(3) NULL,
  age_from DATETIME(3) NULL,
  claim_token VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL,
  lease_until DATETIME(3) NULL,
  prev_serial VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  requeued SMALLINT NOT NULL,
  solo SMALLINT NOT NULL,
  text_mark BIGINT NULL,
  overruled VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NULL,
  moved_at DATETIME(3) NOT NULL COMMENT '移入时间 / when it was moved',
  masked SMALLINT NOT NULL DEFAULT 0 COMMENT '内部：1 号码已遮盖、内容已抹去 / internal: 1 phone masked, text wiped',
  PRIMARY KEY (id, created_at, moved_at),
  KEY sms_outbox_history_ix_serial (serial_no, phone_norm),
  KEY sms_outbox_history_ix_age (masked, created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '短信历史表';

-- 短信收件表：一行一条市民来信
-- messages from citizens: one row, one message
CREATE TABLE IF NOT EXISTS sms_inbox (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT '编号 / number',
  platform_id VARCHAR(40) NULL COMMENT '平台消息号 / the platform''s id',
  phone VARCHAR(20) NOT NULL COMMENT '市民号码 / the citizen',
  content VARCHAR(1000) NULL COMMENT '来信内容 / the text',
  access_no VARCHAR(40) NULL COMMENT '市民所发往的完整号码 / the full number written to',
  ext_no VARCHAR(20) NULL COMMENT '接入号之后的部分 / what follows our access number',
  keyword VARCHAR(40) NULL COMMENT '指令（大写） / keyword, upper-cased',
  args VARCHAR(1000) NULL COMMENT '指令参数 / what follows it',
  received_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '平台收到时间 / when the platform got it',
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '入库时间 / when it was stored',
  status VARCHAR(12) NOT NULL DEFAULT 'NEW' COMMENT 'NEW；业务系统处理后置 DONE；AUTO 为自动答复 / NEW; the bureau sets DONE; AUTO: a query rule took it',
  handled_at DATETIME(3) NULL COMMENT '处理时间 / when it was handled',
  -- 内部列
  -- internal column
  msg_key VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT '内部：排重键 / internal: what duplicates are told by',
  PRIMARY KEY (id),
  KEY sms_inbox_ix_status (status, id),
  KEY sms_inbox_ix_platform (platform_id),
  KEY sms_inbox_ix_key (msg_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '短信收件表：一行一条市民来信';

-- 提交记录：每个流水号一行，先于提交写入
-- one row per serial, written before its first byte goes out
-- 定长列：结论写回时行不变长，页不分裂
-- fixed lengths: a row does not grow when its outcome is written, so that pages are not split
CREATE TABLE IF NOT EXISTS sms_mw_submit (
  serial_no VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '流水号 / serial',
  channel VARCHAR(20) NOT NULL COMMENT '通道 / channel',
  state CHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'OPEN、ACCEPTED、DONE、VOID、HELD / OPEN, ACCEPTED, DONE, VOID, HELD',
  body VARCHAR(2000) NOT NULL COMMENT '提交的内容 / the text as submitted',
  ext_no VARCHAR(10) NULL COMMENT '扩展号 / extension digits',
  template_id VARCHAR(40) NULL COMMENT '平台的模板号 / the platform''s number of its template',
  priority SMALLINT NOT NULL COMMENT '优先级 / priority',
  segments SMALLINT NOT NULL COMMENT '每号计费条数 / billed parts per phone',
  members MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '成员：[[行号,号码,上次流水号],…] / [[row, phone, serial before],…]',
  row_count INT NOT NULL COMMENT '成员数 / members',
  tries INT NOT NULL DEFAULT 1 COMMENT '可能已发出的次数 / times it may have gone out',
  unknown_codes INT NOT NULL DEFAULT 0 COMMENT '含义不明的应答次数 / answers that left the outcome open',
  owner VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '当前持有者 / who works on it',
  next_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'OPEN：可再试；ACCEPTED：等回执到此为止；其余：结束时间 / OPEN: may be tried again; ACCEPTED: wait for receipts until; else: ended',
  first_try_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '首次提交 / first try',
  last_try_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '最近提交 / latest try',
  settled_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '得到结论（OPEN 时无意义） / when the outcome was known; means nothing while OPEN',
  result_code CHAR(20) NOT NULL DEFAULT '' COMMENT '结果码 / code',
  result_text VARCHAR(200) NULL COMMENT '结果说明（受理的不记） / sentence; none for an acceptance',
  task_id CHAR(40) NOT NULL DEFAULT '' COMMENT '平台任务号 / the platform''s task id',
  late_receipts INT NOT NULL DEFAULT 0 COMMENT '不属于当前提交的回执数 / receipts for a try that the row no longer is at',
  PRIMARY KEY (serial_no),
  KEY sms_mw_submit_ix_next (state, next_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '提交记录：每个流水号一行，先于提交写入';

-- 已收来信的排重键
-- messages already stored; the bureau may delete its row
CREATE TABLE IF NOT EXISTS sms_mw_seen (
  msg_key VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT '排重键 / key',
  inbox_id BIGINT NOT NULL COMMENT 'sms_inbox.id / sms_inbox.id',
  phone VARCHAR(20) NOT NULL COMMENT '号码 / phone',
  seen_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '入库时间 / when',
  PRIMARY KEY (msg_key),
  KEY sms_mw_seen_ix_inbox (inbox_id),
  KEY sms_mw_seen_ix_seen (seen_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '已收来信的排重键';

-- 点播：由规则答复的来信，一条一行
-- queries by SMS: one row per message that a rule answers
CREATE TABLE IF NOT EXISTS sms_mw_query (
  inbox_id BIGINT NOT NULL COMMENT 'sms_inbox.id / sms_inbox.id',
  phone VARCHAR(20) NOT NULL COMMENT '市民号码 / the citizen',
  keyword VARCHAR(40) NOT NULL COMMENT '指令；问号为不认识的指令 / keyword; a question mark: not a known one',
  subject CHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT '所查卡号的短校验值，推不回卡号 / short checksum of the card asked for; no way back to it',
  state CHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'WAITING' COMMENT 'WAITING、DONE / WAITING, DONE',
  outcome CHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT '结果：ANSWERED、NOT_FOUND、BAD_FORMAT、LOCKED、LIMITED、HELP、GIVEN_UP、… / what came of it',
  outbox_id BIGINT NULL COMMENT '答复 sms_outbox.id；空为没有答复 / the answer; null: none was given',
  tries INT NOT NULL DEFAULT 0 COMMENT '推迟次数 / times put off',
  next_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '不早于此时处理 / not before',
  taken_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '收到时间 / when it came',
  ended_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '办结时间（WAITING 时无意义） / when it ended; means nothing while WAITING',
  PRIMARY KEY (inbox_id),
  KEY sms_mw_query_ix_next (state, next_at, inbox_id),
  KEY sms_mw_query_ix_phone (phone, taken_at),
  KEY sms_mw_query_ix_taken (taken_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '点播：由规则答复的来信，一条一行';

-- 暂未对上发送行的回执
-- receipts that match no row yet
CREATE TABLE IF NOT EXISTS sms_mw_receipt (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT '编号 / number',
  serial_no VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT '流水号 / serial',
  phone VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT '号码 / phone',
  code VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT '回执状态码 / receipt, verbatim',
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '入库时间 / when it came',
  tried_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '最近一次匹配 / when it was last matched',
  PRIMARY KEY (id),
  UNIQUE KEY sms_mw_receipt_ix_once (serial_no, phone, code),
  KEY sms_mw_receipt_ix_tried (tried_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '暂未对上发送行的回执';

-- 通道状态，所有进程共用
-- state of a channel, shared by all daemons
CREATE TABLE IF NOT EXISTS sms_mw_channel (
  name VARCHAR(20) NOT NULL COMMENT '通道 / channel',
  state VARCHAR(10) NOT NULL DEFAULT 'OPEN' COMMENT 'OPEN、PAUSED、LATCHED、MANUAL / OPEN, PAUSED, LATCHED, MANUAL',
  scope VARCHAR(10) NOT NULL DEFAULT 'send' COMMENT 'send 只停发送；all 停所有调用 / send: sends stop; all: every call stops',
  code VARCHAR(20) NULL COMMENT '平台码或本地码 / code',
  reason VARCHAR(400) NULL COMMENT '原因 / why',
  until_at DATETIME(3) NULL COMMENT '何时可探测 / may be probed from',
  since DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '自何时 / since',
  credentials VARCHAR(200) NULL COMMENT '所用账号的加盐散列 / salted hash of the credentials',
  resumed_at DATETIME(3) NULL COMMENT '上次暂停结束的时间，时限从此起算 / when the latest pause ended; ages count from then',
  said_at DATETIME(3) NULL COMMENT '最近一次由人暂停或恢复的时间：表里较早的命令不再算数 / when a person last paused or resumed; a command written before that no longer counts',
  probes INT NOT NULL DEFAULT 0 COMMENT '连续探测失败次数 / failed probes in a row',
  probe_by VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '正在探测者 / who is probing',
  probe_until DATETIME(3) NULL COMMENT '探测期限 / until when',
  fetch_by VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '几个进程中取上行与回执者 / of several daemons the one that fetches messages and receipts',
  fetch_until DATETIME(3) NULL COMMENT '取件期限 / until when',
  keep_by VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '正在做夜间整理者 / who keeps house',
  keep_until DATETIME(3) NULL COMMENT '整理期限 / until when',
  keep_at DATETIME(3) NULL COMMENT '下次夜间整理 / when housekeeping is due next',
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '通道状态，所有进程共用';

-- 运行状态：每个进程一行，看 heartbeat_at 即知死活
-- one row per daemon; heartbeat_at says whether it lives
CREATE TABLE IF NOT EXISTS sms_mw_status (
  identity VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '安装标识 / identity of the installation',
  boot VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '本次启动标识 / identity of this start',
  prev_boot VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT '被顶替的启动标识 / the start that it replaced',
  instance VARCHAR(64) NOT NULL COMMENT '名称 / label',
  host VARCHAR(255) NOT NULL COMMENT '主机 / host',
  pid BIGINT NOT NULL COMMENT '进程号 / process',
  version VARCHAR(40) NOT NULL COMMENT '版本 / version',
  state VARCHAR(12) NOT NULL COMMENT 'STARTING、RUNNING、STOPPED / STARTING, RUNNING, STOPPED',
  channel_state VARCHAR(400) NOT NULL DEFAULT '' COMMENT '通道状态 / state of the channel',
  last_error VARCHAR(1000) NULL COMMENT '最近错误 / latest error',
  last_error_zh VARCHAR(1000) NULL COMMENT '最近错误（中文） / latest error in Chinese',
  last_error_en VARCHAR(1000) NULL COMMENT '最近错误（英文） / latest error in English',
  waiting INT NOT NULL DEFAULT 0 COMMENT '该发而未发的条数（最多数到 10000） / rows that are due, counted up to 10000',
  oldest_waiting DATETIME(3) NULL COMMENT '最早一条等待自 / the oldest of them waits since',
  scheduled INT NOT NULL DEFAULT 0 COMMENT '未到发送时间的条数（最多数到 10000） / rows whose time has not come, counted up to 10000',
  sent_minute INT NOT NULL DEFAULT 0 COMMENT '近一分钟发送 / sent in the last minute',
  sent_today INT NOT NULL DEFAULT 0 COMMENT '今日发送 / sent today',
  started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '启动时间 / started',
  heartbeat_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '心跳 / latest heartbeat',
  PRIMARY KEY (identity)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '运行状态：每个进程一行，看 heartbeat_at 即知死活';

-- 用 SQL 指挥本程序：PAUSE、RESUME、CANCEL、RELEASE、DISCARD、RETRY；后四个须给出 row_id、biz_id 或 category。10 秒内执行，结果写回 result
-- control by SQL: PAUSE, RESUME, CANCEL, RELEASE, DISCARD, RETRY; the last four want row_id, biz_id or category. Done within 10 s, result says what came of it
CREATE TABLE IF NOT EXISTS sms_mw_command (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT '编号 / number',
  command VARCHAR(40) NOT NULL COMMENT '命令 / command',
  row_id BIGINT NULL COMMENT 'sms_outbox.id / sms_outbox.id',
  biz_id VARCHAR(64) NULL COMMENT 'sms_outbox.biz_id / sms_outbox.biz_id',
  category VARCHAR(20) NULL COMMENT 'sms_outbox.category / sms_outbox.category',
  instance VARCHAR(64) NULL COMMENT '只由这个实例执行；空为任一 / only this daemon (its label) is to do it; null: any',
  reason VARCHAR(200) NULL COMMENT '原因 / why',
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '写入时间 / when it was inserted',
  created_by VARCHAR(128) NULL COMMENT '谁 / by whom',
  status VARCHAR(12) NOT NULL DEFAULT 'NEW' COMMENT 'NEW；本程序写 RUNNING、DONE、FAILED / NEW; the program sets RUNNING, DONE, FAILED',
  done_at DATETIME(3) NULL COMMENT '办结时间 / when it ended',
  result VARCHAR(400) NULL COMMENT '结果 / what came of it',
  owner VARCHAR(80) NULL COMMENT '内部：执行者 / internal: who does it',
  lease_until DATETIME(3) NULL COMMENT '内部：执行期限 / internal: until when',
  last_row BIGINT NULL COMMENT '内部：已处理到的行 / internal: the last row that was seen to',
  changed INT NOT NULL DEFAULT 0 COMMENT '内部：已改变的行数 / internal: rows changed so far',
  PRIMARY KEY (id),
  KEY sms_mw_command_ix_open (status, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '用 SQL 下的命令';

-- 短信模板：code 供 sms_outbox.template_code 引用；没有 code 的内容也按它们比对（policy.requireTemplate）
-- templates: named by sms_outbox.template_code; free text is compared with them too (policy.requireTemplate)
CREATE TABLE IF NOT EXISTS sms_template (
  code VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT '模板编码 / its name',
  category VARCHAR(20) NULL COMMENT '类别，空为不定 / category, null: any',
  body VARCHAR(1000) NOT NULL COMMENT '正文，变量写作 {name}、{name:20}、{code:digits:4-6} / the text; holes are written {name}, {name:20}, {code:digits:4-6}',
  platform_template_id VARCHAR(40) NULL COMMENT '平台的模板号，随提交发送 / the number that the platform has given it, sent along',
  enabled SMALLINT NOT NULL DEFAULT 1 COMMENT '1 启用，0 停用 / 1: in use, 0: not',
  note VARCHAR(200) NULL COMMENT '备注 / remark',
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '写入时间 / when it was inserted',
  PRIMARY KEY (code),
  CONSTRAINT sms_template_ck_enabled CHECK (enabled IN (0, 1))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '短信模板';

-- 敏感词：内容含其中之一的短信不发送
-- blocked words: a text that holds one of them is not sent
CREATE TABLE IF NOT EXISTS sms_blocked_word (
  word VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT '词 / the word',
  note VARCHAR(200) NULL COMMENT '备注 / remark',
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '写入时间 / when it was inserted',
  PRIMARY KEY (word)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '敏感词';

-- 黑名单：不再向这些号码发送
-- blacklist: nothing is sent to these phones
CREATE TABLE IF NOT EXISTS sms_blacklist (
  phone VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '11 位手机号 / mobile number of 11 digits',
  reason VARCHAR(200) NULL COMMENT '原因 / why',
  origin VARCHAR(10) NOT NULL DEFAULT 'MANUAL' COMMENT 'MANUAL 人工，任何短信都不发；OPTOUT 市民退订 / MANUAL: by hand, blocks everything; OPTOUT: the citizen has asked for it',
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '写入时间 / when it was inserted',
  PRIMARY KEY (phone),
  CONSTRAINT sms_blacklist_ck_phone CHECK (CHAR_LENGTH(phone) = 11),
  CONSTRAINT sms_blacklist_ck_origin CHECK (origin IN ('MANUAL','OPTOUT'))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '黑名单';

-- 限量计数：窗口内各段已发条数，键为散列
-- counters of policy.limits: what each piece of a window has seen; keys are hashes
CREATE TABLE IF NOT EXISTS sms_mw_usage (
  subject VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '计数对象的散列 / hash of what is counted',
  slot SMALLINT NOT NULL COMMENT '段位（循环使用） / place, used in turn',
  piece BIGINT NOT NULL COMMENT '段号 / number of the piece',
  uses INT NOT NULL COMMENT '条数 / messages',
  ends_ms BIGINT NOT NULL COMMENT '此后无用（1970 年起的毫秒） / of no use after this, milliseconds since 1970',
  PRIMARY KEY (subject, slot),
  KEY sms_mw_usage_ix_ends (ends_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '限量计数';

-- 每小时的条数：每个进程、每小时一行，供状态页画图
-- counts of each hour, one row per process and hour; the page draws them
CREATE TABLE IF NOT EXISTS sms_mw_hour (
  hour_at VARCHAR(13) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '小时，如 2026-11-26 09 / the hour, such as 2026-11-26 09',
  owner VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '写入的进程 / the process that wrote it',
  sent INT NOT NULL DEFAULT 0 COMMENT '平台受理条数 / accepted by the platform',
  delivered INT NOT NULL DEFAULT 0 COMMENT '回执：送达 / receipts: delivered',
  undelivered INT NOT NULL DEFAULT 0 COMMENT '回执：未送达 / receipts: not delivered',
  refused INT NOT NULL DEFAULT 0 COMMENT '未发出：平台或本地检查拒绝、过期 / not sent: refused by the platform or a check, or too old',
  PRIMARY KEY (hour_at, owner)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '每小时的条数';

-- 规则的临时放行（如紧急通知不受静默时段限制）
-- rules set aside for a while, such as quiet hours in an emergency
CREATE TABLE IF NOT EXISTS sms_mw_override (
  rule_name VARCHAR(20) NOT NULL COMMENT '规则，如 QUIET_HOURS / rule, such as QUIET_HOURS',
  reason VARCHAR(200) NOT NULL COMMENT '原因 / why',
  until_at DATETIME(3) NOT NULL COMMENT '放行到 / until when',
  set_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '设定时间 / since when',
  PRIMARY KEY (rule_name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '规则的临时放行';

-- 统计：每天、类别、运营商、状态一行；在移入历史的同一事务里累加，永久保留
-- statistics: one row per day, category, carrier and status, added to in the transaction that moves rows, kept for ever
CREATE TABLE IF NOT EXISTS sms_mw_stats (
  stat_key VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '日期加其余各列的散列 / the day, and a hash of the other columns',
  stat_day VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '受理之日；未受理的为写入之日 / day of acceptance, of what was not accepted that of the INSERT',
  category VARCHAR(20) NOT NULL COMMENT '类别 / category',
  carrier VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '运营商（按号段）：mobile、unicom、telecom、broadnet、virtual、other / carrier by prefix',
  msg_type VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'SMS 或 EXIN / SMS or EXIN',
  status VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '移动时的状态 / status when they were moved',
  row_count BIGINT NOT NULL DEFAULT 0 COMMENT '行数 / rows',
  parts BIGINT NOT NULL DEFAULT 0 COMMENT '计费条数 / billed parts',
  wait_ms BIGINT NOT NULL DEFAULT 0 COMMENT '从该发到受理的毫秒数之和 / milliseconds from due to accepted, added up',
  receipt_ms BIGINT NOT NULL DEFAULT 0 COMMENT '从受理到回执的毫秒数之和 / milliseconds from accepted to receipt, added up',
  PRIMARY KEY (stat_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '统计';

-- 平台余额：每天第一次读数，供 bill 对账
-- balance at the platform: the first reading of each day, which bill compares with what was sent
CREATE TABLE IF NOT EXISTS sms_mw_balance (
  balance_day VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT '日期 / day',
  balance BIGINT NOT NULL COMMENT '剩余条数 / messages left',
  taken_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '读取时间 / when it was read',
  PRIMARY KEY (balance_day)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 ROW_FORMAT = DYNAMIC COMMENT = '平台余额';
