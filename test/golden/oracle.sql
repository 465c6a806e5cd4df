-- probe
SELECT TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '2000-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '2000-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '2000-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '2000-01-01 00:00:00')) * 1000) AS clock_ms, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 0) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 0) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 0) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 0) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_0, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 1) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 1) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 1) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 1) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_1, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 2) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 2) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 2) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 2) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_2, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 3) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 3) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 3) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 3) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_3, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 4) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 4) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 4) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 4) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_4, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 5) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 5) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 5) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 5) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_5, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 6) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 6) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 6) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 6) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_6, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 7) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 7) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 7) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 7) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_7, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 8) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 8) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 8) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 8) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_8, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 9) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 9) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 9) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(wait_due)
  FROM sms_outbox
  WHERE wait_priority = 9) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS due_9, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(next_at)
  FROM sms_mw_submit
  WHERE state = 'OPEN' AND next_at IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(next_at)
  FROM sms_mw_submit
  WHERE state = 'OPEN' AND next_at IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(next_at)
  FROM sms_mw_submit
  WHERE state = 'OPEN' AND next_at IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(next_at)
  FROM sms_mw_submit
  WHERE state = 'OPEN' AND next_at IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS open_in, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(next_at)
  FROM sms_mw_submit
  WHERE state = 'ACCEPTED' AND next_at IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(next_at)
  FROM sms_mw_submit
  WHERE state = 'ACCEPTED' AND next_at IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(next_at)
  FROM sms_mw_submit
  WHERE state = 'ACCEPTED' AND next_at IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(next_at)
  FROM sms_mw_submit
  WHERE state = 'ACCEPTED' AND next_at IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS give_up_in, c.state AS channel_state, c.scope AS channel_scope, c.code AS channel_code, c.reason AS channel_reason, c.credentials AS channel_credentials, c.probes AS channel_probes, TO_CHAR(c.since, 'YYYY-MM-DD HH24:MI:SS.FF3') AS channel_since, TRUNC(EXTRACT(DAY
  FROM (c.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM (c.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM (c.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM (c.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS channel_until, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - c.resumed_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - c.resumed_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - c.resumed_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - c.resumed_at)) * 1000) AS channel_resumed, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(lease_until)
  FROM sms_outbox
  WHERE status = 'SENDING' AND lease_until IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(lease_until)
  FROM sms_outbox
  WHERE status = 'SENDING' AND lease_until IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(lease_until)
  FROM sms_outbox
  WHERE status = 'SENDING' AND lease_until IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(lease_until)
  FROM sms_outbox
  WHERE status = 'SENDING' AND lease_until IS NOT NULL) - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS lease_in, (SELECT COUNT(*)
  FROM sms_mw_status
  WHERE state <> 'STOPPED' AND heartbeat_at > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) AS alive, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(heartbeat_at)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(heartbeat_at)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(heartbeat_at)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(heartbeat_at)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS beat_in, TRUNC(EXTRACT(DAY
  FROM ((SELECT MIN(oldest_waiting)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM ((SELECT MIN(oldest_waiting)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM ((SELECT MIN(oldest_waiting)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM ((SELECT MIN(oldest_waiting)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS oldest_in, (SELECT COUNT(*)
  FROM sms_mw_command k
  WHERE k.status IN ('NEW', 'RUNNING')) AS commands
  FROM (SELECT 1 AS one
  FROM dual) x LEFT JOIN sms_mw_channel c ON c.name = ?
  -- number, string

-- candidates
SELECT q.*
  FROM (SELECT TO_CHAR(o.id) AS id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.eff_priority AS priority, o.ext_no AS ext_no, o.channel AS channel, o.source AS source, o.biz_id AS biz_id, o.solo AS solo, o.requeued AS requeued, o.overruled AS overruled, TO_CHAR(o.inbox_id) AS inbox_id, TRUNC(EXTRACT(DAY
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS expires_in, CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END AS age_ms, TO_CHAR(o.created_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS created_at, ORA_HASH(ORA_HASH(o.phone) || '|' || ORA_HASH(o.ext_no) || '|' || ORA_HASH(o.content) || '|' || ORA_HASH(o.template_code) || '|' || ORA_HASH(o.params) || '|' || ORA_HASH(o.msg_type) || '|' || ORA_HASH(o.inbox_id) || '|' || ORA_HASH(o.channel)) AS mark, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight, COALESCE(o.serial_no, o.prev_serial) AS prev_serial, o.result_code AS last_code
  FROM sms_outbox o
  WHERE o.wait_priority = ? AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 500
  -- number

-- candidates, deferred ones
SELECT q.*
  FROM (SELECT TO_CHAR(o.id) AS id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.eff_priority AS priority, o.ext_no AS ext_no, o.channel AS channel, o.source AS source, o.biz_id AS biz_id, o.solo AS solo, o.requeued AS requeued, o.overruled AS overruled, TO_CHAR(o.inbox_id) AS inbox_id, TRUNC(EXTRACT(DAY
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS expires_in, CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END AS age_ms, TO_CHAR(o.created_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS created_at, ORA_HASH(ORA_HASH(o.phone) || '|' || ORA_HASH(o.ext_no) || '|' || ORA_HASH(o.content) || '|' || ORA_HASH(o.template_code) || '|' || ORA_HASH(o.params) || '|' || ORA_HASH(o.msg_type) || '|' || ORA_HASH(o.inbox_id) || '|' || ORA_HASH(o.channel)) AS mark, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight, COALESCE(o.serial_no, o.prev_serial) AS prev_serial, o.result_code AS last_code
  FROM sms_outbox o
  WHERE o.wait_priority = ? AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND o.wait_due > TIMESTAMP '2000-01-01 00:00:00'
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 500
  -- number

-- due
SELECT w.*
  FROM (SELECT q.*, ROWNUM AS row_no
  FROM (SELECT TO_CHAR(o.id) AS id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.eff_priority AS priority, o.ext_no AS ext_no, o.channel AS channel, o.source AS source, o.biz_id AS biz_id, o.solo AS solo, o.requeued AS requeued, o.overruled AS overruled, TO_CHAR(o.inbox_id) AS inbox_id, TRUNC(EXTRACT(DAY
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS expires_in, CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END AS age_ms, TO_CHAR(o.created_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS created_at, ORA_HASH(ORA_HASH(o.phone) || '|' || ORA_HASH(o.ext_no) || '|' || ORA_HASH(o.content) || '|' || ORA_HASH(o.template_code) || '|' || ORA_HASH(o.params) || '|' || ORA_HASH(o.msg_type) || '|' || ORA_HASH(o.inbox_id) || '|' || ORA_HASH(o.channel)) AS mark, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight, COALESCE(o.serial_no, o.prev_serial) AS prev_serial, o.result_code AS last_code
  FROM sms_outbox o
  WHERE o.wait_priority = ? AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1500) w
  WHERE w.row_no > 1000
  ORDER BY w.row_no
  -- number

-- overrule
UPDATE sms_outbox o
  SET overruled = ?
  WHERE o.id = TO_NUMBER(?) AND CASE WHEN o.status = 'NEW' AND ORA_HASH(ORA_HASH(o.phone) || '|' || ORA_HASH(o.ext_no) || '|' || ORA_HASH(o.content) || '|' || ORA_HASH(o.template_code) || '|' || ORA_HASH(o.params) || '|' || ORA_HASH(o.msg_type) || '|' || ORA_HASH(o.inbox_id) || '|' || ORA_HASH(o.channel)) = TO_NUMBER(?) THEN 1 ELSE 0 END = 1
  -- string, string, string (for each row)

-- claim
UPDATE sms_outbox o
  SET age_from = CASE WHEN ? = 1 THEN CAST(SYSTIMESTAMP AS TIMESTAMP(3)) ELSE o.age_from END, prev_serial = NULLIF(?, '-'), requeued = CASE WHEN o.requeued = 1 THEN 2 ELSE 0 END, serial_no = ?, phone_norm = ?, segments = ?, status = 'SENDING', claim_token = ?, lease_until = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')), text_mark = TO_NUMBER(?), retry_at = NULL, task_id = NULL, result_code = NULL, result_text = NULL, sent_at = NULL, receipt_code = NULL, receipt_at = NULL
  WHERE o.id = TO_NUMBER(?) AND CASE WHEN o.status = 'NEW' AND COALESCE(o.serial_no, o.prev_serial, '-') = ? AND ORA_HASH(ORA_HASH(o.phone) || '|' || ORA_HASH(o.ext_no) || '|' || ORA_HASH(o.content) || '|' || ORA_HASH(o.template_code) || '|' || ORA_HASH(o.params) || '|' || ORA_HASH(o.msg_type) || '|' || ORA_HASH(o.inbox_id) || '|' || ORA_HASH(o.channel)) = TO_NUMBER(?) THEN 1 ELSE 0 END = 1
  -- number, string, string, string, number, string, number, string, string, string, string (for each row)

-- claimed
SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.id IN (TO_NUMBER(?)) AND o.claim_token = ? AND CASE WHEN o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- string, string

-- refuse
UPDATE sms_outbox o
  SET status = ?, result_code = ?, result_text = ?, overruled = CASE WHEN ? IN ('NEW', 'HELD') THEN o.overruled ELSE NULL END, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL
  WHERE o.id = TO_NUMBER(?) AND CASE WHEN o.claim_token = ? AND o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- string, string, string, string, string, string (for each row)

-- release
UPDATE sms_outbox
  SET requeued = CASE WHEN prev_serial IS NULL OR requeued = 2 THEN 1 ELSE 0 END, serial_no = prev_serial, prev_serial = NULL, status = 'NEW', result_code = ?, result_text = TO_NCHAR(?), claim_token = NULL, lease_until = NULL, text_mark = NULL, retry_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')), age_from = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE id IN (TO_NUMBER(?)) AND claim_token = ? AND CASE WHEN status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- string, national, number, number, string, string

-- rowsOf
SELECT TO_CHAR(o.id) AS id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.eff_priority AS priority, o.ext_no AS ext_no, o.channel AS channel, o.source AS source, o.biz_id AS biz_id, o.solo AS solo, o.requeued AS requeued, o.overruled AS overruled, TO_CHAR(o.inbox_id) AS inbox_id, TRUNC(EXTRACT(DAY
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM (o.expire_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS expires_in, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) AS age_ms, TO_CHAR(o.created_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS created_at, ORA_HASH(ORA_HASH(o.phone) || '|' || ORA_HASH(o.ext_no) || '|' || ORA_HASH(o.content) || '|' || ORA_HASH(o.template_code) || '|' || ORA_HASH(o.params) || '|' || ORA_HASH(o.msg_type) || '|' || ORA_HASH(o.inbox_id) || '|' || ORA_HASH(o.channel)) AS mark, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight, o.prev_serial AS prev_serial, NULL AS last_code, o.status AS status, o.serial_no AS serial_no, o.receipt_code AS receipt_code
  FROM sms_outbox o
  WHERE o.id IN (TO_NUMBER(?))
  -- string

-- holdReset
SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE serial_no IN (?) AND CASE WHEN status = 'NEW' AND requeued <> 1 THEN 1 ELSE 0 END = 1
  -- string

UPDATE sms_outbox
  SET prev_serial = serial_no, serial_no = NULL, status = 'HELD', result_code = ?, result_text = TO_NCHAR(?), claim_token = NULL, lease_until = NULL, text_mark = NULL
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN serial_no IN (?) AND status = 'NEW' AND requeued <> 1 THEN 1 ELSE 0 END = 1
  -- string, national, string, string

-- open
INSERT INTO sms_mw_submit (serial_no, channel, body, ext_no, template_id, priority, segments, members, row_count, state, owner, next_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN', ?, (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')))
  -- string, string, string, null, null, number, number, string, number, string, number (for each row)

-- takeOpen
SELECT q.*
  FROM (SELECT serial_no
  FROM sms_mw_submit
  WHERE state = 'OPEN' AND next_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY next_at) q
  WHERE ROWNUM <= 10
  -- 

UPDATE sms_mw_submit
  SET owner = ?, tries = tries + 1, last_try_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3)), next_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE serial_no IN (?) AND CASE WHEN state = 'OPEN' AND next_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) THEN 1 ELSE 0 END = 1
  -- string, number, string

SELECT s.serial_no AS serial_no, s.channel AS channel, s.state AS state, s.body AS body, s.ext_no AS ext_no, s.template_id AS template_id, s.priority AS priority, s.segments AS segments, s.members AS members, s.tries AS tries, s.unknown_codes AS unknown_codes, s.result_code AS result_code, s.result_text AS result_text, s.task_id AS task_id, s.late_receipts AS late_receipts, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 1000) AS age_ms, TO_CHAR(s.first_try_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS first_try_at, TO_CHAR(s.last_try_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS last_try_at, TO_CHAR(s.settled_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS settled_at
  FROM sms_mw_submit s
  WHERE s.serial_no IN (?) AND CASE WHEN s.owner = ? AND s.state = 'OPEN' THEN 1 ELSE 0 END = 1
  -- string, string

-- submitsOf
SELECT s.serial_no AS serial_no, s.channel AS channel, s.state AS state, s.body AS body, s.ext_no AS ext_no, s.template_id AS template_id, s.priority AS priority, s.segments AS segments, s.members AS members, s.tries AS tries, s.unknown_codes AS unknown_codes, s.result_code AS result_code, s.result_text AS result_text, s.task_id AS task_id, s.late_receipts AS late_receipts, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 1000) AS age_ms, TO_CHAR(s.first_try_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS first_try_at, TO_CHAR(s.last_try_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS last_try_at, TO_CHAR(s.settled_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS settled_at
  FROM sms_mw_submit s
  WHERE s.serial_no IN (?)
  -- string

-- settle, one answer
UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, sent_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3)), result_code = ?, result_text = CASE WHEN receipt_code IS NULL THEN TO_NCHAR(?) WHEN receipt_code = '0' THEN TO_NCHAR(?) ELSE TO_NCHAR(?) END, attempts = attempts + 1, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL, overruled = NULL, task_id = ?
  WHERE id IN (TO_NUMBER(?)) AND serial_no = ? AND status IN ('SENDING', 'CANCELLED') AND (text_mark IS NULL OR text_mark = ORA_HASH(ORA_HASH(phone) || '|' || ORA_HASH(ext_no) || '|' || ORA_HASH(content) || '|' || ORA_HASH(template_code) || '|' || ORA_HASH(params) || '|' || ORA_HASH(msg_type) || '|' || ORA_HASH(inbox_id) || '|' || ORA_HASH(channel)))
  -- string, string, national, national, national, string, string, string

UPDATE sms_mw_submit s
  SET settled_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3)), next_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')), unknown_codes = s.unknown_codes + ?, task_id = COALESCE(?, s.task_id), result_code = COALESCE(?, ''), result_text = ?, state = ?, owner = NULL
  WHERE s.serial_no = ? AND CASE WHEN ((? = 'ACCEPTED' AND s.state IN ('OPEN', 'HELD', 'VOID')) OR (s.state = 'OPEN' AND s.owner = ?)) THEN 1 ELSE 0 END = 1
  -- number, number, string, string, null, string, string, string, string (for each row)

-- settle, several answers
UPDATE sms_outbox o
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, sent_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3)), result_code = ?, result_text = CASE WHEN receipt_code IS NULL THEN TO_NCHAR(?) WHEN receipt_code = '0' THEN TO_NCHAR(?) ELSE TO_NCHAR(?) END, attempts = attempts + 1, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL, overruled = NULL, task_id = ?
  WHERE o.id = TO_NUMBER(?) AND CASE WHEN o.serial_no = ? AND status IN ('SENDING', 'CANCELLED') AND (text_mark IS NULL OR text_mark = ORA_HASH(ORA_HASH(phone) || '|' || ORA_HASH(ext_no) || '|' || ORA_HASH(content) || '|' || ORA_HASH(template_code) || '|' || ORA_HASH(params) || '|' || ORA_HASH(msg_type) || '|' || ORA_HASH(inbox_id) || '|' || ORA_HASH(channel))) THEN 1 ELSE 0 END = 1
  -- string, string, national, national, national, string, string, string (for each row)

UPDATE sms_outbox o
  SET status = 'HELD', sent_at = CASE WHEN receipt_code IS NULL THEN sent_at ELSE CAST(SYSTIMESTAMP AS TIMESTAMP(3)) END, result_code = ?, result_text = TO_NCHAR(?), attempts = attempts + 1, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL, prev_serial = ?, serial_no = NULL, task_id = ?
  WHERE o.id = TO_NUMBER(?) AND CASE WHEN o.serial_no = ? AND status IN ('SENDING', 'CANCELLED') THEN 1 ELSE 0 END = 1
  -- string, national, string, string, string, string (for each row)

-- settle, outcome unknown
UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, sent_at = CASE WHEN receipt_code IS NULL THEN sent_at ELSE CAST(SYSTIMESTAMP AS TIMESTAMP(3)) END, result_code = ?, result_text = CASE WHEN receipt_code IS NULL THEN TO_NCHAR(?) WHEN receipt_code = '0' THEN TO_NCHAR(?) ELSE TO_NCHAR(?) END, attempts = attempts + 1, lease_until = NULL, task_id = ?
  WHERE id IN (TO_NUMBER(?)) AND serial_no = ? AND status IN ('SENDING') AND EXISTS (SELECT 1
  FROM sms_mw_submit s
  WHERE s.serial_no = ? AND CASE WHEN s.state = 'OPEN' AND s.owner = ? THEN 1 ELSE 0 END = 1)
  -- string, string, national, national, national, string, string, string, string, string

-- settle, put back
UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, sent_at = CASE WHEN receipt_code IS NULL THEN sent_at ELSE CAST(SYSTIMESTAMP AS TIMESTAMP(3)) END, result_code = ?, result_text = CASE WHEN receipt_code IS NULL THEN TO_NCHAR(?) WHEN receipt_code = '0' THEN TO_NCHAR(?) ELSE TO_NCHAR(?) END, attempts = attempts + 1, retry_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')), age_from = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')), requeued = 1, solo = 0, claim_token = NULL, lease_until = NULL, text_mark = NULL, task_id = ?
  WHERE id IN (TO_NUMBER(?)) AND serial_no = ? AND status IN ('SENDING') AND EXISTS (SELECT 1
  FROM sms_mw_submit s
  WHERE s.serial_no = ? AND CASE WHEN s.state = 'OPEN' AND s.owner = ? THEN 1 ELSE 0 END = 1)
  -- string, string, national, national, national, number, number, string, string, string, string, string

-- recoverRows
SELECT q.*
  FROM (SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.status = 'SENDING' AND o.lease_until < CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100
  -- 

UPDATE sms_outbox
  SET claim_token = ?
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'SENDING' AND lease_until < CAST(SYSTIMESTAMP AS TIMESTAMP(3)) THEN 1 ELSE 0 END = 1
  -- string, string

SELECT TO_CHAR(o.id) AS id, s.state AS state
  FROM sms_outbox o LEFT JOIN sms_mw_submit s ON s.serial_no = o.serial_no
  WHERE o.id IN (TO_NUMBER(?)) AND CASE WHEN o.claim_token = ? AND o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- string, string

UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, result_code = (SELECT s.result_code
  FROM sms_mw_submit s
  WHERE s.serial_no = sms_outbox.serial_no), result_text = CASE WHEN receipt_code IS NULL THEN (SELECT s.result_text
  FROM sms_mw_submit s
  WHERE s.serial_no = sms_outbox.serial_no) WHEN receipt_code = '0' THEN TO_NCHAR(?) ELSE TO_NCHAR(?) END, overruled = NULL, task_id = (SELECT s.task_id
  FROM sms_mw_submit s
  WHERE s.serial_no = sms_outbox.serial_no), sent_at = (SELECT s.settled_at
  FROM sms_mw_submit s
  WHERE s.serial_no = sms_outbox.serial_no), claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'SENDING' AND claim_token = ? AND (text_mark IS NULL OR text_mark = ORA_HASH(ORA_HASH(phone) || '|' || ORA_HASH(ext_no) || '|' || ORA_HASH(content) || '|' || ORA_HASH(template_code) || '|' || ORA_HASH(params) || '|' || ORA_HASH(msg_type) || '|' || ORA_HASH(inbox_id) || '|' || ORA_HASH(channel))) THEN 1 ELSE 0 END = 1
  -- string, national, national, string, string

UPDATE sms_outbox
  SET status = 'HELD', result_code = 'EDITED', result_text = TO_NCHAR(?), prev_serial = serial_no, serial_no = NULL, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'SENDING' AND claim_token = ? AND NOT (text_mark IS NULL OR text_mark = ORA_HASH(ORA_HASH(phone) || '|' || ORA_HASH(ext_no) || '|' || ORA_HASH(content) || '|' || ORA_HASH(template_code) || '|' || ORA_HASH(params) || '|' || ORA_HASH(msg_type) || '|' || ORA_HASH(inbox_id) || '|' || ORA_HASH(channel))) THEN 1 ELSE 0 END = 1
  -- national, string, string

-- recoverRows, never opened
SELECT q.*
  FROM (SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.status = 'SENDING' AND o.lease_until < CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100
  -- 

UPDATE sms_outbox
  SET claim_token = ?
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'SENDING' AND lease_until < CAST(SYSTIMESTAMP AS TIMESTAMP(3)) THEN 1 ELSE 0 END = 1
  -- string, string

SELECT TO_CHAR(o.id) AS id, s.state AS state
  FROM sms_outbox o LEFT JOIN sms_mw_submit s ON s.serial_no = o.serial_no
  WHERE o.id IN (TO_NUMBER(?)) AND CASE WHEN o.claim_token = ? AND o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- string, string

UPDATE sms_outbox
  SET requeued = CASE WHEN prev_serial IS NULL OR requeued = 2 THEN 1 ELSE 0 END, serial_no = prev_serial, prev_serial = NULL, status = 'NEW', claim_token = NULL, lease_until = NULL, text_mark = NULL
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'SENDING' AND claim_token = ? THEN 1 ELSE 0 END = 1
  -- string, string

-- adoptStrays
SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.status = 'SENDING' AND o.lease_until IS NULL AND o.claim_token IS NULL
  -- 

UPDATE sms_outbox
  SET lease_until = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((-1) / 1000, 'SECOND'))
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'SENDING' AND lease_until IS NULL AND claim_token IS NULL THEN 1 ELSE 0 END = 1
  -- string

-- shorten
SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.status = 'SENDING' AND o.lease_until > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  -- number

UPDATE sms_outbox
  SET lease_until = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'SENDING' AND lease_until > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  -- number, string, number

SELECT s.serial_no AS serial_no
  FROM sms_mw_submit s
  WHERE s.state = 'OPEN' AND s.next_at > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  -- number

UPDATE sms_mw_submit
  SET next_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE serial_no IN (?) AND CASE WHEN state = 'OPEN' AND next_at > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  -- number, string, number

-- adopt
SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.status = 'SENDING' AND o.lease_until IS NOT NULL AND o.claim_token LIKE ? ESCAPE '!' AND o.claim_token <> ? AND NOT o.claim_token LIKE ? ESCAPE '!'
  -- string, string, string

UPDATE sms_outbox
  SET lease_until = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((-1) / 1000, 'SECOND'))
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'SENDING' AND lease_until > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND claim_token LIKE ? ESCAPE '!' AND claim_token <> ? AND NOT claim_token LIKE ? ESCAPE '!' THEN 1 ELSE 0 END = 1
  -- string, string, string, string

SELECT s.serial_no AS serial_no
  FROM sms_mw_submit s
  WHERE s.state = 'OPEN' AND s.owner LIKE ? ESCAPE '!' AND s.owner <> ? AND NOT s.owner LIKE ? ESCAPE '!'
  -- string, string, string

UPDATE sms_mw_submit
  SET next_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE serial_no IN (?) AND CASE WHEN state = 'OPEN' AND next_at > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) AND owner LIKE ? ESCAPE '!' AND owner <> ? AND NOT owner LIKE ? ESCAPE '!' THEN 1 ELSE 0 END = 1
  -- number, string, number, string, string, string

-- giveUp
SELECT q.*
  FROM (SELECT serial_no, row_count, result_code
  FROM sms_mw_submit
  WHERE state = 'ACCEPTED' AND next_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY next_at) q
  WHERE ROWNUM <= 100
  -- 

SELECT TO_CHAR(o.id) AS id, o.serial_no AS serial_no
  FROM sms_outbox o
  WHERE serial_no IN (?) AND CASE WHEN status IN ('SENT', 'SENDING') THEN 1 ELSE 0 END = 1
  -- string

UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, result_text = CASE WHEN receipt_code IS NULL THEN TO_NCHAR(?) WHEN receipt_code = '0' THEN TO_NCHAR(?) ELSE TO_NCHAR(?) END
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status IN ('SENT', 'SENDING') AND serial_no IN (?) THEN 1 ELSE 0 END = 1
  -- string, national, national, national, string, string

UPDATE sms_mw_submit
  SET state = 'DONE', next_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE serial_no IN (?) AND CASE WHEN state = 'ACCEPTED' AND next_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) THEN 1 ELSE 0 END = 1
  -- string

-- inboxPhones
SELECT TO_CHAR(m.inbox_id) AS id, m.phone AS phone
  FROM sms_mw_seen m
  WHERE m.inbox_id IN (TO_NUMBER(?))
  UNION ALL SELECT TO_CHAR(i.id) AS id, i.phone AS phone
  FROM sms_inbox i
  WHERE i.id IN (TO_NUMBER(?))
  -- string, string

-- answered
SELECT TO_CHAR(o.id) AS id, TO_CHAR(o.inbox_id) AS inbox_id, o.content AS content, o.template_code AS template_code, o.params AS params, o.status AS status
  FROM sms_outbox o
  WHERE o.inbox_id IN (TO_NUMBER(?)) AND o.status NOT IN ('FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND NOT (o.status = 'HELD' AND o.attempts = 0)
  -- string

-- namesakes
SELECT TO_CHAR(o.id) AS id, o.biz_id AS biz_id, o.status AS status, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight
  FROM sms_outbox o
  WHERE o.biz_id IN (?) AND CASE WHEN o.status NOT IN ('FAILED', 'REJECTED', 'EXPIRED') AND (o.created_at > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) OR o.status IN ('NEW', 'SENDING', 'HELD')) THEN 1 ELSE 0 END = 1
  -- string, number

-- receiptRows
SELECT TO_CHAR(o.id) AS id, o.serial_no AS serial_no, o.phone_norm AS phone, o.status AS status, o.receipt_code AS receipt_code
  FROM (SELECT ? AS serial, ? AS phone_no
  FROM dual) v JOIN sms_outbox o ON o.serial_no = v.serial AND o.phone_norm = v.phone_no
  -- string, string

-- applyReceipts
UPDATE sms_outbox o
  SET status = CASE WHEN o.status = 'SENDING' THEN o.status WHEN ? = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, result_text = CASE WHEN o.claim_token IS NOT NULL THEN o.result_text WHEN ? = '0' THEN TO_NCHAR(?) ELSE TO_NCHAR(?) END, receipt_code = ?, receipt_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE o.id = TO_NUMBER(?) AND CASE WHEN o.serial_no = ? AND o.status NOT IN ('NEW', 'DELIVERED') THEN 1 ELSE 0 END = 1
  -- string, string, national, national, string, string, string (for each row)

-- countLateReceipts
UPDATE sms_mw_submit s
  SET late_receipts = s.late_receipts + ?
  WHERE s.serial_no = ? AND CASE WHEN ? > 0 THEN 1 ELSE 0 END = 1
  -- number, string, number (for each row)

SELECT serial_no
  FROM sms_mw_submit
  WHERE serial_no IN (?)
  -- string

-- parkReceipts
INSERT /*+ IGNORE_ROW_ON_DUPKEY_INDEX(sms_mw_receipt (serial_no, phone, code)) */ INTO sms_mw_receipt (serial_no, phone, code)
  VALUES (?, ?, ?)
  -- string, string, string (for each row)

-- parkedReceipts
SELECT q.*
  FROM (SELECT TO_CHAR(r.id) AS id, r.serial_no AS serial_no, r.phone AS phone, r.code AS code, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - r.created_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - r.created_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - r.created_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - r.created_at)) * 1000) AS age_ms
  FROM sms_mw_receipt r
  ORDER BY r.tried_at, r.id) q
  WHERE ROWNUM <= 10
  -- 

UPDATE sms_mw_receipt
  SET tried_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((1) / 1000, 'SECOND'))
  WHERE id IN (TO_NUMBER(?))
  -- string

-- unparkReceipts
DELETE
  FROM sms_mw_receipt
  WHERE id IN (TO_NUMBER(?))
  -- string

-- storeInbox
SELECT msg_key
  FROM sms_mw_seen
  WHERE msg_key IN (?, ?)
  -- string, string

INSERT INTO sms_inbox (msg_key, platform_id, phone, content, access_no, ext_no, keyword, args, received_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS'))
  -- string, string, string, string, string, null, string, string, string (for each row)

INSERT INTO sms_inbox (msg_key, platform_id, phone, content, access_no, ext_no, keyword, args)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  -- string, string, string, string, string, null, string, string (for each row)

SELECT TO_CHAR(i.id) AS id, i.msg_key AS msg_key
  FROM sms_inbox i
  WHERE i.msg_key IN (?, ?)
  -- string, string

INSERT INTO sms_mw_seen (msg_key, inbox_id, phone)
  VALUES (?, TO_NUMBER(?), ?)
  -- string, string, string (for each row)

-- storeInbox, taken by a query rule
SELECT msg_key
  FROM sms_mw_seen
  WHERE msg_key IN (?)
  -- string

INSERT INTO sms_inbox (msg_key, platform_id, phone, content, access_no, ext_no, keyword, args, received_at, status)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS'), 'AUTO')
  -- string, string, string, string, string, null, string, string, string (for each row)

SELECT TO_CHAR(i.id) AS id, i.msg_key AS msg_key
  FROM sms_inbox i
  WHERE i.msg_key IN (?)
  -- string

INSERT INTO sms_mw_seen (msg_key, inbox_id, phone)
  VALUES (?, TO_NUMBER(?), ?)
  -- string, string, string (for each row)

INSERT INTO sms_mw_query (inbox_id, phone, keyword)
  VALUES (TO_NUMBER(?), ?, ?)
  -- string, string, string (for each row)

-- waitingQueries
SELECT q.*
  FROM (SELECT TO_CHAR(q.inbox_id) AS id, q.phone AS phone, q.tries AS tries, i.content AS content, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - q.taken_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - q.taken_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - q.taken_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - q.taken_at)) * 1000) AS age_ms
  FROM sms_mw_query q LEFT JOIN sms_inbox i ON i.id = q.inbox_id
  WHERE q.state = 'WAITING' AND q.next_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY q.next_at, q.inbox_id) q
  WHERE ROWNUM <= 10
  -- 

-- queryHistory
SELECT q.*
  FROM (SELECT q.subject AS subject, q.outcome AS outcome, CASE WHEN q.outbox_id IS NULL THEN 0 ELSE 1 END AS told, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - q.ended_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - q.ended_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - q.ended_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - q.ended_at)) * 1000) AS ago
  FROM sms_mw_query q
  WHERE q.phone = ? AND q.taken_at > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) AND q.state = 'DONE' AND (q.outbox_id IS NOT NULL OR q.outcome = 'NOT_FOUND')
  ORDER BY q.taken_at DESC) q
  WHERE ROWNUM <= 500
  -- string, number

-- endQuery, answered and wiped
UPDATE sms_mw_query
  SET state = 'DONE', outcome = ?, subject = ?, ended_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE inbox_id IN (TO_NUMBER(?)) AND CASE WHEN state = 'WAITING' THEN 1 ELSE 0 END = 1
  -- string, string, string

UPDATE sms_inbox
  SET handled_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3)), content = TO_NCHAR(?), keyword = TO_NCHAR(?), args = TO_NCHAR(?)
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'AUTO' THEN 1 ELSE 0 END = 1
  -- national, national, national, string

INSERT INTO sms_outbox (phone, content, inbox_id, category, priority)
  VALUES (?, ?, TO_NUMBER(?), 'REPLY', 0) RETURNING TO_CHAR(id) INTO ?
  -- string, string, string

UPDATE sms_mw_query
  SET outbox_id = ?
  WHERE inbox_id IN (TO_NUMBER(?))
  -- bigint, string

-- endQuery, given back
UPDATE sms_mw_query
  SET state = 'DONE', outcome = ?, subject = ?, ended_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE inbox_id IN (TO_NUMBER(?)) AND CASE WHEN state = 'WAITING' THEN 1 ELSE 0 END = 1
  -- string, string, string

UPDATE sms_inbox
  SET status = 'NEW'
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'AUTO' THEN 1 ELSE 0 END = 1
  -- string

-- deferQuery
UPDATE sms_mw_query
  SET tries = tries + 1, next_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE inbox_id IN (TO_NUMBER(?)) AND CASE WHEN state = 'WAITING' THEN 1 ELSE 0 END = 1
  -- number, string

-- queryCounts
SELECT TO_CHAR(q.taken_at, 'YYYY-MM-DD') AS told_day, q.keyword AS keyword, q.outcome AS outcome, COUNT(*) AS n, COUNT(q.outbox_id) AS answers
  FROM sms_mw_query q
  WHERE q.taken_at > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) GROUP BY TO_CHAR(q.taken_at, 'YYYY-MM-DD'), q.keyword, q.outcome
  -- number

-- channel
SELECT c.state AS channel_state, c.scope AS channel_scope, c.code AS channel_code, c.reason AS channel_reason, c.credentials AS channel_credentials, c.probes AS channel_probes, TO_CHAR(c.since, 'YYYY-MM-DD HH24:MI:SS.FF3') AS channel_since, TRUNC(EXTRACT(DAY
  FROM (c.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM (c.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM (c.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM (c.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS channel_until, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - c.resumed_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - c.resumed_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - c.resumed_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - c.resumed_at)) * 1000) AS channel_resumed
  FROM sms_mw_channel c
  WHERE c.name = ?
  -- string

-- changeChannel
UPDATE sms_mw_channel
  SET resumed_at = CASE WHEN state <> 'OPEN' AND ? = 'OPEN' THEN CAST(SYSTIMESTAMP AS TIMESTAMP(3)) ELSE resumed_at END, since = CASE WHEN state = ? THEN since ELSE CAST(SYSTIMESTAMP AS TIMESTAMP(3)) END, state = ?, scope = ?, code = ?, reason = TO_NCHAR(?), until_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')), credentials = ?, probes = ?
  WHERE name = ?
  -- string, string, string, string, string, national, number, null, number, string

-- changeChannel, by a person
UPDATE sms_mw_channel
  SET resumed_at = CASE WHEN state <> 'OPEN' AND ? = 'OPEN' THEN CAST(SYSTIMESTAMP AS TIMESTAMP(3)) ELSE resumed_at END, since = CASE WHEN state = ? THEN since ELSE CAST(SYSTIMESTAMP AS TIMESTAMP(3)) END, state = ?, scope = ?, code = ?, reason = TO_NCHAR(?), until_at = NULL, credentials = ?, probes = ?, said_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE name = ?
  -- string, string, string, string, null, national, null, number, string

-- changeChannel, by a command
UPDATE sms_mw_channel
  SET resumed_at = CASE WHEN state <> 'OPEN' AND ? = 'OPEN' THEN CAST(SYSTIMESTAMP AS TIMESTAMP(3)) ELSE resumed_at END, since = CASE WHEN state = ? THEN since ELSE CAST(SYSTIMESTAMP AS TIMESTAMP(3)) END, state = ?, scope = ?, code = ?, reason = TO_NCHAR(?), until_at = NULL, credentials = ?, probes = ?, said_at = (SELECT CASE WHEN w.created_at > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) THEN CAST(SYSTIMESTAMP AS TIMESTAMP(3)) ELSE w.created_at END
  FROM sms_mw_command w
  WHERE w.id IN (TO_NUMBER(?)))
  WHERE name = ? AND (said_at IS NULL OR said_at <= (SELECT CASE WHEN w.created_at > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) THEN CAST(SYSTIMESTAMP AS TIMESTAMP(3)) ELSE w.created_at END
  FROM sms_mw_command w
  WHERE w.id IN (TO_NUMBER(?))) OR said_at > CAST(SYSTIMESTAMP AS TIMESTAMP(3)))
  -- string, string, string, string, null, national, null, number, string, string, string

-- takeTurn, to probe
UPDATE sms_mw_channel
  SET probe_by = ?, probe_until = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE name = ? AND (probe_by IS NULL OR probe_by = ? OR probe_until IS NULL OR probe_until < CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR probe_until > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')))
  -- string, number, string, string, number

-- takeTurn, to fetch
UPDATE sms_mw_channel
  SET fetch_by = ?, fetch_until = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE name = ? AND (fetch_by IS NULL OR fetch_by = ? OR fetch_until IS NULL OR fetch_until < CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR fetch_until > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')))
  -- string, number, string, string, number

-- endTurn
UPDATE sms_mw_channel
  SET fetch_by = NULL, fetch_until = NULL
  WHERE name = ? AND fetch_by = ?
  -- string, string

-- enrol
SELECT d.identity AS identity, d.boot AS boot, d.instance AS instance, d.host AS host, d.pid AS pid, d.version AS version, d.state AS state, d.channel_state AS channel_state, d.last_error AS last_error, d.last_error_zh AS last_error_zh, d.last_error_en AS last_error_en, d.sent_minute AS sent_minute, d.sent_today AS sent_today, TO_CHAR(d.started_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS started_at, TO_CHAR(d.heartbeat_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS heartbeat_at, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.heartbeat_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.heartbeat_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.heartbeat_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.heartbeat_at)) * 1000) AS silent_ms, d.waiting AS waiting, d.scheduled AS scheduled, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.oldest_waiting)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.oldest_waiting)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.oldest_waiting)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.oldest_waiting)) * 1000) AS oldest_ms
  FROM sms_mw_status d
  WHERE d.identity = ?
  ORDER BY d.identity
  -- string

