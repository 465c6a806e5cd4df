-- yxt-mw：SQLite 3.42+ 建表脚本，可重复执行
-- yxt-mw: tables for SQLite 3.42+, may be run again
--   sqlite3 yxt-mw.db < sqlite.sql
-- SQLite 没有用户与授权：能读写文件者即能读写全部表。请放在本机磁盘，勿放网络盘。
-- SQLite has no users: whoever may write the file may write every table. Keep it on a local disk, never on a share.
-- 时间一律为本地时间文本 'YYYY-MM-DD HH:MM:SS'，可带毫秒
-- times are local text, 'YYYY-MM-DD HH:MM:SS', milliseconds optional

PRAGMA journal_mode = WAL;

-- 短信发件表：一行一条短信、一个号码
-- messages to citizens: one row, one message, one phone
CREATE TABLE IF NOT EXISTS sms_outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- 编号 / number
  phone TEXT NOT NULL,  -- 手机号，可带 +86、空格或短横 / mainland mobile; +86, blanks and hyphens are accepted
  content TEXT,  -- 短信内容 / the text
  template_code TEXT,  -- 模板编码（代替 content） / a template instead of content
  params TEXT,  -- 模板参数，JSON 对象 / its values, a JSON object
  msg_type TEXT NOT NULL DEFAULT 'SMS',  -- SMS 或 EXIN（e信） / SMS or EXIN
  category TEXT NOT NULL DEFAULT 'NOTICE',  -- 类别：NOTICE、CARD、REPLY、CODE 或自定 / policy key: NOTICE, CARD, REPLY, CODE or your own
  priority INTEGER NOT NULL DEFAULT 5,  -- 0 最先，9 最后；带 inbox_id 的 5 按 0 算 / 0 first, 9 last; 5 with an inbox_id counts as 0
  send_at TEXT CHECK (send_at IS NULL OR datetime(send_at) IS NOT NULL),  -- 不早于此时发送 / not before
  expire_at TEXT CHECK (expire_at IS NULL OR datetime(expire_at) IS NOT NULL),  -- 过此时不再发送 / not after
  ext_no TEXT,  -- 扩展号 / extension digits
  inbox_id INTEGER,  -- 所答复的 sms_inbox.id / the sms_inbox row that this answers
  biz_id TEXT,  -- 业务系统自己的编号，本程序不改 / the bureau's own reference, never touched
  source TEXT,  -- 来源（IP、科室） / where the request came from
  channel TEXT,  -- 通道，空为默认 / channel, null: the default
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 写入时间 / when it was inserted
  status TEXT NOT NULL DEFAULT 'NEW',  -- 状态，置 NEW 即重发 / status; setting NEW sends again
  result_code TEXT,  -- 结果码（平台或本地） / the platform's code or a local one
  result_text TEXT,  -- 结果说明 / a sentence about it
  segments INTEGER,  -- 计费条数 / billed parts
  attempts INTEGER NOT NULL DEFAULT 0,  -- 已提交次数 / submissions so far
  serial_no TEXT,  -- 流水号 / 20-digit serial
  task_id TEXT,  -- 平台任务号 / the platform's task id
  sent_at TEXT,  -- 平台受理时间 / accepted by the platform
  receipt_code TEXT,  -- 回执状态码 / delivery receipt, verbatim
  receipt_at TEXT,  -- 回执入库时间 / when the receipt was stored
  -- 以下为内部列，请勿读写
  -- internal columns from here on: neither read nor write them
  phone_norm TEXT,  -- 内部：规范化号码 / internal: normalised phone
  eff_priority INTEGER GENERATED ALWAYS AS (CASE WHEN inbox_id IS NOT NULL AND priority = 5 THEN 0 ELSE priority END) STORED,  -- 内部：实际优先级 / internal: effective priority
  retry_at TEXT,  -- 内部：推迟到 / internal: deferred until
  due_at TEXT GENERATED ALWAYS AS (COALESCE(retry_at, strftime('%Y-%m-%d %H:%M:%f', send_at), '2000-01-01 00:00:00.000')) STORED,  -- 内部：可发送时间 / internal: due from
  age_from TEXT,  -- 内部：时限起点 / internal: age counts from
  claim_token TEXT,  -- 内部：领取者 / internal: who claimed it
  lease_until TEXT,  -- 内部：领取期限 / internal: until when
  prev_serial TEXT,  -- 内部：上次流水号 / internal: serial before this one
  requeued INTEGER NOT NULL DEFAULT 0,  -- 内部：1 由程序退回，2 退回后再领取 / internal: 1 put back by us, 2 claimed after that
  solo INTEGER NOT NULL DEFAULT 0,  -- 内部：1 单独提交 / internal: 1 submit alone
  text_mark INTEGER,  -- 内部：领取时内容、号码和扩展号的校验值 / internal: checksum of text, phone and extension as claimed
  overruled TEXT,  -- 内部：人工放行的结果码，前为当时内容的校验值 / internal: codes that a person has overruled, after the checksum of the text then
  CONSTRAINT sms_outbox_ck_status CHECK (status IN ('NEW','SENDING','SENT','DELIVERED','UNDELIVERED','UNKNOWN','FAILED','REJECTED','EXPIRED','HELD','CANCELLED')),
  CONSTRAINT sms_outbox_ck_msg_type CHECK (msg_type IN ('SMS','EXIN')),
  CONSTRAINT sms_outbox_ck_category CHECK (category <> ''),
  CONSTRAINT sms_outbox_ck_priority CHECK (priority BETWEEN 0 AND 9)
);
CREATE INDEX IF NOT EXISTS sms_outbox_ix_claim ON sms_outbox (eff_priority, due_at, id) WHERE status = 'NEW';
CREATE INDEX IF NOT EXISTS sms_outbox_ix_lease ON sms_outbox (lease_until) WHERE status = 'SENDING';
CREATE INDEX IF NOT EXISTS sms_outbox_ix_held ON sms_outbox (id) WHERE status = 'HELD';
CREATE INDEX IF NOT EXISTS sms_outbox_ix_serial ON sms_outbox (serial_no, phone_norm) WHERE serial_no IS NOT NULL;
CREATE INDEX IF NOT EXISTS sms_outbox_ix_inbox ON sms_outbox (inbox_id) WHERE inbox_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS sms_outbox_ix_biz ON sms_outbox (biz_id) WHERE biz_id IS NOT NULL;