UPDATE sms_mw_status
  SET prev_boot = boot, started_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3)), boot = ?, instance = ?, host = ?, pid = ?, version = ?, state = ?, channel_state = TO_NCHAR(?), last_error = TO_NCHAR(?), last_error_zh = TO_NCHAR(?), last_error_en = TO_NCHAR(?), sent_minute = ?, sent_today = ?, heartbeat_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE identity = ?
  -- string, string, string, number, string, string, national, national, national, national, number, number, string

-- beat
UPDATE sms_mw_status
  SET state = ?, channel_state = TO_NCHAR(?), last_error = TO_NCHAR(?), last_error_zh = TO_NCHAR(?), last_error_en = TO_NCHAR(?), sent_minute = ?, sent_today = ?, heartbeat_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3)), waiting = (SELECT COUNT(*)
  FROM (SELECT q.*
  FROM (SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p0
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p1
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p2
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p3
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p4
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p5
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p6
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p7
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p8
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p9) q
  WHERE ROWNUM <= 10000) counted), oldest_waiting = (SELECT MIN(since)
  FROM (SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f) firsts), scheduled = (SELECT COUNT(*)
  FROM (SELECT q.*
  FROM (SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p0
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p1
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p2
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p3
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p4
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p5
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p6
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p7
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p8
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 10000) p9) q
  WHERE ROWNUM <= 10000) counted)
  WHERE identity = ? AND boot = ?
  -- string, national, national, national, national, number, number, string, string

-- retake
UPDATE sms_mw_status
  SET prev_boot = NULL, boot = ?, instance = ?, host = ?, pid = ?, version = ?, state = ?, channel_state = TO_NCHAR(?), last_error = TO_NCHAR(?), last_error_zh = TO_NCHAR(?), last_error_en = TO_NCHAR(?), sent_minute = ?, sent_today = ?, heartbeat_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE identity = ? AND prev_boot = ?
  -- string, string, string, number, string, string, national, national, national, national, number, number, string, string

-- daemons
SELECT d.identity AS identity, d.boot AS boot, d.instance AS instance, d.host AS host, d.pid AS pid, d.version AS version, d.state AS state, d.channel_state AS channel_state, d.last_error AS last_error, d.last_error_zh AS last_error_zh, d.last_error_en AS last_error_en, d.sent_minute AS sent_minute, d.sent_today AS sent_today, TO_CHAR(d.started_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS started_at, TO_CHAR(d.heartbeat_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS heartbeat_at, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.heartbeat_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.heartbeat_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.heartbeat_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.heartbeat_at)) * 1000) AS silent_ms, d.waiting AS waiting, d.scheduled AS scheduled, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.oldest_waiting)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.oldest_waiting)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.oldest_waiting)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - d.oldest_waiting)) * 1000) AS oldest_ms
  FROM sms_mw_status d
  WHERE 1 = 1
  ORDER BY d.identity
  -- 