-- 短信历史表：已结束的发送行由夜间整理移到这里，一行只在一处
-- history: rows of sms_outbox that have ended, moved here at night; a row is in one of the two places
-- 列同 sms_outbox，另加 moved_at 与 masked
-- the columns of sms_outbox, and two more
CREATE TABLE IF NOT EXISTS sms_outbox_history (
  id INTEGER NOT NULL,
  phone TEXT NOT NULL,
  content TEXT,
  template_code TEXT,
  params TEXT,
  msg_type TEXT NOT NULL,
  category TEXT NOT NULL,
  priority INTEGER NOT NULL,
  send_at TEXT,
  expire_at TEXT,
  ext_no TEXT,
  inbox_id INTEGER,
  biz_id TEXT,
  source TEXT,
  channel TEXT,
  created_at TEXT NOT NULL,
  status TEXT NOT NULL,
  result_code TEXT,
  result_text TEXT,
  segments INTEGER,
  attempts INTEGER NOT NULL,
  serial_no TEXT,
  task_id TEXT,
  sent_at TEXT,
  receipt_code TEXT,
  receipt_at TEXT,
  phone_norm TEXT,
  eff_priority INTEGER,
  retry_at TEXT,
  due_at TEXT,
  age_from TEXT,
  claim_token TEXT,
  lease_until TEXT,
  prev_serial TEXT,
  requeued INTEGER NOT NULL,
  solo INTEGER NOT NULL,
  text_mark INTEGER,
  overruled TEXT,
  moved_at TEXT NOT NULL,  -- 移入时间 / when it was moved
  masked INTEGER NOT NULL DEFAULT 0,  -- 内部：1 号码已遮盖、内容已抹去 / internal: 1 phone masked, text wiped
  PRIMARY KEY (id, created_at, moved_at)
);
CREATE INDEX IF NOT EXISTS sms_outbox_history_ix_serial ON sms_outbox_history (serial_no, phone_norm) WHERE serial_no IS NOT NULL;
CREATE INDEX IF NOT EXISTS sms_outbox_history_ix_age ON sms_outbox_history (masked, created_at);