-- prune
SELECT q.*
  FROM (SELECT msg_key AS doomed
  FROM sms_mw_seen
  WHERE seen_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) q
  WHERE ROWNUM <= 100
  -- number

DELETE
  FROM sms_mw_seen
  WHERE msg_key IN (?) AND CASE WHEN seen_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  -- string, number

SELECT q.*
  FROM (SELECT serial_no AS doomed
  FROM sms_mw_submit
  WHERE state IN ('DONE', 'VOID', 'HELD') AND next_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) q
  WHERE ROWNUM <= 100
  -- number

DELETE
  FROM sms_mw_submit
  WHERE serial_no IN (?) AND CASE WHEN state IN ('DONE', 'VOID', 'HELD') AND next_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  -- string, number

SELECT q.*
  FROM (SELECT TO_CHAR(inbox_id) AS doomed
  FROM sms_mw_query
  WHERE taken_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) AND CASE WHEN state = 'DONE' THEN 1 ELSE 0 END = 1) q
  WHERE ROWNUM <= 100
  -- number

DELETE
  FROM sms_mw_query
  WHERE inbox_id IN (TO_NUMBER(?)) AND CASE WHEN taken_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) AND CASE WHEN state = 'DONE' THEN 1 ELSE 0 END = 1 THEN 1 ELSE 0 END = 1
  -- string, number

SELECT q.*
  FROM (SELECT TO_CHAR(id) AS doomed
  FROM sms_mw_command
  WHERE status IN ('DONE', 'FAILED') AND done_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) q
  WHERE ROWNUM <= 100
  -- number

DELETE
  FROM sms_mw_command
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status IN ('DONE', 'FAILED') AND done_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  -- string, number

SELECT q.*
  FROM (SELECT identity AS doomed
  FROM sms_mw_status
  WHERE heartbeat_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) q
  WHERE ROWNUM <= 100
  -- number

DELETE
  FROM sms_mw_status
  WHERE identity IN (?) AND CASE WHEN heartbeat_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  -- string, number

-- insertOutbox
INSERT INTO sms_outbox (phone, content)
  VALUES (?, ?) RETURNING TO_CHAR(id) INTO ?
  -- string, string

-- past, of the outbox
SELECT q.*
  FROM (SELECT TO_CHAR(o.id) AS id, (TRUNC(EXTRACT(DAY
  FROM (o.created_at - TIMESTAMP '1970-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (o.created_at - TIMESTAMP '1970-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (o.created_at - TIMESTAMP '1970-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (o.created_at - TIMESTAMP '1970-01-01 00:00:00')) * 1000) - EXTRACT(TIMEZONE_HOUR
  FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE
  FROM SYSTIMESTAMP) * 60000) AS at_ms, o.phone AS phone, o.content AS content, o.category AS category, o.eff_priority AS priority, o.segments AS segments, o.ext_no AS ext_no
  FROM sms_outbox o
  WHERE o.id < ?
  ORDER BY o.id DESC) q
  WHERE ROWNUM <= 500
  -- string

-- past, of the inbox
SELECT q.*
  FROM (SELECT TO_CHAR(o.id) AS id, (TRUNC(EXTRACT(DAY
  FROM (o.created_at - TIMESTAMP '1970-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (o.created_at - TIMESTAMP '1970-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (o.created_at - TIMESTAMP '1970-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (o.created_at - TIMESTAMP '1970-01-01 00:00:00')) * 1000) - EXTRACT(TIMEZONE_HOUR
  FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE
  FROM SYSTIMESTAMP) * 60000) AS at_ms, o.phone AS phone, o.content AS content, o.ext_no AS ext_no
  FROM sms_inbox o
  WHERE o.id < ?
  ORDER BY o.id DESC) q
  WHERE ROWNUM <= 500
  -- string

-- insertOutbox, for a while
INSERT INTO sms_outbox (phone, content, expire_at)
  VALUES (?, ?, (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) RETURNING TO_CHAR(id) INTO ?
  -- string, string, number

-- story
SELECT TO_CHAR(o.id) AS id, TO_CHAR(o.inbox_id) AS inbox_id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.priority AS priority, o.ext_no AS ext_no, o.biz_id AS biz_id, o.source AS source, o.channel AS channel, o.status AS status, o.result_code AS result_code, o.result_text AS result_text, o.segments AS segments, o.attempts AS attempts, o.serial_no AS serial_no, o.task_id AS task_id, o.receipt_code AS receipt_code, o.phone_norm AS phone_norm, o.eff_priority AS eff_priority, o.claim_token AS claim_token, o.prev_serial AS prev_serial, o.requeued AS requeued, o.solo AS solo, TO_CHAR(o.send_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS send_at, TO_CHAR(o.expire_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS expire_at, TO_CHAR(o.created_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS created_at, TO_CHAR(o.sent_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS sent_at, TO_CHAR(o.receipt_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS receipt_at, TO_CHAR(o.due_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS due_at, TO_CHAR(o.retry_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS retry_at, TO_CHAR(o.age_from, 'YYYY-MM-DD HH24:MI:SS.FF3') AS age_from, TO_CHAR(o.lease_until, 'YYYY-MM-DD HH24:MI:SS.FF3') AS lease_until
  FROM sms_outbox o
  WHERE o.id IN (TO_NUMBER(?))
  -- string

SELECT s.serial_no AS serial_no, s.channel AS channel, s.state AS state, s.body AS body, s.ext_no AS ext_no, s.template_id AS template_id, s.priority AS priority, s.segments AS segments, s.members AS members, s.tries AS tries, s.unknown_codes AS unknown_codes, s.result_code AS result_code, s.result_text AS result_text, s.task_id AS task_id, s.late_receipts AS late_receipts, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - s.first_try_at)) * 1000) AS age_ms, TO_CHAR(s.first_try_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS first_try_at, TO_CHAR(s.last_try_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS last_try_at, TO_CHAR(s.settled_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS settled_at
  FROM sms_mw_submit s
  WHERE s.serial_no IN (?)
  -- string

-- waiting
SELECT (SELECT COUNT(*)
  FROM (SELECT q.*
  FROM (SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p0
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p1
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p2
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p3
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p4
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p5
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p6
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p7
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p8
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p9) q
  WHERE ROWNUM <= 100) counted) AS waiting, (SELECT COUNT(*)
  FROM (SELECT q.*
  FROM (SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p0
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p1
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p2
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p3
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p4
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p5
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p6
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p7
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p8
  UNION ALL SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p9) q
  WHERE ROWNUM <= 100) counted) AS scheduled, (SELECT COUNT(*)
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox
  WHERE status = 'HELD') q
  WHERE ROWNUM <= 100) counted) AS held, (SELECT COUNT(*)
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox
  WHERE status = 'SENDING') q
  WHERE ROWNUM <= 100) counted) AS sending, (SELECT COUNT(*)
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_mw_receipt) q
  WHERE ROWNUM <= 100) counted) AS parked, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - (SELECT MIN(since)
  FROM (SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f) firsts))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - (SELECT MIN(since)
  FROM (SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f) firsts))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - (SELECT MIN(since)
  FROM (SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f) firsts))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - (SELECT MIN(since)
  FROM (SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f
  UNION ALL SELECT GREATEST(f.created_at, COALESCE(f.send_at, f.created_at)) AS since
  FROM (SELECT q.*
  FROM (SELECT o.created_at, o.send_at
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  ORDER BY o.wait_due, o.wait_id) q
  WHERE ROWNUM <= 1) f) firsts))) * 1000) AS oldest_ms
  FROM (SELECT 1 AS one
  FROM dual) x
  -- 

-- unseen
SELECT CASE WHEN COUNT(*) = 2 THEN 1 ELSE 0 END AS n
  FROM all_constraints
  WHERE table_name = ? AND status = 'ENABLED' AND constraint_name IN ('SMS_OUTBOX_CK_STATUS', 'SMS_OUTBOX_CK_PRIORITY')
  -- string

SELECT COUNT(*) AS n
  FROM (SELECT q.*
  FROM (SELECT one
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE (o.status NOT IN ('CANCELLED', 'DELIVERED', 'EXPIRED', 'FAILED', 'HELD', 'NEW', 'REJECTED', 'SENDING', 'SENT', 'UNDELIVERED', 'UNKNOWN') OR (o.status = 'NEW' AND o.priority NOT BETWEEN 0 AND 9))) q
  WHERE ROWNUM <= 100) u0) q
  WHERE ROWNUM <= 100) counted
  -- 