-- 短信收件表：一行一条市民来信
-- messages from citizens: one row, one message
CREATE TABLE IF NOT EXISTS sms_inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- 编号 / number
  platform_id TEXT,  -- 平台消息号 / the platform's id
  phone TEXT NOT NULL,  -- 市民号码 / the citizen
  content TEXT,  -- 来信内容 / the text
  access_no TEXT,  -- 市民所发往的完整号码 / the full number written to
  ext_no TEXT,  -- 接入号之后的部分 / what follows our access number
  keyword TEXT,  -- 指令（大写） / keyword, upper-cased
  args TEXT,  -- 指令参数 / what follows it
  received_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 平台收到时间 / when the platform got it
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 入库时间 / when it was stored
  status TEXT NOT NULL DEFAULT 'NEW',  -- NEW；业务系统处理后置 DONE；AUTO 为自动答复 / NEW; the bureau sets DONE; AUTO: a query rule took it
  handled_at TEXT,  -- 处理时间 / when it was handled
  -- 内部列
  -- internal column
  msg_key TEXT  -- 内部：排重键 / internal: what duplicates are told by
);
CREATE INDEX IF NOT EXISTS sms_inbox_ix_status ON sms_inbox (status, id);
CREATE INDEX IF NOT EXISTS sms_inbox_ix_platform ON sms_inbox (platform_id);
CREATE INDEX IF NOT EXISTS sms_inbox_ix_key ON sms_inbox (msg_key) WHERE msg_key IS NOT NULL;

-- 提交记录：每个流水号一行，先于提交写入
-- one row per serial, written before its first byte goes out
CREATE TABLE IF NOT EXISTS sms_mw_submit (
  serial_no TEXT NOT NULL PRIMARY KEY,  -- 流水号 / serial
  channel TEXT NOT NULL,  -- 通道 / channel
  state TEXT NOT NULL,  -- OPEN、ACCEPTED、DONE、VOID、HELD / OPEN, ACCEPTED, DONE, VOID, HELD
  body TEXT NOT NULL,  -- 提交的内容 / the text as submitted
  ext_no TEXT,  -- 扩展号 / extension digits
  template_id TEXT,  -- 平台的模板号 / the platform's number of its template
  priority INTEGER NOT NULL,  -- 优先级 / priority
  segments INTEGER NOT NULL,  -- 每号计费条数 / billed parts per phone
  members TEXT NOT NULL,  -- 成员：[[行号,号码,上次流水号],…] / [[row, phone, serial before],…]
  row_count INTEGER NOT NULL,  -- 成员数 / members
  tries INTEGER NOT NULL DEFAULT 1,  -- 可能已发出的次数 / times it may have gone out
  unknown_codes INTEGER NOT NULL DEFAULT 0,  -- 含义不明的应答次数 / answers that left the outcome open
  owner TEXT,  -- 当前持有者 / who works on it
  next_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- OPEN：可再试；ACCEPTED：等回执到此为止；其余：结束时间 / OPEN: may be tried again; ACCEPTED: wait for receipts until; else: ended
  first_try_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 首次提交 / first try
  last_try_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 最近提交 / latest try
  settled_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 得到结论（OPEN 时无意义） / when the outcome was known; means nothing while OPEN
  result_code TEXT NOT NULL DEFAULT '',  -- 结果码 / code
  result_text TEXT,  -- 结果说明（受理的不记） / sentence; none for an acceptance
  task_id TEXT NOT NULL DEFAULT '',  -- 平台任务号 / the platform's task id
  late_receipts INTEGER NOT NULL DEFAULT 0  -- 不属于当前提交的回执数 / receipts for a try that the row no longer is at
);
CREATE INDEX IF NOT EXISTS sms_mw_submit_ix_next ON sms_mw_submit (state, next_at);