-- overdue
SELECT COUNT(*) AS n
  FROM (SELECT q.*
  FROM (SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN (o.expire_at <= CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at), COALESCE(o.age_from, o.created_at)))) * 1000) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1) q
  WHERE ROWNUM <= 100) counted
  -- string, string, string, string, string, string, string, string, string, string

-- now
SELECT TO_CHAR(CAST(SYSTIMESTAMP AS TIMESTAMP(3)), 'YYYY-MM-DD HH24:MI:SS.FF3') AS told, (TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 1000) - EXTRACT(TIMEZONE_HOUR
  FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE
  FROM SYSTIMESTAMP) * 60000) AS epoch
  FROM (SELECT 1 AS one
  FROM dual) x
  -- 

-- pickRows, by number
SELECT TO_CHAR(id) AS picked, phone, status, category, biz_id, result_code, result_text, serial_no, prev_serial, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 1000) AS age_ms
  FROM sms_outbox
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status IN ('HELD') THEN 1 ELSE 0 END = 1
  ORDER BY id
  -- string

-- pickRows
SELECT TO_CHAR(f.id) AS id
  FROM (SELECT q.*
  FROM (SELECT id
  FROM sms_outbox
  WHERE id > 0
  ORDER BY id) q
  WHERE ROWNUM <= 1) f
  -- 

SELECT q.*
  FROM (SELECT TO_CHAR(id) AS picked, phone, status, category, biz_id, result_code, result_text, serial_no, prev_serial, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 1000) AS age_ms
  FROM sms_outbox
  WHERE id >= 7 AND id < 20007 AND CASE WHEN status IN ('HELD') AND biz_id = ? AND category = ? AND result_code = ? AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  ORDER BY id) q
  WHERE ROWNUM <= 200
  -- string, string, string, number

-- pickRows, without a code
SELECT TO_CHAR(f.id) AS id
  FROM (SELECT q.*
  FROM (SELECT id
  FROM sms_outbox
  WHERE id > 0
  ORDER BY id) q
  WHERE ROWNUM <= 1) f
  -- 

SELECT q.*
  FROM (SELECT TO_CHAR(id) AS picked, phone, status, category, biz_id, result_code, result_text, serial_no, prev_serial, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 1000) AS age_ms
  FROM sms_outbox
  WHERE id >= 7 AND id < 20007 AND CASE WHEN status IN ('HELD') AND (result_code IS NULL OR result_code = '') THEN 1 ELSE 0 END = 1
  ORDER BY id) q
  WHERE ROWNUM <= 200
  -- 

-- decide, release
UPDATE sms_outbox
  SET status = 'NEW', requeued = 0, retry_at = NULL, age_from = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status IN ('HELD') THEN 1 ELSE 0 END = 1
  -- string

-- decide, cancel by SQL
UPDATE sms_outbox
  SET status = 'CANCELLED', requeued = 0
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status IN ('NEW') THEN 1 ELSE 0 END = 1
  -- string

UPDATE sms_mw_command
  SET last_row = 7, changed = changed + ?, lease_until = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'RUNNING' AND owner = ? THEN 1 ELSE 0 END = 1
  -- number, number, string, string

-- decide, purge
DELETE
  FROM sms_outbox
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status IN ('FAILED', 'EXPIRED') THEN 1 ELSE 0 END = 1
  -- string

-- takeCommand
SELECT q.*
  FROM (SELECT TO_CHAR(id) AS picked, command, status, TO_CHAR(row_id) AS row_id, biz_id, category, instance, reason, created_by, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - created_at)) * 1000) AS age_ms, TO_CHAR(last_row) AS last_row, changed
  FROM sms_mw_command
  WHERE status IN ('NEW', 'RUNNING') AND CASE WHEN (status = 'NEW' OR (status = 'RUNNING' AND lease_until < CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) THEN 1 ELSE 0 END = 1
  ORDER BY id) q
  WHERE ROWNUM <= 200
  -- 

UPDATE sms_mw_command
  SET status = 'RUNNING', owner = ?, lease_until = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN (status = 'NEW' OR (status = 'RUNNING' AND lease_until < CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) THEN 1 ELSE 0 END = 1
  -- string, number, string

-- doneAfter
SELECT DISTINCT command
  FROM sms_mw_command
  WHERE status = 'DONE' AND id > 3
  -- 

-- endCommand
UPDATE sms_mw_command
  SET status = ?, result = TO_NCHAR(?), done_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3)), lease_until = NULL
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'RUNNING' AND owner = ? THEN 1 ELSE 0 END = 1
  -- string, national, string, string

-- policyMark
SELECT m.templates, m.template_sum, m.words, m.word_sum, m.listed, r.rule_name AS rule_name, r.reason AS reason, TRUNC(EXTRACT(DAY
  FROM (r.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM (r.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM (r.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM (r.until_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS in_ms
  FROM (SELECT (SELECT COUNT(*)
  FROM sms_template x) AS templates, (SELECT SUM(CAST(ORA_HASH(ORA_HASH(x.code) || '|' || ORA_HASH(x.category) || '|' || ORA_HASH(x.body) || '|' || ORA_HASH(x.platform_template_id) || '|' || ORA_HASH(x.enabled)) AS DECIMAL(38, 0)))
  FROM sms_template x) AS template_sum, (SELECT COUNT(*)
  FROM sms_blocked_word x) AS words, (SELECT SUM(CAST(ORA_HASH(ORA_HASH(x.word)) AS DECIMAL(38, 0)))
  FROM sms_blocked_word x) AS word_sum, (SELECT COUNT(*)
  FROM (SELECT q.*
  FROM (SELECT x.phone
  FROM sms_blacklist x) q
  WHERE ROWNUM <= 1) y) AS listed
  FROM (SELECT 1 AS one
  FROM dual) x) m LEFT JOIN sms_mw_override r ON r.until_at > CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  -- 

-- policyTables
SELECT w.word AS word
  FROM sms_blocked_word w
  ORDER BY w.word
  -- 

SELECT t.code AS code, t.category AS category, t.body AS body, t.platform_template_id AS platform_id, t.enabled AS enabled
  FROM sms_template t
  ORDER BY t.code
  -- 

-- blacklisted
SELECT b.phone AS phone, b.reason AS reason, b.origin AS origin
  FROM sms_blacklist b
  WHERE b.phone IN (?)
  -- string

-- addToBlacklist
INSERT /*+ IGNORE_ROW_ON_DUPKEY_INDEX(sms_blacklist (phone)) */ INTO sms_blacklist (phone, reason, origin)
  VALUES (?, ?, ?)
  -- string, string, string (for each row)

-- turnAway
UPDATE sms_outbox o
  SET status = ?, result_code = ?, result_text = ?, serial_no = NULL, claim_token = NULL, lease_until = NULL, overruled = CASE WHEN ? IN ('NEW', 'HELD') THEN o.overruled ELSE NULL END, requeued = CASE WHEN ? = 'NEW' THEN ? ELSE 0 END, retry_at = CASE WHEN ? > 0 THEN (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) ELSE o.retry_at END, age_from = CASE WHEN ? > 0 THEN (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) ELSE o.age_from END
  WHERE o.id = TO_NUMBER(?) AND CASE WHEN o.claim_token = ? AND o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- string, string, string, string, string, number, number, number, number, number, string, string (for each row)

-- hasten
SELECT q.*
  FROM (SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT TO_CHAR(o.id) AS id
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due > CAST(SYSTIMESTAMP AS TIMESTAMP(3)) AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1) q
  WHERE ROWNUM <= 100
  -- string, string, string, string, string, string, string, string, string, string

UPDATE sms_outbox
  SET retry_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3)), age_from = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status = 'NEW' AND result_code = ? THEN 1 ELSE 0 END = 1
  -- string, string

-- usage
SELECT '' AS subject, (TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 1000) - EXTRACT(TIMEZONE_HOUR
  FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE
  FROM SYSTIMESTAMP) * 60000) AS piece, 0 AS uses
  FROM (SELECT 1 AS one
  FROM dual) x
  UNION ALL SELECT u.subject, u.piece, u.uses
  FROM sms_mw_usage u
  WHERE u.subject IN (?)
  -- string

-- countUses, counted before
SELECT '' AS subject, (TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 1000) - EXTRACT(TIMEZONE_HOUR
  FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE
  FROM SYSTIMESTAMP) * 60000) AS piece, 0 AS uses
  FROM (SELECT 1 AS one
  FROM dual) x
  UNION ALL SELECT u.subject, u.piece, u.uses
  FROM sms_mw_usage u
  WHERE u.subject IN (?)
  -- string

UPDATE sms_mw_usage
  SET piece = 11, uses = 1, ends_ms = 1000
  WHERE subject IN (?) AND slot = 11 AND CASE WHEN piece = 11 AND uses = 1 THEN 1 ELSE 0 END = 1
  -- string

-- countUses, unlike each other
SELECT '' AS subject, (TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 1000) - EXTRACT(TIMEZONE_HOUR
  FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE
  FROM SYSTIMESTAMP) * 60000) AS piece, 0 AS uses
  FROM (SELECT 1 AS one
  FROM dual) x
  UNION ALL SELECT u.subject, u.piece, u.uses
  FROM sms_mw_usage u
  WHERE u.subject IN (?)
  -- string

UPDATE sms_mw_usage u
  SET piece = TO_NUMBER(?), uses = ?, ends_ms = TO_NUMBER(?)
  WHERE u.subject = ? AND u.slot = ? AND CASE WHEN u.piece = TO_NUMBER(?) AND u.uses = ? THEN 1 ELSE 0 END = 1
  -- string, number, string, string, number, string, number (for each row)

-- countUses, for the first time
SELECT '' AS subject, (TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 1000) - EXTRACT(TIMEZONE_HOUR
  FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE
  FROM SYSTIMESTAMP) * 60000) AS piece, 0 AS uses
  FROM (SELECT 1 AS one
  FROM dual) x
  UNION ALL SELECT u.subject, u.piece, u.uses
  FROM sms_mw_usage u
  WHERE u.subject IN (?)
  -- string

INSERT INTO sms_mw_usage (subject, slot, piece, uses, ends_ms)
  VALUES (?, 11, 11, 1, 1000)
  -- string (for each row)

-- pruneUsage
SELECT q.*
  FROM (SELECT subject
  FROM sms_mw_usage
  WHERE ends_ms < (TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 1000) - EXTRACT(TIMEZONE_HOUR
  FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE
  FROM SYSTIMESTAMP) * 60000)) q
  WHERE ROWNUM <= 100
  -- 

DELETE
  FROM sms_mw_usage
  WHERE subject IN (?) AND CASE WHEN ends_ms < (TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - TIMESTAMP '1970-01-01 00:00:00')) * 1000) - EXTRACT(TIMEZONE_HOUR
  FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE
  FROM SYSTIMESTAMP) * 60000) THEN 1 ELSE 0 END = 1
  -- string

-- keepHours, counted before
UPDATE sms_mw_hour
  SET sent = ?, delivered = ?, undelivered = ?, refused = ?
  WHERE hour_at = ? AND owner = ?
  -- number, number, number, number, string, string

-- keepHours, for the first time
UPDATE sms_mw_hour
  SET sent = ?, delivered = ?, undelivered = ?, refused = ?
  WHERE hour_at = ? AND owner = ?
  -- number, number, number, number, string, string

INSERT /*+ IGNORE_ROW_ON_DUPKEY_INDEX(sms_mw_hour (hour_at, owner)) */ INTO sms_mw_hour (hour_at, owner, sent, delivered, undelivered, refused)
  VALUES (?, ?, ?, ?, ?, ?)
  -- string, string, number, number, number, number (for each row)

-- hours
SELECT TO_CHAR((CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')), 'YYYY-MM-DD HH24:MI:SS.FF3') AS told
  FROM (SELECT 1 AS one
  FROM dual) x
  -- number

SELECT h.hour_at AS hour_at, SUM(h.sent) AS sent, SUM(h.delivered) AS delivered, SUM(h.undelivered) AS undelivered, SUM(h.refused) AS refused
  FROM sms_mw_hour h
  WHERE h.hour_at >= ? GROUP BY h.hour_at
  ORDER BY h.hour_at
  -- string

-- pruneHours
SELECT TO_CHAR((CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')), 'YYYY-MM-DD HH24:MI:SS.FF3') AS told
  FROM (SELECT 1 AS one
  FROM dual) x
  -- number

DELETE
  FROM sms_mw_hour
  WHERE hour_at < ?
  -- string

-- backlog
SELECT b.category AS category, b.band AS band, COUNT(*) AS n
  FROM (SELECT a.category AS category, CASE WHEN a.age_ms < 60000 THEN 0 WHEN a.age_ms < 600000 THEN 1 WHEN a.age_ms < 3600000 THEN 2 WHEN a.age_ms < 86400000 THEN 3 ELSE 4 END AS band
  FROM (SELECT f.category AS category, TRUNC(EXTRACT(DAY
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - f.since)) * 86400000 + EXTRACT(HOUR
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - f.since)) * 3600000 + EXTRACT(MINUTE
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - f.since)) * 60000 + EXTRACT(SECOND
  FROM (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) - f.since)) * 1000) AS age_ms
  FROM (SELECT q.*
  FROM (SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 0 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p0
  UNION ALL SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 1 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p1
  UNION ALL SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 2 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p2
  UNION ALL SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 3 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p3
  UNION ALL SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 4 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p4
  UNION ALL SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 5 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p5
  UNION ALL SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 6 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p6
  UNION ALL SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 7 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p7
  UNION ALL SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 8 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p8
  UNION ALL SELECT category, since
  FROM (SELECT q.*
  FROM (SELECT o.category AS category, GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) AS since
  FROM sms_outbox o
  WHERE o.wait_priority = 9 AND o.wait_due <= CAST(SYSTIMESTAMP AS TIMESTAMP(3))) q
  WHERE ROWNUM <= 100) p9) q
  WHERE ROWNUM <= 100) f) a) b GROUP BY b.category, b.band
  -- 

-- troubledRows
SELECT n.id AS id, n.status AS status, n.result_code AS result_code, n.receipt_code AS receipt_code
  FROM (SELECT q.*
  FROM (SELECT TO_CHAR(o.id) AS id, o.status AS status, o.result_code AS result_code, o.receipt_code AS receipt_code
  FROM sms_outbox o
  WHERE o.id > 0
  ORDER BY o.id DESC) q
  WHERE ROWNUM <= 100) n
  WHERE n.status IN ('FAILED', 'REJECTED', 'EXPIRED', 'UNDELIVERED', 'UNKNOWN') OR (n.status = 'NEW' AND n.result_code IS NOT NULL)
  -- 

SELECT q.*
  FROM (SELECT TO_CHAR(o.id) AS id, o.status AS status, o.result_code AS result_code, o.receipt_code AS receipt_code
  FROM sms_outbox o
  WHERE o.status = 'HELD') q
  WHERE ROWNUM <= 50
  -- 

-- receiptRows, of what has moved
SELECT TO_CHAR(o.id) AS id, o.serial_no AS serial_no, o.phone_norm AS phone, o.status AS status, o.receipt_code AS receipt_code
  FROM (SELECT ? AS serial, ? AS phone_no
  FROM dual) v JOIN sms_outbox_history o ON o.serial_no = v.serial AND o.phone_norm = v.phone_no
  -- string, string

-- applyReceipts, to what has moved
UPDATE sms_outbox_history o
  SET status = CASE WHEN o.status = 'SENDING' THEN o.status WHEN ? = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, result_text = CASE WHEN o.claim_token IS NOT NULL THEN o.result_text WHEN ? = '0' THEN TO_NCHAR(?) ELSE TO_NCHAR(?) END, receipt_code = ?, receipt_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE o.id = TO_NUMBER(?) AND CASE WHEN o.serial_no = ? AND o.status NOT IN ('NEW', 'DELIVERED') THEN 1 ELSE 0 END = 1
  -- string, string, national, national, string, string, string (for each row)