-- 已收来信的排重键
-- messages already stored; the bureau may delete its row
CREATE TABLE IF NOT EXISTS sms_mw_seen (
  msg_key TEXT NOT NULL PRIMARY KEY,  -- 排重键 / key
  inbox_id INTEGER NOT NULL,  -- sms_inbox.id / sms_inbox.id
  phone TEXT NOT NULL,  -- 号码 / phone
  seen_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime'))  -- 入库时间 / when
);
CREATE INDEX IF NOT EXISTS sms_mw_seen_ix_inbox ON sms_mw_seen (inbox_id);
CREATE INDEX IF NOT EXISTS sms_mw_seen_ix_seen ON sms_mw_seen (seen_at);

-- 点播：由规则答复的来信，一条一行
-- queries by SMS: one row per message that a rule answers
CREATE TABLE IF NOT EXISTS sms_mw_query (
  inbox_id INTEGER NOT NULL PRIMARY KEY,  -- sms_inbox.id / sms_inbox.id
  phone TEXT NOT NULL,  -- 市民号码 / the citizen
  keyword TEXT NOT NULL,  -- 指令；问号为不认识的指令 / keyword; a question mark: not a known one
  subject TEXT NOT NULL DEFAULT '',  -- 所查卡号的短校验值，推不回卡号 / short checksum of the card asked for; no way back to it
  state TEXT NOT NULL DEFAULT 'WAITING',  -- WAITING、DONE / WAITING, DONE
  outcome TEXT NOT NULL DEFAULT '',  -- 结果：ANSWERED、NOT_FOUND、BAD_FORMAT、LOCKED、LIMITED、HELP、GIVEN_UP、… / what came of it
  outbox_id INTEGER,  -- 答复 sms_outbox.id；空为没有答复 / the answer; null: none was given
  tries INTEGER NOT NULL DEFAULT 0,  -- 推迟次数 / times put off
  next_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 不早于此时处理 / not before
  taken_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 收到时间 / when it came
  ended_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime'))  -- 办结时间（WAITING 时无意义） / when it ended; means nothing while WAITING
);
CREATE INDEX IF NOT EXISTS sms_mw_query_ix_next ON sms_mw_query (state, next_at, inbox_id) WHERE state = 'WAITING';
CREATE INDEX IF NOT EXISTS sms_mw_query_ix_phone ON sms_mw_query (phone, taken_at);
CREATE INDEX IF NOT EXISTS sms_mw_query_ix_taken ON sms_mw_query (taken_at);

-- 暂未对上发送行的回执
-- receipts that match no row yet
CREATE TABLE IF NOT EXISTS sms_mw_receipt (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- 编号 / number
  serial_no TEXT NOT NULL,  -- 流水号 / serial
  phone TEXT NOT NULL,  -- 号码 / phone
  code TEXT NOT NULL,  -- 回执状态码 / receipt, verbatim
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 入库时间 / when it came
  tried_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime'))  -- 最近一次匹配 / when it was last matched
);
CREATE UNIQUE INDEX IF NOT EXISTS sms_mw_receipt_ix_once ON sms_mw_receipt (serial_no, phone, code);
CREATE INDEX IF NOT EXISTS sms_mw_receipt_ix_tried ON sms_mw_receipt (tried_at, id);