-- outboxPage
SELECT q.*
  FROM (SELECT TO_CHAR(id) AS row_id, CASE WHEN (status IN ('DELIVERED', 'UNDELIVERED') AND GREATEST(created_at, COALESCE(send_at, created_at), COALESCE(sent_at, created_at), COALESCE(receipt_at, created_at), COALESCE(age_from, created_at), COALESCE(lease_until, created_at)) < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) OR status IN ('UNKNOWN', 'FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND GREATEST(created_at, COALESCE(send_at, created_at), COALESCE(sent_at, created_at), COALESCE(receipt_at, created_at), COALESCE(age_from, created_at), COALESCE(lease_until, created_at)) < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) THEN 'moves' ELSE 'stays' END AS fate, CASE WHEN created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END AS old
  FROM sms_outbox
  WHERE id > ?
  ORDER BY id) q
  WHERE ROWNUM <= 1000
  -- number, number, number, bigint

-- moveRows
SELECT TO_CHAR(id) AS id
  FROM sms_outbox
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN (status IN ('DELIVERED', 'UNDELIVERED') AND GREATEST(created_at, COALESCE(send_at, created_at), COALESCE(sent_at, created_at), COALESCE(receipt_at, created_at), COALESCE(age_from, created_at), COALESCE(lease_until, created_at)) < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) OR status IN ('UNKNOWN', 'FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND GREATEST(created_at, COALESCE(send_at, created_at), COALESCE(sent_at, created_at), COALESCE(receipt_at, created_at), COALESCE(age_from, created_at), COALESCE(lease_until, created_at)) < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) THEN 1 ELSE 0 END = 1 FOR UPDATE
  -- string, number, number

INSERT INTO sms_outbox_history (id, phone, content, template_code, params, msg_type, category, priority, send_at, expire_at, ext_no, inbox_id, biz_id, source, channel, created_at, status, result_code, result_text, segments, attempts, serial_no, task_id, sent_at, receipt_code, receipt_at, phone_norm, eff_priority, retry_at, due_at, age_from, claim_token, lease_until, prev_serial, requeued, solo, text_mark, overruled, moved_at) SELECT id, phone, content, template_code, params, msg_type, category, priority, send_at, expire_at, ext_no, inbox_id, biz_id, source, channel, created_at, status, result_code, result_text, segments, attempts, serial_no, task_id, sent_at, receipt_code, receipt_at, phone_norm, eff_priority, retry_at, due_at, age_from, claim_token, lease_until, prev_serial, requeued, solo, text_mark, overruled, CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  FROM sms_outbox
  WHERE id IN (TO_NUMBER(?))
  -- string

SELECT t.stat_day, t.category, t.place, t.msg_type, t.status, COUNT(*) AS row_count, SUM(t.parts) AS parts, SUM(t.wait_ms) AS wait_ms, SUM(t.receipt_ms) AS receipt_ms
  FROM (SELECT TO_CHAR(COALESCE(o.sent_at, o.created_at), 'YYYY-MM-DD') AS stat_day, o.category AS category, SUBSTR(o.phone_norm, 1, 4) AS place, o.msg_type AS msg_type, o.status AS status, o.segments AS parts, CASE WHEN o.sent_at > GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) THEN TRUNC(EXTRACT(DAY
  FROM (o.sent_at - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (o.sent_at - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (o.sent_at - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (o.sent_at - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)))) * 1000) ELSE 0 END AS wait_ms, CASE WHEN o.receipt_at > o.sent_at THEN TRUNC(EXTRACT(DAY
  FROM (o.receipt_at - o.sent_at)) * 86400000 + EXTRACT(HOUR
  FROM (o.receipt_at - o.sent_at)) * 3600000 + EXTRACT(MINUTE
  FROM (o.receipt_at - o.sent_at)) * 60000 + EXTRACT(SECOND
  FROM (o.receipt_at - o.sent_at)) * 1000) ELSE 0 END AS receipt_ms
  FROM (SELECT created_at, send_at, sent_at, receipt_at, category, phone_norm, msg_type, status, segments
  FROM sms_outbox
  WHERE id IN (TO_NUMBER(?))) o) t GROUP BY t.stat_day, t.category, t.place, t.msg_type, t.status
  -- string

INSERT /*+ IGNORE_ROW_ON_DUPKEY_INDEX(sms_mw_stats (stat_key)) */ INTO sms_mw_stats (stat_key, stat_day, category, carrier, msg_type, status)
  VALUES (?, ?, ?, ?, ?, ?)
  -- string, string, string, string, string, string (for each row)

UPDATE sms_mw_stats s
  SET row_count = s.row_count + TO_NUMBER(?), parts = s.parts + TO_NUMBER(?), wait_ms = s.wait_ms + TO_NUMBER(?), receipt_ms = s.receipt_ms + TO_NUMBER(?)
  WHERE s.stat_key = ? AND CASE WHEN TO_NUMBER(?) > 0 THEN 1 ELSE 0 END = 1
  -- string, string, string, string, string, string (for each row)

DELETE
  FROM sms_outbox
  WHERE id IN (TO_NUMBER(?))
  -- string

-- deleteHistory
SELECT q.*
  FROM (SELECT TO_CHAR(id) AS id
  FROM sms_outbox_history
  WHERE masked IN (0, 1) AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) q
  WHERE ROWNUM <= 100
  -- number

DELETE
  FROM sms_outbox_history
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN masked IN (0, 1) AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  -- string, number

-- maskHistory
SELECT q.*
  FROM (SELECT TO_CHAR(id) AS id
  FROM sms_outbox_history
  WHERE masked = 0 AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) q
  WHERE ROWNUM <= 100
  -- number

UPDATE sms_outbox_history
  SET phone = CASE WHEN phone_norm LIKE '___________' THEN SUBSTR(phone_norm, 1, 3) || '****' || SUBSTR(phone_norm, -4) ELSE '****' END, phone_norm = CASE WHEN phone_norm LIKE '___________' THEN SUBSTR(phone_norm, 1, 3) || '****' || SUBSTR(phone_norm, -4) ELSE '****' END, content = NULL, params = NULL, masked = 1
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN masked = 0 AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  -- string, number

-- dueHistory
SELECT (SELECT COUNT(*)
  FROM sms_outbox_history
  WHERE masked IN (0, 1) AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) AS too_old, (SELECT COUNT(*)
  FROM sms_outbox_history
  WHERE masked = 0 AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))) AS unmasked
  FROM (SELECT 1 AS one
  FROM dual) x
  -- number, number

-- inboxPage
SELECT q.*
  FROM (SELECT TO_CHAR(id) AS row_id, CASE WHEN status IN ('DONE', 'AUTO') AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 'deleted' WHEN status IN ('DONE', 'AUTO') AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) AND (content IS NOT NULL OR args IS NOT NULL OR phone NOT LIKE '%*%') THEN 'masked' ELSE 'stays' END AS fate, CASE WHEN created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END AS old
  FROM sms_inbox
  WHERE id > ?
  ORDER BY id) q
  WHERE ROWNUM <= 1000
  -- number, number, number, bigint

-- deleteInbox
DELETE
  FROM sms_inbox
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status IN ('DONE', 'AUTO') AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) THEN 1 ELSE 0 END = 1
  -- string, number

-- maskInbox
UPDATE sms_inbox
  SET phone = CASE WHEN phone LIKE '___________' THEN SUBSTR(phone, 1, 3) || '****' || SUBSTR(phone, -4) ELSE '****' END, content = NULL, keyword = NULL, args = NULL
  WHERE id IN (TO_NUMBER(?)) AND CASE WHEN status IN ('DONE', 'AUTO') AND created_at < (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')) AND (content IS NOT NULL OR args IS NOT NULL OR phone NOT LIKE '%*%') THEN 1 ELSE 0 END = 1
  -- string, number

-- care
-- keepingIn
SELECT TRUNC(EXTRACT(DAY
  FROM (c.keep_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 86400000 + EXTRACT(HOUR
  FROM (c.keep_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 3600000 + EXTRACT(MINUTE
  FROM (c.keep_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 60000 + EXTRACT(SECOND
  FROM (c.keep_at - CAST(SYSTIMESTAMP AS TIMESTAMP(3)))) * 1000) AS keep_in
  FROM sms_mw_channel c
  WHERE c.name = ?
  -- string

-- planKeeping
UPDATE sms_mw_channel
  SET keep_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE name = ?
  -- number, string

-- takeTurn, to keep house
UPDATE sms_mw_channel
  SET keep_by = ?, keep_until = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND'))
  WHERE name = ? AND (keep_by IS NULL OR keep_by = ? OR keep_until IS NULL OR keep_until < CAST(SYSTIMESTAMP AS TIMESTAMP(3)) OR keep_until > (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')))
  -- string, number, string, string, number

-- statistics
SELECT t.stat_day, t.category, t.place, t.msg_type, t.status, COUNT(*) AS row_count, SUM(t.parts) AS parts, SUM(t.wait_ms) AS wait_ms, SUM(t.receipt_ms) AS receipt_ms
  FROM (SELECT TO_CHAR(COALESCE(o.sent_at, o.created_at), 'YYYY-MM-DD') AS stat_day, o.category AS category, SUBSTR(o.phone_norm, 1, 4) AS place, o.msg_type AS msg_type, o.status AS status, o.segments AS parts, CASE WHEN o.sent_at > GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)) THEN TRUNC(EXTRACT(DAY
  FROM (o.sent_at - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)))) * 86400000 + EXTRACT(HOUR
  FROM (o.sent_at - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)))) * 3600000 + EXTRACT(MINUTE
  FROM (o.sent_at - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)))) * 60000 + EXTRACT(SECOND
  FROM (o.sent_at - GREATEST(o.created_at, COALESCE(o.send_at, o.created_at)))) * 1000) ELSE 0 END AS wait_ms, CASE WHEN o.receipt_at > o.sent_at THEN TRUNC(EXTRACT(DAY
  FROM (o.receipt_at - o.sent_at)) * 86400000 + EXTRACT(HOUR
  FROM (o.receipt_at - o.sent_at)) * 3600000 + EXTRACT(MINUTE
  FROM (o.receipt_at - o.sent_at)) * 60000 + EXTRACT(SECOND
  FROM (o.receipt_at - o.sent_at)) * 1000) ELSE 0 END AS receipt_ms
  FROM sms_outbox o
  WHERE TO_CHAR(COALESCE(o.sent_at, o.created_at), 'YYYY-MM-DD') >= ? AND TO_CHAR(COALESCE(o.sent_at, o.created_at), 'YYYY-MM-DD') < ?) t GROUP BY t.stat_day, t.category, t.place, t.msg_type, t.status
  UNION ALL SELECT s.stat_day, s.category, s.carrier, s.msg_type, s.status, s.row_count, s.parts, s.wait_ms, s.receipt_ms
  FROM sms_mw_stats s
  WHERE s.stat_key >= ? AND s.stat_key < ?
  -- string, string, string, string

-- noteBalance
SELECT TO_CHAR(CAST(SYSTIMESTAMP AS TIMESTAMP(3)), 'YYYY-MM-DD') AS today
  FROM (SELECT 1 AS one
  FROM dual) x
  -- 

INSERT /*+ IGNORE_ROW_ON_DUPKEY_INDEX(sms_mw_balance (balance_day)) */ INTO sms_mw_balance (balance_day, balance)
  VALUES (?, TO_NUMBER(?))
  -- string, string (for each row)

-- balances
SELECT b.balance_day AS balance_day, b.balance AS balance, TO_CHAR(b.taken_at, 'YYYY-MM-DD HH24:MI:SS.FF3') AS taken_at
  FROM sms_mw_balance b
  WHERE b.balance_day >= ? AND b.balance_day < ?
  ORDER BY b.balance_day
  -- string, string

-- templates
SELECT t.code AS code, t.category AS category, t.body AS body, t.platform_template_id AS platform_id, t.enabled AS enabled
  FROM sms_template t
  ORDER BY t.code
  -- 

-- putTemplates, new
SELECT t.code AS code
  FROM sms_template t
  WHERE t.code IN (?)
  -- string

INSERT INTO sms_template (code, category, body, platform_template_id, enabled)
  VALUES (?, ?, ?, ?, ?)
  -- string, string, string, null, number (for each row)

-- putTemplates, replaced
SELECT t.code AS code
  FROM sms_template t
  WHERE t.code IN (?)
  -- string

UPDATE sms_template
  SET category = ?, body = TO_NCHAR(?), platform_template_id = ?, enabled = ?
  WHERE code = ?
  -- string, national, null, number, string

-- override
UPDATE sms_mw_override
  SET reason = TO_NCHAR(?), until_at = (CAST(SYSTIMESTAMP AS TIMESTAMP(3)) + NUMTODSINTERVAL((?) / 1000, 'SECOND')), set_at = CAST(SYSTIMESTAMP AS TIMESTAMP(3))
  WHERE rule_name = ?
  -- national, number, string