-- 通道状态，所有进程共用
-- state of a channel, shared by all daemons
CREATE TABLE IF NOT EXISTS sms_mw_channel (
  name TEXT NOT NULL PRIMARY KEY,  -- 通道 / channel
  state TEXT NOT NULL DEFAULT 'OPEN',  -- OPEN、PAUSED、LATCHED、MANUAL / OPEN, PAUSED, LATCHED, MANUAL
  scope TEXT NOT NULL DEFAULT 'send',  -- send 只停发送；all 停所有调用 / send: sends stop; all: every call stops
  code TEXT,  -- 平台码或本地码 / code
  reason TEXT,  -- 原因 / why
  until_at TEXT,  -- 何时可探测 / may be probed from
  since TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 自何时 / since
  credentials TEXT,  -- 所用账号的加盐散列 / salted hash of the credentials
  resumed_at TEXT,  -- 上次暂停结束的时间，时限从此起算 / when the latest pause ended; ages count from then
  said_at TEXT,  -- 最近一次由人暂停或恢复的时间：表里较早的命令不再算数 / when a person last paused or resumed; a command written before that no longer counts
  probes INTEGER NOT NULL DEFAULT 0,  -- 连续探测失败次数 / failed probes in a row
  probe_by TEXT,  -- 正在探测者 / who is probing
  probe_until TEXT,  -- 探测期限 / until when
  fetch_by TEXT,  -- 几个进程中取上行与回执者 / of several daemons the one that fetches messages and receipts
  fetch_until TEXT,  -- 取件期限 / until when
  keep_by TEXT,  -- 正在做夜间整理者 / who keeps house
  keep_until TEXT,  -- 整理期限 / until when
  keep_at TEXT  -- 下次夜间整理 / when housekeeping is due next
);

-- 运行状态：每个进程一行，看 heartbeat_at 即知死活
-- one row per daemon; heartbeat_at says whether it lives
CREATE TABLE IF NOT EXISTS sms_mw_status (
  identity TEXT NOT NULL PRIMARY KEY,  -- 安装标识 / identity of the installation
  boot TEXT NOT NULL,  -- 本次启动标识 / identity of this start
  prev_boot TEXT,  -- 被顶替的启动标识 / the start that it replaced
  instance TEXT NOT NULL,  -- 名称 / label
  host TEXT NOT NULL,  -- 主机 / host
  pid INTEGER NOT NULL,  -- 进程号 / process
  version TEXT NOT NULL,  -- 版本 / version
  state TEXT NOT NULL,  -- STARTING、RUNNING、STOPPED / STARTING, RUNNING, STOPPED
  channel_state TEXT NOT NULL DEFAULT '',  -- 通道状态 / state of the channel
  last_error TEXT,  -- 最近错误 / latest error
  last_error_zh TEXT,  -- 最近错误（中文） / latest error in Chinese
  last_error_en TEXT,  -- 最近错误（英文） / latest error in English
  waiting INTEGER NOT NULL DEFAULT 0,  -- 该发而未发的条数（最多数到 10000） / rows that are due, counted up to 10000
  oldest_waiting TEXT,  -- 最早一条等待自 / the oldest of them waits since
  scheduled INTEGER NOT NULL DEFAULT 0,  -- 未到发送时间的条数（最多数到 10000） / rows whose time has not come, counted up to 10000
  sent_minute INTEGER NOT NULL DEFAULT 0,  -- 近一分钟发送 / sent in the last minute
  sent_today INTEGER NOT NULL DEFAULT 0,  -- 今日发送 / sent today
  started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 启动时间 / started
  heartbeat_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime'))  -- 心跳 / latest heartbeat
);

-- 用 SQL 指挥本程序：PAUSE、RESUME、CANCEL、RELEASE、DISCARD、RETRY；后四个须给出 row_id、biz_id 或 category。10 秒内执行，结果写回 result
-- control by SQL: PAUSE, RESUME, CANCEL, RELEASE, DISCARD, RETRY; the last four want row_id, biz_id or category. Done within 10 s, result says what came of it
CREATE TABLE IF NOT EXISTS sms_mw_command (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- 编号 / number
  command TEXT NOT NULL,  -- 命令 / command
  row_id INTEGER,  -- sms_outbox.id / sms_outbox.id
  biz_id TEXT,  -- sms_outbox.biz_id / sms_outbox.biz_id
  category TEXT,  -- sms_outbox.category / sms_outbox.category
  instance TEXT,  -- 只由这个实例执行；空为任一 / only this daemon (its label) is to do it; null: any
  reason TEXT,  -- 原因 / why
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 写入时间 / when it was inserted
  created_by TEXT,  -- 谁 / by whom
  status TEXT NOT NULL DEFAULT 'NEW',  -- NEW；本程序写 RUNNING、DONE、FAILED / NEW; the program sets RUNNING, DONE, FAILED
  done_at TEXT,  -- 办结时间 / when it ended
  result TEXT,  -- 结果 / what came of it
  owner TEXT,  -- 内部：执行者 / internal: who does it
  lease_until TEXT,  -- 内部：执行期限 / internal: until when
  last_row INTEGER,  -- 内部：已处理到的行 / internal: the last row that was seen to
  changed INTEGER NOT NULL DEFAULT 0  -- 内部：已改变的行数 / internal: rows changed so far
);
CREATE INDEX IF NOT EXISTS sms_mw_command_ix_open ON sms_mw_command (status, id);

-- 短信模板：code 供 sms_outbox.template_code 引用；没有 code 的内容也按它们比对（policy.requireTemplate）
-- templates: named by sms_outbox.template_code; free text is compared with them too (policy.requireTemplate)
CREATE TABLE IF NOT EXISTS sms_template (
  code TEXT NOT NULL PRIMARY KEY,  -- 模板编码 / its name
  category TEXT,  -- 类别，空为不定 / category, null: any
  body TEXT NOT NULL,  -- 正文，变量写作 {name}、{name:20}、{code:digits:4-6} / the text; holes are written {name}, {name:20}, {code:digits:4-6}
  platform_template_id TEXT,  -- 平台的模板号，随提交发送 / the number that the platform has given it, sent along
  enabled INTEGER NOT NULL DEFAULT 1,  -- 1 启用，0 停用 / 1: in use, 0: not
  note TEXT,  -- 备注 / remark
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 写入时间 / when it was inserted
  CONSTRAINT sms_template_ck_enabled CHECK (enabled IN (0, 1))
);

-- 敏感词：内容含其中之一的短信不发送
-- blocked words: a text that holds one of them is not sent
CREATE TABLE IF NOT EXISTS sms_blocked_word (
  word TEXT NOT NULL PRIMARY KEY,  -- 词 / the word
  note TEXT,  -- 备注 / remark
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime'))  -- 写入时间 / when it was inserted
);

-- 黑名单：不再向这些号码发送
-- blacklist: nothing is sent to these phones
CREATE TABLE IF NOT EXISTS sms_blacklist (
  phone TEXT NOT NULL PRIMARY KEY,  -- 11 位手机号 / mobile number of 11 digits
  reason TEXT,  -- 原因 / why
  origin TEXT NOT NULL DEFAULT 'MANUAL',  -- MANUAL 人工，任何短信都不发；OPTOUT 市民退订 / MANUAL: by hand, blocks everything; OPTOUT: the citizen has asked for it
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime')),  -- 写入时间 / when it was inserted
  CONSTRAINT sms_blacklist_ck_phone CHECK (length(phone) = 11),
  CONSTRAINT sms_blacklist_ck_origin CHECK (origin IN ('MANUAL','OPTOUT'))
);

-- 限量计数：窗口内各段已发条数，键为散列
-- counters of policy.limits: what each piece of a window has seen; keys are hashes
-- 带 rowid：按 ends_ms 的索引只在末尾追加
-- with a rowid: the index by ends_ms then only grows at its end
CREATE TABLE IF NOT EXISTS sms_mw_usage (
  subject TEXT NOT NULL,  -- 计数对象的散列 / hash of what is counted
  slot INTEGER NOT NULL,  -- 段位（循环使用） / place, used in turn
  piece INTEGER NOT NULL,  -- 段号 / number of the piece
  uses INTEGER NOT NULL,  -- 条数 / messages
  ends_ms INTEGER NOT NULL,  -- 此后无用（1970 年起的毫秒） / of no use after this, milliseconds since 1970
  PRIMARY KEY (subject, slot)
);
CREATE INDEX IF NOT EXISTS sms_mw_usage_ix_ends ON sms_mw_usage (ends_ms);

-- 每小时的条数：每个进程、每小时一行，供状态页画图
-- counts of each hour, one row per process and hour; the page draws them
CREATE TABLE IF NOT EXISTS sms_mw_hour (
  hour_at TEXT NOT NULL,  -- 小时，如 2026-11-26 09 / the hour, such as 2026-11-26 09
  owner TEXT NOT NULL,  -- 写入的进程 / the process that wrote it
  sent INTEGER NOT NULL DEFAULT 0,  -- 平台受理条数 / accepted by the platform
  delivered INTEGER NOT NULL DEFAULT 0,  -- 回执：送达 / receipts: delivered
  undelivered INTEGER NOT NULL DEFAULT 0,  -- 回执：未送达 / receipts: not delivered
  refused INTEGER NOT NULL DEFAULT 0,  -- 未发出：平台或本地检查拒绝、过期 / not sent: refused by the platform or a check, or too old
  PRIMARY KEY (hour_at, owner)
) WITHOUT ROWID;

-- 规则的临时放行（如紧急通知不受静默时段限制）
-- rules set aside for a while, such as quiet hours in an emergency
CREATE TABLE IF NOT EXISTS sms_mw_override (
  rule_name TEXT NOT NULL PRIMARY KEY,  -- 规则，如 QUIET_HOURS / rule, such as QUIET_HOURS
  reason TEXT NOT NULL,  -- 原因 / why
  until_at TEXT NOT NULL,  -- 放行到 / until when
  set_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime'))  -- 设定时间 / since when
);

-- 统计：每天、类别、运营商、状态一行；在移入历史的同一事务里累加，永久保留
-- statistics: one row per day, category, carrier and status, added to in the transaction that moves rows, kept for ever
CREATE TABLE IF NOT EXISTS sms_mw_stats (
  stat_key TEXT NOT NULL PRIMARY KEY,  -- 日期加其余各列的散列 / the day, and a hash of the other columns
  stat_day TEXT NOT NULL,  -- 受理之日；未受理的为写入之日 / day of acceptance, of what was not accepted that of the INSERT
  category TEXT NOT NULL,  -- 类别 / category
  carrier TEXT NOT NULL,  -- 运营商（按号段）：mobile、unicom、telecom、broadnet、virtual、other / carrier by prefix
  msg_type TEXT NOT NULL,  -- SMS 或 EXIN / SMS or EXIN
  status TEXT NOT NULL,  -- 移动时的状态 / status when they were moved
  row_count INTEGER NOT NULL DEFAULT 0,  -- 行数 / rows
  parts INTEGER NOT NULL DEFAULT 0,  -- 计费条数 / billed parts
  wait_ms INTEGER NOT NULL DEFAULT 0,  -- 从该发到受理的毫秒数之和 / milliseconds from due to accepted, added up
  receipt_ms INTEGER NOT NULL DEFAULT 0  -- 从受理到回执的毫秒数之和 / milliseconds from accepted to receipt, added up
);

-- 平台余额：每天第一次读数，供 bill 对账
-- balance at the platform: the first reading of each day, which bill compares with what was sent
CREATE TABLE IF NOT EXISTS sms_mw_balance (
  balance_day TEXT NOT NULL PRIMARY KEY,  -- 日期 / day
  balance INTEGER NOT NULL,  -- 剩余条数 / messages left
  taken_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now','localtime'))  -- 读取时间 / when it was read
);
