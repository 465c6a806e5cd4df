-- probe
SELECT (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('2000-01-01' AS DATETIME2(3)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS clock_ms, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_0, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_1, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_2, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_3, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_4, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_5, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_6, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_7, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_8, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(f.due_at)
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0
  ORDER BY due_at, id) r) f) AS b) m) AS due_9, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT TOP (1) next_at
  FROM sms_mw_submit WITH (READCOMMITTEDLOCK, READPAST)
  WHERE state = 'OPEN' AND next_at IS NOT NULL
  ORDER BY next_at) AS b) m) AS open_in, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT TOP (1) next_at
  FROM sms_mw_submit WITH (READCOMMITTEDLOCK, READPAST)
  WHERE state = 'ACCEPTED' AND next_at IS NOT NULL
  ORDER BY next_at) AS b) m) AS give_up_in, c.state AS channel_state, c.scope AS channel_scope, c.code AS channel_code, c.reason AS channel_reason, c.credentials AS channel_credentials, c.probes AS channel_probes, CONVERT(VARCHAR(23), c.since, 121) AS channel_since, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, c.until_at AS b) m) AS channel_until, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT c.resumed_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS channel_resumed, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT TOP (1) lease_until
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'SENDING' AND lease_until IS NOT NULL
  ORDER BY lease_until) AS b) m) AS lease_in, (SELECT COUNT(*)
  FROM sms_mw_status
  WHERE state <> 'STOPPED' AND heartbeat_at > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))) AS alive, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(heartbeat_at)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') AS b) m) AS beat_in, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, (SELECT MIN(oldest_waiting)
  FROM sms_mw_status
  WHERE state <> 'STOPPED') AS b) m) AS oldest_in, (SELECT COUNT(*)
  FROM sms_mw_command k WITH (READCOMMITTEDLOCK, READPAST)
  WHERE k.status IN ('NEW', 'RUNNING')) AS commands
  FROM (SELECT 1 AS one) x LEFT JOIN sms_mw_channel c ON c.name = ?
  -- number, number, string

-- candidates
SELECT TOP (500) o.id AS id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.eff_priority AS priority, o.ext_no AS ext_no, o.channel AS channel, o.source AS source, o.biz_id AS biz_id, o.solo AS solo, o.requeued AS requeued, o.overruled AS overruled, o.inbox_id AS inbox_id, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, o.expire_at AS b) m) AS expires_in, CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END AS age_ms, CONVERT(VARCHAR(23), o.created_at, 121) AS created_at, CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(o.phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT) AS mark, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight, COALESCE(o.serial_no, o.prev_serial) AS prev_serial, o.result_code AS last_code
  FROM (SELECT *
  FROM (SELECT TOP (500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(? AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(? AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(? AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND ? = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id
  -- number, number, number, number

-- candidates, deferred ones
SELECT TOP (500) o.id AS id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.eff_priority AS priority, o.ext_no AS ext_no, o.channel AS channel, o.source AS source, o.biz_id AS biz_id, o.solo AS solo, o.requeued AS requeued, o.overruled AS overruled, o.inbox_id AS inbox_id, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, o.expire_at AS b) m) AS expires_in, CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END AS age_ms, CONVERT(VARCHAR(23), o.created_at, 121) AS created_at, CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(o.phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT) AS mark, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight, COALESCE(o.serial_no, o.prev_serial) AS prev_serial, o.result_code AS last_code
  FROM (SELECT *
  FROM (SELECT TOP (500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(? AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(? AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND ? = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3)) AND due_at > CAST('2000-01-01' AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id
  -- number, number, number

-- due
SELECT TOP (500) *
  FROM (SELECT ROW_NUMBER() OVER (ORDER BY o.due_at, o.id) AS row_no, o.id AS id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.eff_priority AS priority, o.ext_no AS ext_no, o.channel AS channel, o.source AS source, o.biz_id AS biz_id, o.solo AS solo, o.requeued AS requeued, o.overruled AS overruled, o.inbox_id AS inbox_id, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, o.expire_at AS b) m) AS expires_in, CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END AS age_ms, CONVERT(VARCHAR(23), o.created_at, 121) AS created_at, CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(o.phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT) AS mark, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight, COALESCE(o.serial_no, o.prev_serial) AS prev_serial, o.result_code AS last_code
  FROM (SELECT *
  FROM (SELECT TOP (1500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(? AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(? AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(? AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1500) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND ? = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) w
  WHERE w.row_no > 1000
  ORDER BY w.row_no
  -- number, number, number, number

-- overrule
UPDATE o
  SET overruled = v.overruled
  FROM (SELECT n1 AS id, n2 AS mark, t1 AS overruled
  FROM ?) v INNER LOOP JOIN sms_outbox o WITH (ROWLOCK, FORCESEEK) ON o.id = v.id
  WHERE CASE WHEN o.status = 'NEW' AND CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(o.phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT) = v.mark THEN 1 ELSE 0 END = 1
  -- list(n1 n2 t1)

-- claim
UPDATE o
  SET age_from = CASE WHEN v.reset = 1 THEN CAST(SYSDATETIME() AS DATETIME2(3)) ELSE o.age_from END, prev_serial = NULLIF(v.previous, ''), requeued = CASE WHEN o.requeued = 1 THEN 2 ELSE 0 END, serial_no = v.serial, phone_norm = v.phone, segments = v.segments, status = 'SENDING', claim_token = ?, lease_until = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))), text_mark = v.mark, retry_at = NULL, task_id = NULL, result_code = NULL, result_text = NULL, sent_at = NULL, receipt_code = NULL, receipt_at = NULL
  FROM (SELECT n1 AS id, t1 AS serial, t2 AS phone, n2 AS segments, t3 AS previous, n3 AS reset, n4 AS mark
  FROM ?) v INNER LOOP JOIN sms_outbox o WITH (ROWLOCK, FORCESEEK) ON o.id = v.id
  WHERE CASE WHEN o.status = 'NEW' AND COALESCE(o.serial_no, o.prev_serial, '') = v.previous COLLATE Latin1_General_BIN2 AND CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(o.phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT) = v.mark THEN 1 ELSE 0 END = 1
  -- string, number, number, list(n1 t1 t2 n2 t3 n3 n4)

-- claimed
SELECT o.id AS id
  FROM sms_outbox o
  WHERE o.id IN (SELECT n1
  FROM ?) AND o.claim_token = ? AND CASE WHEN o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- list(n1), string

-- refuse
UPDATE o
  SET status = v.status, result_code = v.code, result_text = v.sentence, overruled = CASE WHEN v.status IN ('NEW', 'HELD') THEN o.overruled ELSE NULL END, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL
  FROM (SELECT n1 AS id, t1 AS status, t2 AS code, t3 AS sentence
  FROM ?) v INNER LOOP JOIN sms_outbox o WITH (ROWLOCK, FORCESEEK) ON o.id = v.id
  WHERE CASE WHEN o.claim_token = ? AND o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- list(n1 t1 t2 t3), string

-- release
UPDATE sms_outbox
  SET requeued = CASE WHEN prev_serial IS NULL OR requeued = 2 THEN 1 ELSE 0 END, serial_no = prev_serial, prev_serial = NULL, status = 'NEW', result_code = ?, result_text = ?, claim_token = NULL, lease_until = NULL, text_mark = NULL, retry_at = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))), age_from = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND claim_token = ? AND CASE WHEN status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- string, string, number, number, number, number, list(n1), string

-- rowsOf
SELECT o.id AS id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.eff_priority AS priority, o.ext_no AS ext_no, o.channel AS channel, o.source AS source, o.biz_id AS biz_id, o.solo AS solo, o.requeued AS requeued, o.overruled AS overruled, o.inbox_id AS inbox_id, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, o.expire_at AS b) m) AS expires_in, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms, CONVERT(VARCHAR(23), o.created_at, 121) AS created_at, CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(o.phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(o.channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT) AS mark, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight, o.prev_serial AS prev_serial, NULL AS last_code, o.status AS status, o.serial_no AS serial_no, o.receipt_code AS receipt_code
  FROM sms_outbox o
  WHERE o.id IN (SELECT n1
  FROM ?)
  -- list(n1)

-- holdReset
SELECT o.id AS id
  FROM sms_outbox o WITH (INDEX(sms_outbox_ix_serial))
  WHERE serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN status = 'NEW' AND requeued <> 1 THEN 1 ELSE 0 END = 1
  -- list(t1)

UPDATE sms_outbox
  SET prev_serial = serial_no, serial_no = NULL, status = 'HELD', result_code = ?, result_text = ?, claim_token = NULL, lease_until = NULL, text_mark = NULL
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND status = 'NEW' AND requeued <> 1 THEN 1 ELSE 0 END = 1
  -- string, string, list(n1), list(t1)

-- open
INSERT INTO sms_mw_submit (serial_no, channel, body, ext_no, template_id, priority, segments, members, row_count, state, owner, next_at) SELECT v.serial_no, v.channel, v.body, v.ext_no, v.template_id, v.priority, v.segments, v.members, v.row_count, 'OPEN', ?, DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM (SELECT t1 AS serial_no, t2 AS channel, t3 AS body, t4 AS ext_no, t5 AS template_id, n1 AS priority, n2 AS segments, t6 AS members, n3 AS row_count
  FROM ?) v
  -- string, number, number, list(t1 t2 t3 t4 t5 n1 n2 t6 n3)

-- takeOpen
SELECT TOP (10) serial_no
  FROM sms_mw_submit
  WHERE state = 'OPEN' AND next_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY next_at
  -- 

UPDATE sms_mw_submit
  SET owner = ?, tries = tries + 1, last_try_at = CAST(SYSDATETIME() AS DATETIME2(3)), next_at = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_mw_submit WITH (ROWLOCK, FORCESEEK)
  WHERE serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN state = 'OPEN' AND next_at <= CAST(SYSDATETIME() AS DATETIME2(3)) THEN 1 ELSE 0 END = 1
  -- string, number, number, list(t1)

SELECT s.serial_no AS serial_no, s.channel AS channel, s.state AS state, s.body AS body, s.ext_no AS ext_no, s.template_id AS template_id, s.priority AS priority, s.segments AS segments, s.members AS members, s.tries AS tries, s.unknown_codes AS unknown_codes, s.result_code AS result_code, s.result_text AS result_text, s.task_id AS task_id, s.late_receipts AS late_receipts, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT s.first_try_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms, CONVERT(VARCHAR(23), s.first_try_at, 121) AS first_try_at, CONVERT(VARCHAR(23), s.last_try_at, 121) AS last_try_at, CONVERT(VARCHAR(23), s.settled_at, 121) AS settled_at
  FROM sms_mw_submit s
  WHERE s.serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN s.owner = ? AND s.state = 'OPEN' THEN 1 ELSE 0 END = 1
  -- list(t1), string

-- submitsOf
SELECT s.serial_no AS serial_no, s.channel AS channel, s.state AS state, s.body AS body, s.ext_no AS ext_no, s.template_id AS template_id, s.priority AS priority, s.segments AS segments, s.members AS members, s.tries AS tries, s.unknown_codes AS unknown_codes, s.result_code AS result_code, s.result_text AS result_text, s.task_id AS task_id, s.late_receipts AS late_receipts, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT s.first_try_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms, CONVERT(VARCHAR(23), s.first_try_at, 121) AS first_try_at, CONVERT(VARCHAR(23), s.last_try_at, 121) AS last_try_at, CONVERT(VARCHAR(23), s.settled_at, 121) AS settled_at
  FROM sms_mw_submit s
  WHERE s.serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

-- settle, one answer
UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, sent_at = CAST(SYSDATETIME() AS DATETIME2(3)), result_code = ?, result_text = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN ? ELSE ? END, attempts = attempts + 1, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL, overruled = NULL, task_id = ?
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND serial_no = ? AND status IN ('SENDING', 'CANCELLED') AND (text_mark IS NULL OR text_mark = CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT))
  -- string, string, string, string, string, string, list(n1), string

UPDATE s
  SET settled_at = CAST(SYSDATETIME() AS DATETIME2(3)), next_at = DATEADD(MILLISECOND, CAST(CAST(v.next_ms AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(v.next_ms AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))), unknown_codes = s.unknown_codes + v.unknown_code, task_id = COALESCE(v.task, s.task_id), result_code = COALESCE(v.code, ''), result_text = v.sentence, state = v.new_state, owner = NULL
  FROM (SELECT t1 AS serial, t2 AS new_state, t3 AS code, t4 AS sentence, t5 AS task, n1 AS next_ms, n2 AS unknown_code, t6 AS owner
  FROM ?) v INNER LOOP JOIN sms_mw_submit s WITH (ROWLOCK, FORCESEEK) ON s.serial_no = v.serial COLLATE Latin1_General_BIN2
  WHERE CASE WHEN ((v.new_state = 'ACCEPTED' AND s.state IN ('OPEN', 'HELD', 'VOID')) OR (s.state = 'OPEN' AND s.owner = v.owner COLLATE Latin1_General_BIN2)) THEN 1 ELSE 0 END = 1
  -- list(t1 t2 t3 t4 t5 n1 n2 t6)

-- settle, several answers
UPDATE o
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, sent_at = CAST(SYSDATETIME() AS DATETIME2(3)), result_code = ?, result_text = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN ? ELSE ? END, attempts = attempts + 1, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL, overruled = NULL, task_id = v.task
  FROM (SELECT n1 AS row_id, t1 AS serial, t2 AS task
  FROM ?) v INNER LOOP JOIN sms_outbox o WITH (ROWLOCK, FORCESEEK) ON o.id = v.row_id
  WHERE CASE WHEN o.serial_no = v.serial COLLATE Latin1_General_BIN2 AND status IN ('SENDING', 'CANCELLED') AND (text_mark IS NULL OR text_mark = CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT)) THEN 1 ELSE 0 END = 1
  -- string, string, string, string, string, list(n1 t1 t2)

UPDATE o
  SET status = 'HELD', sent_at = CASE WHEN receipt_code IS NULL THEN sent_at ELSE CAST(SYSDATETIME() AS DATETIME2(3)) END, result_code = ?, result_text = ?, attempts = attempts + 1, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL, prev_serial = v.serial, serial_no = NULL, task_id = v.task
  FROM (SELECT n1 AS row_id, t1 AS serial, t2 AS task
  FROM ?) v INNER LOOP JOIN sms_outbox o WITH (ROWLOCK, FORCESEEK) ON o.id = v.row_id
  WHERE CASE WHEN o.serial_no = v.serial COLLATE Latin1_General_BIN2 AND status IN ('SENDING', 'CANCELLED') THEN 1 ELSE 0 END = 1
  -- string, string, list(n1 t1 t2)

-- settle, outcome unknown
UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, sent_at = CASE WHEN receipt_code IS NULL THEN sent_at ELSE CAST(SYSDATETIME() AS DATETIME2(3)) END, result_code = ?, result_text = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN ? ELSE ? END, attempts = attempts + 1, lease_until = NULL, task_id = ?
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND serial_no = ? AND status IN ('SENDING') AND EXISTS (SELECT 1
  FROM sms_mw_submit s
  WHERE s.serial_no = ? COLLATE Latin1_General_BIN2 AND CASE WHEN s.state = 'OPEN' AND s.owner = ? THEN 1 ELSE 0 END = 1)
  -- string, string, string, string, string, string, list(n1), string, string, string

-- settle, put back
UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, sent_at = CASE WHEN receipt_code IS NULL THEN sent_at ELSE CAST(SYSDATETIME() AS DATETIME2(3)) END, result_code = ?, result_text = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN ? ELSE ? END, attempts = attempts + 1, retry_at = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))), age_from = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))), requeued = 1, solo = 0, claim_token = NULL, lease_until = NULL, text_mark = NULL, task_id = ?
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND serial_no = ? AND status IN ('SENDING') AND EXISTS (SELECT 1
  FROM sms_mw_submit s
  WHERE s.serial_no = ? COLLATE Latin1_General_BIN2 AND CASE WHEN s.state = 'OPEN' AND s.owner = ? THEN 1 ELSE 0 END = 1)
  -- string, string, string, string, string, number, number, number, number, string, list(n1), string, string, string

-- recoverRows
SELECT TOP (100) o.id AS id
  FROM sms_outbox o WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE o.status = 'SENDING' AND o.lease_until < CAST(SYSDATETIME() AS DATETIME2(3))
  -- 

UPDATE sms_outbox
  SET claim_token = ?
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'SENDING' AND lease_until < CAST(SYSDATETIME() AS DATETIME2(3)) THEN 1 ELSE 0 END = 1
  -- string, list(n1)

SELECT o.id AS id, s.state AS state
  FROM sms_outbox o LEFT JOIN sms_mw_submit s ON s.serial_no = o.serial_no
  WHERE o.id IN (SELECT n1
  FROM ?) AND CASE WHEN o.claim_token = ? AND o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- list(n1), string

UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, result_code = (SELECT s.result_code
  FROM sms_mw_submit s
  WHERE s.serial_no = sms_outbox.serial_no), result_text = CASE WHEN receipt_code IS NULL THEN (SELECT s.result_text
  FROM sms_mw_submit s
  WHERE s.serial_no = sms_outbox.serial_no) WHEN receipt_code = '0' THEN ? ELSE ? END, overruled = NULL, task_id = (SELECT s.task_id
  FROM sms_mw_submit s
  WHERE s.serial_no = sms_outbox.serial_no), sent_at = (SELECT s.settled_at
  FROM sms_mw_submit s
  WHERE s.serial_no = sms_outbox.serial_no), claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'SENDING' AND claim_token = ? AND (text_mark IS NULL OR text_mark = CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT)) THEN 1 ELSE 0 END = 1
  -- string, string, string, list(n1), string

UPDATE sms_outbox
  SET status = 'HELD', result_code = 'EDITED', result_text = ?, prev_serial = serial_no, serial_no = NULL, claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'SENDING' AND claim_token = ? AND NOT (text_mark IS NULL OR text_mark = CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(phone AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(ext_no AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(content AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(template_code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(params AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(msg_type AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(inbox_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(channel AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT)) THEN 1 ELSE 0 END = 1
  -- string, list(n1), string

-- recoverRows, never opened
SELECT TOP (100) o.id AS id
  FROM sms_outbox o WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE o.status = 'SENDING' AND o.lease_until < CAST(SYSDATETIME() AS DATETIME2(3))
  -- 

UPDATE sms_outbox
  SET claim_token = ?
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'SENDING' AND lease_until < CAST(SYSDATETIME() AS DATETIME2(3)) THEN 1 ELSE 0 END = 1
  -- string, list(n1)

SELECT o.id AS id, s.state AS state
  FROM sms_outbox o LEFT JOIN sms_mw_submit s ON s.serial_no = o.serial_no
  WHERE o.id IN (SELECT n1
  FROM ?) AND CASE WHEN o.claim_token = ? AND o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- list(n1), string

UPDATE sms_outbox
  SET requeued = CASE WHEN prev_serial IS NULL OR requeued = 2 THEN 1 ELSE 0 END, serial_no = prev_serial, prev_serial = NULL, status = 'NEW', claim_token = NULL, lease_until = NULL, text_mark = NULL
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'SENDING' AND claim_token = ? THEN 1 ELSE 0 END = 1
  -- list(n1), string

-- adoptStrays
SELECT o.id AS id
  FROM sms_outbox o WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE o.status = 'SENDING' AND o.lease_until IS NULL AND o.claim_token IS NULL
  -- 

UPDATE sms_outbox
  SET lease_until = DATEADD(MILLISECOND, CAST(CAST(-1 AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(-1 AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'SENDING' AND lease_until IS NULL AND claim_token IS NULL THEN 1 ELSE 0 END = 1
  -- list(n1)

-- shorten
SELECT o.id AS id
  FROM sms_outbox o WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE o.status = 'SENDING' AND o.lease_until > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  -- number, number

UPDATE sms_outbox
  SET lease_until = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'SENDING' AND lease_until > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- number, number, list(n1), number, number

SELECT s.serial_no AS serial_no
  FROM sms_mw_submit s WITH (INDEX(sms_mw_submit_ix_next))
  WHERE s.state = 'OPEN' AND s.next_at > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  -- number, number

UPDATE sms_mw_submit
  SET next_at = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_mw_submit WITH (ROWLOCK, FORCESEEK)
  WHERE serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN state = 'OPEN' AND next_at > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- number, number, list(t1), number, number

-- adopt
SELECT o.id AS id
  FROM sms_outbox o WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE o.status = 'SENDING' AND o.lease_until IS NOT NULL AND o.claim_token LIKE ? ESCAPE '!' AND o.claim_token <> ? AND NOT o.claim_token LIKE ? ESCAPE '!'
  -- string, string, string

UPDATE sms_outbox
  SET lease_until = DATEADD(MILLISECOND, CAST(CAST(-1 AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(-1 AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'SENDING' AND lease_until > CAST(SYSDATETIME() AS DATETIME2(3)) AND claim_token LIKE ? ESCAPE '!' AND claim_token <> ? AND NOT claim_token LIKE ? ESCAPE '!' THEN 1 ELSE 0 END = 1
  -- list(n1), string, string, string

SELECT s.serial_no AS serial_no
  FROM sms_mw_submit s WITH (INDEX(sms_mw_submit_ix_next))
  WHERE s.state = 'OPEN' AND s.owner LIKE ? ESCAPE '!' AND s.owner <> ? AND NOT s.owner LIKE ? ESCAPE '!'
  -- string, string, string

UPDATE sms_mw_submit
  SET next_at = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_mw_submit WITH (ROWLOCK, FORCESEEK)
  WHERE serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN state = 'OPEN' AND next_at > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) AND owner LIKE ? ESCAPE '!' AND owner <> ? AND NOT owner LIKE ? ESCAPE '!' THEN 1 ELSE 0 END = 1
  -- number, number, list(t1), number, number, string, string, string

-- giveUp
SELECT TOP (100) serial_no, row_count, result_code
  FROM sms_mw_submit
  WHERE state = 'ACCEPTED' AND next_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY next_at
  -- 

SELECT o.id AS id, o.serial_no AS serial_no
  FROM sms_outbox o WITH (INDEX(sms_outbox_ix_serial))
  WHERE serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN status IN ('SENT', 'SENDING') THEN 1 ELSE 0 END = 1
  -- list(t1)

UPDATE sms_outbox
  SET status = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, result_text = CASE WHEN receipt_code IS NULL THEN ? WHEN receipt_code = '0' THEN ? ELSE ? END
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status IN ('SENT', 'SENDING') AND serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) THEN 1 ELSE 0 END = 1
  -- string, string, string, string, list(n1), list(t1)

UPDATE sms_mw_submit
  SET state = 'DONE', next_at = CAST(SYSDATETIME() AS DATETIME2(3))
  FROM sms_mw_submit WITH (ROWLOCK, FORCESEEK)
  WHERE serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN state = 'ACCEPTED' AND next_at <= CAST(SYSDATETIME() AS DATETIME2(3)) THEN 1 ELSE 0 END = 1
  -- list(t1)

-- inboxPhones
SELECT m.inbox_id AS id, m.phone AS phone
  FROM sms_mw_seen m
  WHERE m.inbox_id IN (SELECT n1
  FROM ?)
  UNION ALL SELECT i.id AS id, i.phone AS phone
  FROM sms_inbox i
  WHERE i.id IN (SELECT n1
  FROM ?)
  -- list(n1), list(n1)

-- answered
SELECT o.id AS id, o.inbox_id AS inbox_id, o.content AS content, o.template_code AS template_code, o.params AS params, o.status AS status
  FROM sms_outbox o
  WHERE o.inbox_id IN (SELECT n1
  FROM ?) AND o.status NOT IN ('FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND NOT (o.status = 'HELD' AND o.attempts = 0)
  -- list(n1)

-- namesakes
SELECT o.id AS id, o.biz_id AS biz_id, o.status AS status, CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight
  FROM sms_outbox o
  WHERE o.biz_id IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN o.status NOT IN ('FAILED', 'REJECTED', 'EXPIRED') AND (o.created_at > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) OR o.status IN ('NEW', 'SENDING', 'HELD')) THEN 1 ELSE 0 END = 1
  -- list(t1), number, number

-- receiptRows
SELECT o.id AS id, o.serial_no AS serial_no, o.phone_norm AS phone, o.status AS status, o.receipt_code AS receipt_code
  FROM (SELECT t1 AS serial, t2 AS phone_no
  FROM ?) v INNER LOOP JOIN sms_outbox o WITH (INDEX(sms_outbox_ix_serial)) ON o.serial_no = v.serial COLLATE Latin1_General_BIN2 AND o.phone_norm = v.phone_no COLLATE Latin1_General_BIN2
  -- list(t1 t2)

-- applyReceipts
UPDATE o
  SET status = CASE WHEN o.status = 'SENDING' THEN o.status WHEN v.code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, result_text = CASE WHEN o.claim_token IS NOT NULL THEN o.result_text WHEN v.code = '0' THEN ? ELSE ? END, receipt_code = v.code, receipt_at = CAST(SYSDATETIME() AS DATETIME2(3))
  FROM (SELECT n1 AS row_id, t1 AS serial, t2 AS code
  FROM ?) v INNER LOOP JOIN sms_outbox o WITH (ROWLOCK, FORCESEEK) ON o.id = v.row_id
  WHERE CASE WHEN o.serial_no = v.serial COLLATE Latin1_General_BIN2 AND o.status NOT IN ('NEW', 'DELIVERED') THEN 1 ELSE 0 END = 1
  -- string, string, list(n1 t1 t2)

-- countLateReceipts
UPDATE s
  SET late_receipts = s.late_receipts + v.late
  FROM (SELECT t1 AS serial, n1 AS late
  FROM ?) v INNER LOOP JOIN sms_mw_submit s WITH (ROWLOCK, FORCESEEK) ON s.serial_no = v.serial COLLATE Latin1_General_BIN2
  WHERE CASE WHEN v.late > 0 THEN 1 ELSE 0 END = 1
  -- list(t1 n1)

SELECT serial_no
  FROM sms_mw_submit
  WHERE serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

-- parkReceipts
INSERT INTO sms_mw_receipt (serial_no, phone, code) SELECT DISTINCT v.serial_no, v.phone, v.code
  FROM (SELECT t1 AS serial_no, t2 AS phone, t3 AS code
  FROM ?) v
  WHERE NOT EXISTS (SELECT 1
  FROM sms_mw_receipt x WITH (UPDLOCK, HOLDLOCK)
  WHERE x.serial_no = v.serial_no COLLATE Latin1_General_BIN2 AND x.phone = v.phone COLLATE Latin1_General_BIN2 AND x.code = v.code COLLATE Latin1_General_BIN2)
  -- list(t1 t2 t3)

-- parkedReceipts
SELECT TOP (10) r.id AS id, r.serial_no AS serial_no, r.phone AS phone, r.code AS code, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT r.created_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms
  FROM sms_mw_receipt r WITH (INDEX(sms_mw_receipt_ix_tried))
  ORDER BY r.tried_at, r.id
  -- 

UPDATE sms_mw_receipt
  SET tried_at = DATEADD(MILLISECOND, CAST(CAST(1 AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(1 AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_mw_receipt WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?)
  -- list(n1)

-- unparkReceipts
DELETE
  FROM sms_mw_receipt
  FROM sms_mw_receipt WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?)
  -- list(n1)

-- storeInbox
SELECT msg_key
  FROM sms_mw_seen
  WHERE msg_key IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

INSERT INTO sms_inbox (msg_key, platform_id, phone, content, access_no, ext_no, keyword, args, received_at) SELECT v.msg_key, v.platform_id, v.phone, v.content, v.access_no, v.ext_no, v.keyword, v.args, v.received_at
  FROM (SELECT t1 AS msg_key, t2 AS platform_id, t3 AS phone, t4 AS content, t5 AS access_no, t6 AS ext_no, t7 AS keyword, t8 AS args, CONVERT(DATETIME2(3), t9, 120) AS received_at
  FROM ?) v
  -- list(t1 t2 t3 t4 t5 t6 t7 t8 t9)

INSERT INTO sms_inbox (msg_key, platform_id, phone, content, access_no, ext_no, keyword, args) SELECT v.msg_key, v.platform_id, v.phone, v.content, v.access_no, v.ext_no, v.keyword, v.args
  FROM (SELECT t1 AS msg_key, t2 AS platform_id, t3 AS phone, t4 AS content, t5 AS access_no, t6 AS ext_no, t7 AS keyword, t8 AS args
  FROM ?) v
  -- list(t1 t2 t3 t4 t5 t6 t7 t8)

SELECT i.id AS id, i.msg_key AS msg_key
  FROM sms_inbox i
  WHERE i.msg_key IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

INSERT INTO sms_mw_seen (msg_key, inbox_id, phone) SELECT v.msg_key, v.inbox_id, v.phone
  FROM (SELECT t1 AS msg_key, n1 AS inbox_id, t2 AS phone
  FROM ?) v
  -- list(t1 n1 t2)

-- storeInbox, taken by a query rule
SELECT msg_key
  FROM sms_mw_seen
  WHERE msg_key IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

INSERT INTO sms_inbox (msg_key, platform_id, phone, content, access_no, ext_no, keyword, args, received_at, status) SELECT v.msg_key, v.platform_id, v.phone, v.content, v.access_no, v.ext_no, v.keyword, v.args, v.received_at, 'AUTO'
  FROM (SELECT t1 AS msg_key, t2 AS platform_id, t3 AS phone, t4 AS content, t5 AS access_no, t6 AS ext_no, t7 AS keyword, t8 AS args, CONVERT(DATETIME2(3), t9, 120) AS received_at
  FROM ?) v
  -- list(t1 t2 t3 t4 t5 t6 t7 t8 t9)

SELECT i.id AS id, i.msg_key AS msg_key
  FROM sms_inbox i
  WHERE i.msg_key IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

INSERT INTO sms_mw_seen (msg_key, inbox_id, phone) SELECT v.msg_key, v.inbox_id, v.phone
  FROM (SELECT t1 AS msg_key, n1 AS inbox_id, t2 AS phone
  FROM ?) v
  -- list(t1 n1 t2)

INSERT INTO sms_mw_query (inbox_id, phone, keyword) SELECT v.inbox_id, v.phone, v.keyword
  FROM (SELECT n1 AS inbox_id, t1 AS phone, t2 AS keyword
  FROM ?) v
  -- list(n1 t1 t2)

-- waitingQueries
SELECT TOP (10) q.inbox_id AS id, q.phone AS phone, q.tries AS tries, i.content AS content, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT q.taken_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms
  FROM sms_mw_query q WITH (INDEX(sms_mw_query_ix_next)) LEFT JOIN sms_inbox i ON i.id = q.inbox_id
  WHERE q.state = 'WAITING' AND q.next_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY q.next_at, q.inbox_id
  -- 

-- queryHistory
SELECT TOP (500) q.subject AS subject, q.outcome AS outcome, CASE WHEN q.outbox_id IS NULL THEN 0 ELSE 1 END AS told, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT q.ended_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS ago
  FROM sms_mw_query q WITH (INDEX(sms_mw_query_ix_phone))
  WHERE q.phone = ? AND q.taken_at > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) AND q.state = 'DONE' AND (q.outbox_id IS NOT NULL OR q.outcome = 'NOT_FOUND')
  ORDER BY q.taken_at DESC
  -- string, number, number

-- endQuery, answered and wiped
UPDATE sms_mw_query
  SET state = 'DONE', outcome = ?, subject = ?, ended_at = CAST(SYSDATETIME() AS DATETIME2(3))
  FROM sms_mw_query WITH (ROWLOCK, FORCESEEK)
  WHERE inbox_id IN (SELECT n1
  FROM ?) AND CASE WHEN state = 'WAITING' THEN 1 ELSE 0 END = 1
  -- string, string, list(n1)

UPDATE sms_inbox
  SET handled_at = CAST(SYSDATETIME() AS DATETIME2(3)), content = ?, keyword = ?, args = ?
  FROM sms_inbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'AUTO' THEN 1 ELSE 0 END = 1
  -- string, string, string, list(n1)

INSERT INTO sms_outbox (phone, content, inbox_id, category, priority) SELECT v.phone, v.content, v.inbox_id, 'REPLY', 0
  FROM (SELECT t1 AS phone, t2 AS content, n1 AS inbox_id
  FROM ?) v; SELECT CAST(SCOPE_IDENTITY() AS BIGINT) AS id
  -- list(t1 t2 n1)

UPDATE sms_mw_query
  SET outbox_id = ?
  FROM sms_mw_query WITH (ROWLOCK, FORCESEEK)
  WHERE inbox_id IN (SELECT n1
  FROM ?)
  -- bigint, list(n1)

-- endQuery, given back
UPDATE sms_mw_query
  SET state = 'DONE', outcome = ?, subject = ?, ended_at = CAST(SYSDATETIME() AS DATETIME2(3))
  FROM sms_mw_query WITH (ROWLOCK, FORCESEEK)
  WHERE inbox_id IN (SELECT n1
  FROM ?) AND CASE WHEN state = 'WAITING' THEN 1 ELSE 0 END = 1
  -- string, string, list(n1)

UPDATE sms_inbox
  SET status = 'NEW'
  FROM sms_inbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'AUTO' THEN 1 ELSE 0 END = 1
  -- list(n1)

-- deferQuery
UPDATE sms_mw_query
  SET tries = tries + 1, next_at = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_mw_query WITH (ROWLOCK, FORCESEEK)
  WHERE inbox_id IN (SELECT n1
  FROM ?) AND CASE WHEN state = 'WAITING' THEN 1 ELSE 0 END = 1
  -- number, number, list(n1)

-- queryCounts
SELECT CONVERT(VARCHAR(10), q.taken_at, 120) AS told_day, q.keyword AS keyword, q.outcome AS outcome, COUNT(*) AS n, COUNT(q.outbox_id) AS answers
  FROM sms_mw_query q WITH (INDEX(sms_mw_query_ix_taken))
  WHERE q.taken_at > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) GROUP BY CONVERT(VARCHAR(10), q.taken_at, 120), q.keyword, q.outcome
  -- number, number

-- channel
SELECT c.state AS channel_state, c.scope AS channel_scope, c.code AS channel_code, c.reason AS channel_reason, c.credentials AS channel_credentials, c.probes AS channel_probes, CONVERT(VARCHAR(23), c.since, 121) AS channel_since, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, c.until_at AS b) m) AS channel_until, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT c.resumed_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS channel_resumed
  FROM sms_mw_channel c
  WHERE c.name = ?
  -- string

-- changeChannel
UPDATE sms_mw_channel
  SET resumed_at = CASE WHEN state <> 'OPEN' AND ? = 'OPEN' THEN CAST(SYSDATETIME() AS DATETIME2(3)) ELSE resumed_at END, since = CASE WHEN state = ? THEN since ELSE CAST(SYSDATETIME() AS DATETIME2(3)) END, state = ?, scope = ?, code = ?, reason = ?, until_at = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))), credentials = ?, probes = ?
  WHERE name = ?
  -- string, string, string, string, string, string, number, number, null, number, string

-- changeChannel, by a person
UPDATE sms_mw_channel
  SET resumed_at = CASE WHEN state <> 'OPEN' AND ? = 'OPEN' THEN CAST(SYSDATETIME() AS DATETIME2(3)) ELSE resumed_at END, since = CASE WHEN state = ? THEN since ELSE CAST(SYSDATETIME() AS DATETIME2(3)) END, state = ?, scope = ?, code = ?, reason = ?, until_at = NULL, credentials = ?, probes = ?, said_at = CAST(SYSDATETIME() AS DATETIME2(3))
  WHERE name = ?
  -- string, string, string, string, null, string, null, number, string

-- changeChannel, by a command
UPDATE sms_mw_channel
  SET resumed_at = CASE WHEN state <> 'OPEN' AND ? = 'OPEN' THEN CAST(SYSDATETIME() AS DATETIME2(3)) ELSE resumed_at END, since = CASE WHEN state = ? THEN since ELSE CAST(SYSDATETIME() AS DATETIME2(3)) END, state = ?, scope = ?, code = ?, reason = ?, until_at = NULL, credentials = ?, probes = ?, said_at = (SELECT CASE WHEN w.created_at > CAST(SYSDATETIME() AS DATETIME2(3)) THEN CAST(SYSDATETIME() AS DATETIME2(3)) ELSE w.created_at END
  FROM sms_mw_command w
  WHERE w.id IN (SELECT n1
  FROM ?))
  WHERE name = ? AND (said_at IS NULL OR said_at <= (SELECT CASE WHEN w.created_at > CAST(SYSDATETIME() AS DATETIME2(3)) THEN CAST(SYSDATETIME() AS DATETIME2(3)) ELSE w.created_at END
  FROM sms_mw_command w
  WHERE w.id IN (SELECT n1
  FROM ?)) OR said_at > CAST(SYSDATETIME() AS DATETIME2(3)))
  -- string, string, string, string, null, string, null, number, list(n1), string, list(n1)

-- takeTurn, to probe
UPDATE sms_mw_channel
  SET probe_by = ?, probe_until = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  WHERE name = ? AND (probe_by IS NULL OR probe_by = ? OR probe_until IS NULL OR probe_until < CAST(SYSDATETIME() AS DATETIME2(3)) OR probe_until > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))))
  -- string, number, number, string, string, number, number

-- takeTurn, to fetch
UPDATE sms_mw_channel
  SET fetch_by = ?, fetch_until = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  WHERE name = ? AND (fetch_by IS NULL OR fetch_by = ? OR fetch_until IS NULL OR fetch_until < CAST(SYSDATETIME() AS DATETIME2(3)) OR fetch_until > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))))
  -- string, number, number, string, string, number, number

-- endTurn
UPDATE sms_mw_channel
  SET fetch_by = NULL, fetch_until = NULL
  WHERE name = ? AND fetch_by = ?
  -- string, string

-- enrol
SELECT d.[identity] AS [identity], d.boot AS boot, d.instance AS instance, d.host AS host, d.pid AS pid, d.version AS version, d.state AS state, d.channel_state AS channel_state, d.last_error AS last_error, d.last_error_zh AS last_error_zh, d.last_error_en AS last_error_en, d.sent_minute AS sent_minute, d.sent_today AS sent_today, CONVERT(VARCHAR(23), d.started_at, 121) AS started_at, CONVERT(VARCHAR(23), d.heartbeat_at, 121) AS heartbeat_at, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT d.heartbeat_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS silent_ms, d.waiting AS waiting, d.scheduled AS scheduled, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT d.oldest_waiting AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS oldest_ms
  FROM sms_mw_status d
  WHERE d.[identity] = ?
  ORDER BY d.[identity]
  -- string

UPDATE sms_mw_status
  SET prev_boot = boot, started_at = CAST(SYSDATETIME() AS DATETIME2(3)), boot = ?, instance = ?, host = ?, pid = ?, version = ?, state = ?, channel_state = ?, last_error = ?, last_error_zh = ?, last_error_en = ?, sent_minute = ?, sent_today = ?, heartbeat_at = CAST(SYSDATETIME() AS DATETIME2(3))
  WHERE [identity] = ?
  -- string, string, string, number, string, string, string, null, null, null, number, number, string

-- beat
UPDATE sms_mw_status
  SET state = ?, channel_state = ?, last_error = ?, last_error_zh = ?, last_error_en = ?, sent_minute = ?, sent_today = ?, heartbeat_at = CAST(SYSDATETIME() AS DATETIME2(3)), waiting = (SELECT COUNT(*)
  FROM (SELECT TOP (10000) *
  FROM (SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p0
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p1
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p2
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p3
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p4
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p5
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p6
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p7
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p8
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p9) u) counted), oldest_waiting = (SELECT MIN(since)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f) firsts), scheduled = (SELECT COUNT(*)
  FROM (SELECT TOP (10000) *
  FROM (SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p0
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p1
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p2
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p3
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p4
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p5
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p6
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p7
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p8
  UNION ALL SELECT one
  FROM (SELECT TOP (10000) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (10000) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p9) u) counted)
  WHERE [identity] = ? AND boot = ?
  -- string, string, null, null, null, number, number, string, string

-- retake
UPDATE sms_mw_status
  SET prev_boot = NULL, boot = ?, instance = ?, host = ?, pid = ?, version = ?, state = ?, channel_state = ?, last_error = ?, last_error_zh = ?, last_error_en = ?, sent_minute = ?, sent_today = ?, heartbeat_at = CAST(SYSDATETIME() AS DATETIME2(3))
  WHERE [identity] = ? AND prev_boot = ?
  -- string, string, string, number, string, string, string, null, null, null, number, number, string, string

-- daemons
SELECT d.[identity] AS [identity], d.boot AS boot, d.instance AS instance, d.host AS host, d.pid AS pid, d.version AS version, d.state AS state, d.channel_state AS channel_state, d.last_error AS last_error, d.last_error_zh AS last_error_zh, d.last_error_en AS last_error_en, d.sent_minute AS sent_minute, d.sent_today AS sent_today, CONVERT(VARCHAR(23), d.started_at, 121) AS started_at, CONVERT(VARCHAR(23), d.heartbeat_at, 121) AS heartbeat_at, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT d.heartbeat_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS silent_ms, d.waiting AS waiting, d.scheduled AS scheduled, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT d.oldest_waiting AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS oldest_ms
  FROM sms_mw_status d
  WHERE 1 = 1
  ORDER BY d.[identity]
  -- 

-- prune
SELECT TOP (100) msg_key AS doomed
  FROM sms_mw_seen
  WHERE seen_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  -- number, number

DELETE
  FROM sms_mw_seen
  FROM sms_mw_seen WITH (ROWLOCK, FORCESEEK)
  WHERE msg_key IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN seen_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- list(t1), number, number

SELECT TOP (100) serial_no AS doomed
  FROM sms_mw_submit
  WHERE state IN ('DONE', 'VOID', 'HELD') AND next_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  -- number, number

DELETE
  FROM sms_mw_submit
  FROM sms_mw_submit WITH (ROWLOCK, FORCESEEK)
  WHERE serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN state IN ('DONE', 'VOID', 'HELD') AND next_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- list(t1), number, number

SELECT TOP (100) inbox_id AS doomed
  FROM sms_mw_query WITH (INDEX(sms_mw_query_ix_taken))
  WHERE taken_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) AND CASE WHEN state = 'DONE' THEN 1 ELSE 0 END = 1
  -- number, number

DELETE
  FROM sms_mw_query
  FROM sms_mw_query WITH (ROWLOCK, FORCESEEK)
  WHERE inbox_id IN (SELECT n1
  FROM ?) AND CASE WHEN taken_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) AND CASE WHEN state = 'DONE' THEN 1 ELSE 0 END = 1 THEN 1 ELSE 0 END = 1
  -- list(n1), number, number

SELECT TOP (100) id AS doomed
  FROM sms_mw_command WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status IN ('DONE', 'FAILED') AND done_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  -- number, number

DELETE
  FROM sms_mw_command
  FROM sms_mw_command WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status IN ('DONE', 'FAILED') AND done_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- list(n1), number, number

SELECT TOP (100) [identity] AS doomed
  FROM sms_mw_status
  WHERE heartbeat_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  -- number, number

DELETE
  FROM sms_mw_status
  FROM sms_mw_status WITH (ROWLOCK, FORCESEEK)
  WHERE [identity] IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN heartbeat_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- list(t1), number, number

-- insertOutbox
INSERT INTO sms_outbox (phone, content) SELECT v.phone, v.content
  FROM (SELECT t1 AS phone, t2 AS content
  FROM ?) v; SELECT CAST(SCOPE_IDENTITY() AS BIGINT) AS id
  -- list(t1 t2)

-- past, of the outbox
SELECT TOP (500) o.id AS id, ((SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('1970-01-01' AS DATETIME2(3)) AS a, o.created_at AS b) m) - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000) AS at_ms, o.phone AS phone, o.content AS content, o.category AS category, o.eff_priority AS priority, o.segments AS segments, o.ext_no AS ext_no
  FROM sms_outbox o WITH (READCOMMITTEDLOCK, READPAST)
  WHERE o.id < ?
  ORDER BY o.id DESC
  -- string

-- past, of the inbox
SELECT TOP (500) o.id AS id, ((SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('1970-01-01' AS DATETIME2(3)) AS a, o.created_at AS b) m) - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000) AS at_ms, o.phone AS phone, o.content AS content, o.ext_no AS ext_no
  FROM sms_inbox o WITH (READCOMMITTEDLOCK, READPAST)
  WHERE o.id < ?
  ORDER BY o.id DESC
  -- string

-- insertOutbox, for a while
INSERT INTO sms_outbox (phone, content, expire_at) SELECT v.phone, v.content, DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM (SELECT t1 AS phone, t2 AS content
  FROM ?) v; SELECT CAST(SCOPE_IDENTITY() AS BIGINT) AS id
  -- number, number, list(t1 t2)

-- story
SELECT o.id AS id, o.inbox_id AS inbox_id, o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category, o.priority AS priority, o.ext_no AS ext_no, o.biz_id AS biz_id, o.source AS source, o.channel AS channel, o.status AS status, o.result_code AS result_code, o.result_text AS result_text, o.segments AS segments, o.attempts AS attempts, o.serial_no AS serial_no, o.task_id AS task_id, o.receipt_code AS receipt_code, o.phone_norm AS phone_norm, o.eff_priority AS eff_priority, o.claim_token AS claim_token, o.prev_serial AS prev_serial, o.requeued AS requeued, o.solo AS solo, CONVERT(VARCHAR(23), o.send_at, 121) AS send_at, CONVERT(VARCHAR(23), o.expire_at, 121) AS expire_at, CONVERT(VARCHAR(23), o.created_at, 121) AS created_at, CONVERT(VARCHAR(23), o.sent_at, 121) AS sent_at, CONVERT(VARCHAR(23), o.receipt_at, 121) AS receipt_at, CONVERT(VARCHAR(23), o.due_at, 121) AS due_at, CONVERT(VARCHAR(23), o.retry_at, 121) AS retry_at, CONVERT(VARCHAR(23), o.age_from, 121) AS age_from, CONVERT(VARCHAR(23), o.lease_until, 121) AS lease_until
  FROM sms_outbox o
  WHERE o.id IN (SELECT n1
  FROM ?)
  -- list(n1)

SELECT s.serial_no AS serial_no, s.channel AS channel, s.state AS state, s.body AS body, s.ext_no AS ext_no, s.template_id AS template_id, s.priority AS priority, s.segments AS segments, s.members AS members, s.tries AS tries, s.unknown_codes AS unknown_codes, s.result_code AS result_code, s.result_text AS result_text, s.task_id AS task_id, s.late_receipts AS late_receipts, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT s.first_try_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms, CONVERT(VARCHAR(23), s.first_try_at, 121) AS first_try_at, CONVERT(VARCHAR(23), s.last_try_at, 121) AS last_try_at, CONVERT(VARCHAR(23), s.settled_at, 121) AS settled_at
  FROM sms_mw_submit s
  WHERE s.serial_no IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

-- waiting
SELECT (SELECT COUNT(*)
  FROM (SELECT TOP (100) *
  FROM (SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p0
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p1
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p2
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p3
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p4
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p5
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p6
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p7
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p8
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p9) u) counted) AS waiting, (SELECT COUNT(*)
  FROM (SELECT TOP (100) *
  FROM (SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p0
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p1
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p2
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p3
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p4
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p5
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p6
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p7
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p8
  UNION ALL SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p9) u) counted) AS scheduled, (SELECT COUNT(*)
  FROM (SELECT TOP (100) 1 AS one
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'HELD') counted) AS held, (SELECT COUNT(*)
  FROM (SELECT TOP (100) 1 AS one
  FROM sms_outbox WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'SENDING') counted) AS sending, (SELECT COUNT(*)
  FROM (SELECT TOP (100) 1 AS one
  FROM sms_mw_receipt) counted) AS parked, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MIN(since)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f
  UNION ALL SELECT (SELECT MAX(e.t)
  FROM (VALUES (f.created_at), (COALESCE(f.send_at, f.created_at))) e(t)) AS since
  FROM (SELECT TOP (1) o.created_at, o.send_at
  FROM (SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (1) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1
  ORDER BY o.due_at, o.id) f) firsts) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS oldest_ms
  FROM (SELECT 1 AS one) x
  -- 

-- unseen
SELECT CASE WHEN COUNT(*) = 2 THEN 1 ELSE 0 END AS n
  FROM sys.check_constraints
  WHERE parent_object_id = OBJECT_ID(?) AND is_disabled = 0 AND name IN ('sms_outbox_ck_status', 'sms_outbox_ck_priority')
  -- string

SELECT COUNT(*) AS n
  FROM (SELECT TOP (100) *
  FROM (SELECT one
  FROM (SELECT TOP (100) 1 AS one
  FROM sms_outbox o WITH (READCOMMITTEDLOCK, READPAST)
  WHERE (o.status NOT IN ('CANCELLED', 'DELIVERED', 'EXPIRED', 'FAILED', 'HELD', 'NEW', 'REJECTED', 'SENDING', 'SENT', 'UNDELIVERED', 'UNKNOWN') OR (o.status = 'NEW' AND o.priority NOT BETWEEN 0 AND 9))) u0) u) counted
  -- 

-- overdue
SELECT COUNT(*) AS n
  FROM (SELECT TOP (100) *
  FROM (SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1
  UNION ALL SELECT 1 AS one
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN (o.expire_at <= CAST(SYSDATETIME() AS DATETIME2(3)) OR CASE WHEN (o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL)) THEN 0 ELSE (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at)), (COALESCE(o.age_from, o.created_at))) e(t)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) END > CASE WHEN o.category = ? THEN 500 WHEN 1 = 1 THEN 1000 END) THEN 1 ELSE 0 END = 1) u) counted
  -- string, string, string, string, string, string, string, string, string, string

-- now
SELECT CONVERT(VARCHAR(23), CAST(SYSDATETIME() AS DATETIME2(3)), 121) AS told, ((SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('1970-01-01' AS DATETIME2(3)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000) AS epoch
  FROM (SELECT 1 AS one) x
  -- 

-- pickRows, by number
SELECT id AS picked, phone, status, category, biz_id, result_code, result_text, serial_no, prev_serial, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT created_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms
  FROM sms_outbox WITH (READUNCOMMITTED)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status IN ('HELD') THEN 1 ELSE 0 END = 1
  ORDER BY id
  -- list(n1)

-- pickRows
SELECT f.id AS id
  FROM (SELECT TOP (1) id
  FROM sms_outbox WITH (READUNCOMMITTED)
  WHERE id > 0
  ORDER BY id) f
  -- 

SELECT TOP (200) id AS picked, phone, status, category, biz_id, result_code, result_text, serial_no, prev_serial, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT created_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms
  FROM sms_outbox WITH (READUNCOMMITTED)
  WHERE id >= 7 AND id < 20007 AND CASE WHEN status IN ('HELD') AND biz_id = ? AND category = ? AND result_code = ? AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  ORDER BY id
  -- string, string, string, number, number

-- pickRows, without a code
SELECT f.id AS id
  FROM (SELECT TOP (1) id
  FROM sms_outbox WITH (READUNCOMMITTED)
  WHERE id > 0
  ORDER BY id) f
  -- 

SELECT TOP (200) id AS picked, phone, status, category, biz_id, result_code, result_text, serial_no, prev_serial, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT created_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms
  FROM sms_outbox WITH (READUNCOMMITTED)
  WHERE id >= 7 AND id < 20007 AND CASE WHEN status IN ('HELD') AND (result_code IS NULL OR result_code = '') THEN 1 ELSE 0 END = 1
  ORDER BY id
  -- 

-- decide, release
UPDATE sms_outbox
  SET status = 'NEW', requeued = 0, retry_at = NULL, age_from = CAST(SYSDATETIME() AS DATETIME2(3))
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status IN ('HELD') THEN 1 ELSE 0 END = 1
  -- list(n1)

-- decide, cancel by SQL
UPDATE sms_outbox
  SET status = 'CANCELLED', requeued = 0
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status IN ('NEW') THEN 1 ELSE 0 END = 1
  -- list(n1)

UPDATE sms_mw_command
  SET last_row = 7, changed = changed + ?, lease_until = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'RUNNING' AND owner = ? THEN 1 ELSE 0 END = 1
  -- number, number, number, list(n1), string

-- decide, purge
DELETE
  FROM sms_outbox
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status IN ('FAILED', 'EXPIRED') THEN 1 ELSE 0 END = 1
  -- list(n1)

-- takeCommand
SELECT TOP (200) id AS picked, command, status, row_id AS row_id, biz_id, category, instance, reason, created_by, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT created_at AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms, last_row AS last_row, changed
  FROM sms_mw_command WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status IN ('NEW', 'RUNNING') AND CASE WHEN (status = 'NEW' OR (status = 'RUNNING' AND lease_until < CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  ORDER BY id
  -- 

UPDATE sms_mw_command
  SET status = 'RUNNING', owner = ?, lease_until = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  FROM sms_mw_command WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN (status = 'NEW' OR (status = 'RUNNING' AND lease_until < CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- string, number, number, list(n1)

-- doneAfter
SELECT DISTINCT command
  FROM sms_mw_command WITH (READCOMMITTEDLOCK, READPAST)
  WHERE status = 'DONE' AND id > 3
  -- 

-- endCommand
UPDATE sms_mw_command
  SET status = ?, result = ?, done_at = CAST(SYSDATETIME() AS DATETIME2(3)), lease_until = NULL
  FROM sms_mw_command WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'RUNNING' AND owner = ? THEN 1 ELSE 0 END = 1
  -- string, string, list(n1), string

-- policyMark
SELECT m.templates, m.template_sum, m.words, m.word_sum, m.listed, r.rule_name AS rule_name, r.reason AS reason, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, r.until_at AS b) m) AS in_ms
  FROM (SELECT (SELECT COUNT(*)
  FROM sms_template x) AS templates, (SELECT SUM(CAST(CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(x.code AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(x.category AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(x.body AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(x.platform_template_id AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'') + N'|' + ISNULL(CAST(x.enabled AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT) AS DECIMAL(38, 0)))
  FROM sms_template x) AS template_sum, (SELECT COUNT(*)
  FROM sms_blocked_word x) AS words, (SELECT SUM(CAST(CAST(SUBSTRING(HASHBYTES('SHA1', ISNULL(CAST(x.word AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2, N'')), 1, 7) AS BIGINT) AS DECIMAL(38, 0)))
  FROM sms_blocked_word x) AS word_sum, (SELECT COUNT(*)
  FROM (SELECT TOP (1) x.phone
  FROM sms_blacklist x) y) AS listed
  FROM (SELECT 1 AS one) x) m LEFT JOIN sms_mw_override r ON r.until_at > CAST(SYSDATETIME() AS DATETIME2(3))
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
  WHERE b.phone IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

-- addToBlacklist
INSERT INTO sms_blacklist (phone, reason, origin) SELECT DISTINCT v.phone, v.reason, v.origin
  FROM (SELECT t1 AS phone, t2 AS reason, t3 AS origin
  FROM ?) v
  WHERE NOT EXISTS (SELECT 1
  FROM sms_blacklist x WITH (UPDLOCK, HOLDLOCK)
  WHERE x.phone = v.phone COLLATE Latin1_General_BIN2)
  -- list(t1 t2 t3)

-- turnAway
UPDATE o
  SET status = v.status, result_code = v.code, result_text = v.sentence, serial_no = NULL, claim_token = NULL, lease_until = NULL, overruled = CASE WHEN v.status IN ('NEW', 'HELD') THEN o.overruled ELSE NULL END, requeued = CASE WHEN v.status = 'NEW' THEN v.back ELSE 0 END, retry_at = CASE WHEN v.delay_ms > 0 THEN DATEADD(MILLISECOND, CAST(CAST(v.delay_ms AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(v.delay_ms AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) ELSE o.retry_at END, age_from = CASE WHEN v.delay_ms > 0 THEN DATEADD(MILLISECOND, CAST(CAST(v.delay_ms AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(v.delay_ms AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) ELSE o.age_from END
  FROM (SELECT n1 AS id, t1 AS status, t2 AS code, t3 AS sentence, n2 AS delay_ms, n3 AS back
  FROM ?) v INNER LOOP JOIN sms_outbox o WITH (ROWLOCK, FORCESEEK) ON o.id = v.id
  WHERE CASE WHEN o.claim_token = ? AND o.status = 'SENDING' THEN 1 ELSE 0 END = 1
  -- list(n1 t1 t2 t3 n2 n3), string

-- hasten
SELECT TOP (100) *
  FROM (SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1
  UNION ALL SELECT o.id AS id
  FROM (SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at > CAST(SYSDATETIME() AS DATETIME2(3))) r
  UNION ALL SELECT *
  FROM (SELECT *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0 AND due_at > CAST(SYSDATETIME() AS DATETIME2(3))) r) o
  WHERE 1 = 1 AND CASE WHEN o.result_code = ? THEN 1 ELSE 0 END = 1) u
  -- string, string, string, string, string, string, string, string, string, string

UPDATE sms_outbox
  SET retry_at = CAST(SYSDATETIME() AS DATETIME2(3)), age_from = CAST(SYSDATETIME() AS DATETIME2(3))
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status = 'NEW' AND result_code = ? THEN 1 ELSE 0 END = 1
  -- list(n1), string

-- usage
SELECT '' AS subject, ((SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('1970-01-01' AS DATETIME2(3)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000) AS piece, 0 AS uses
  FROM (SELECT 1 AS one) x
  UNION ALL SELECT u.subject, u.piece, u.uses
  FROM sms_mw_usage u
  WHERE u.subject IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

-- countUses, counted before
SELECT '' AS subject, ((SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('1970-01-01' AS DATETIME2(3)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000) AS piece, 0 AS uses
  FROM (SELECT 1 AS one) x
  UNION ALL SELECT u.subject, u.piece, u.uses
  FROM sms_mw_usage u
  WHERE u.subject IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

UPDATE sms_mw_usage
  SET piece = 11, uses = 1, ends_ms = 1000
  FROM sms_mw_usage WITH (ROWLOCK, FORCESEEK)
  WHERE subject IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND slot = 11 AND CASE WHEN piece = 11 AND uses = 1 THEN 1 ELSE 0 END = 1
  -- list(t1)

-- countUses, unlike each other
SELECT '' AS subject, ((SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('1970-01-01' AS DATETIME2(3)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000) AS piece, 0 AS uses
  FROM (SELECT 1 AS one) x
  UNION ALL SELECT u.subject, u.piece, u.uses
  FROM sms_mw_usage u
  WHERE u.subject IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

UPDATE u
  SET piece = v.piece, uses = v.uses, ends_ms = v.ends_ms
  FROM (SELECT t1 AS subject, n1 AS slot, n2 AS piece, n3 AS uses, n4 AS ends_ms, n5 AS was_piece, n6 AS was_uses
  FROM ?) v INNER LOOP JOIN sms_mw_usage u WITH (ROWLOCK, FORCESEEK) ON u.subject = v.subject COLLATE Latin1_General_BIN2 AND u.slot = v.slot
  WHERE CASE WHEN u.piece = v.was_piece AND u.uses = v.was_uses THEN 1 ELSE 0 END = 1
  -- list(t1 n1 n2 n3 n4 n5 n6)

-- countUses, for the first time
SELECT '' AS subject, ((SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('1970-01-01' AS DATETIME2(3)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000) AS piece, 0 AS uses
  FROM (SELECT 1 AS one) x
  UNION ALL SELECT u.subject, u.piece, u.uses
  FROM sms_mw_usage u
  WHERE u.subject IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

INSERT INTO sms_mw_usage (subject, slot, piece, uses, ends_ms) SELECT v.subject, 11, 11, 1, 1000
  FROM (SELECT t1 AS subject
  FROM ?) v
  -- list(t1)

-- pruneUsage
SELECT TOP (100) subject
  FROM sms_mw_usage
  WHERE ends_ms < ((SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('1970-01-01' AS DATETIME2(3)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000)
  -- 

DELETE
  FROM sms_mw_usage
  FROM sms_mw_usage WITH (ROWLOCK, FORCESEEK)
  WHERE subject IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?) AND CASE WHEN ends_ms < ((SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST('1970-01-01' AS DATETIME2(3)) AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000) THEN 1 ELSE 0 END = 1
  -- list(t1)

-- keepHours, counted before
UPDATE sms_mw_hour
  SET sent = ?, delivered = ?, undelivered = ?, refused = ?
  FROM sms_mw_hour WITH (ROWLOCK, FORCESEEK)
  WHERE hour_at = ? AND owner = ?
  -- number, number, number, number, string, string

-- keepHours, for the first time
UPDATE sms_mw_hour
  SET sent = ?, delivered = ?, undelivered = ?, refused = ?
  FROM sms_mw_hour WITH (ROWLOCK, FORCESEEK)
  WHERE hour_at = ? AND owner = ?
  -- number, number, number, number, string, string

INSERT INTO sms_mw_hour (hour_at, owner, sent, delivered, undelivered, refused) SELECT DISTINCT v.hour_at, v.owner, v.sent, v.delivered, v.undelivered, v.refused
  FROM (SELECT t1 AS hour_at, t2 AS owner, n1 AS sent, n2 AS delivered, n3 AS undelivered, n4 AS refused
  FROM ?) v
  WHERE NOT EXISTS (SELECT 1
  FROM sms_mw_hour x WITH (UPDLOCK, HOLDLOCK)
  WHERE x.hour_at = v.hour_at COLLATE Latin1_General_BIN2 AND x.owner = v.owner COLLATE Latin1_General_BIN2)
  -- list(t1 t2 n1 n2 n3 n4)

-- hours
SELECT CONVERT(VARCHAR(23), DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))), 121) AS told
  FROM (SELECT 1 AS one) x
  -- number, number

SELECT h.hour_at AS hour_at, SUM(h.sent) AS sent, SUM(h.delivered) AS delivered, SUM(h.undelivered) AS undelivered, SUM(h.refused) AS refused
  FROM sms_mw_hour h
  WHERE h.hour_at >= ? GROUP BY h.hour_at
  ORDER BY h.hour_at
  -- string

-- pruneHours
SELECT CONVERT(VARCHAR(23), DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))), 121) AS told
  FROM (SELECT 1 AS one) x
  -- number, number

DELETE
  FROM sms_mw_hour
  WHERE hour_at < ?
  -- string

-- backlog
SELECT b.category AS category, b.band AS band, COUNT(*) AS n
  FROM (SELECT a.category AS category, CASE WHEN a.age_ms < 60000 THEN 0 WHEN a.age_ms < 600000 THEN 1 WHEN a.age_ms < 3600000 THEN 2 WHEN a.age_ms < 86400000 THEN 3 ELSE 4 END AS band
  FROM (SELECT f.category AS category, (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT f.since AS a, CAST(SYSDATETIME() AS DATETIME2(3)) AS b) m) AS age_ms
  FROM (SELECT TOP (100) *
  FROM (SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(0 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 0 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p0
  UNION ALL SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(1 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 1 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p1
  UNION ALL SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(2 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 2 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p2
  UNION ALL SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(3 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 3 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p3
  UNION ALL SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(4 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 4 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p4
  UNION ALL SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(5 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 5 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p5
  UNION ALL SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(6 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 6 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p6
  UNION ALL SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(7 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 7 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p7
  UNION ALL SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(8 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 8 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p8
  UNION ALL SELECT category, since
  FROM (SELECT TOP (100) o.category AS category, (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS since
  FROM (SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at IS NULL
  ORDER BY id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at IS NULL AND send_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_claim), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND priority = CAST(9 AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL) AND retry_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY retry_at, send_at, id) r
  UNION ALL SELECT *
  FROM (SELECT TOP (100) *
  FROM sms_outbox WITH (INDEX(sms_outbox_ix_reply), READCOMMITTEDLOCK, READPAST)
  WHERE status = 'NEW' AND inbox_id IS NOT NULL AND priority = 5 AND 9 = 0 AND due_at <= CAST(SYSDATETIME() AS DATETIME2(3))
  ORDER BY due_at, id) r) o
  WHERE 1 = 1) p9) u) f) a) b GROUP BY b.category, b.band
  -- 

-- troubledRows
SELECT n.id AS id, n.status AS status, n.result_code AS result_code, n.receipt_code AS receipt_code
  FROM (SELECT TOP (100) o.id AS id, o.status AS status, o.result_code AS result_code, o.receipt_code AS receipt_code
  FROM sms_outbox o WITH (READCOMMITTEDLOCK, READPAST)
  WHERE o.id > 0
  ORDER BY o.id DESC) n
  WHERE n.status IN ('FAILED', 'REJECTED', 'EXPIRED', 'UNDELIVERED', 'UNKNOWN') OR (n.status = 'NEW' AND n.result_code IS NOT NULL)
  -- 

SELECT TOP (50) o.id AS id, o.status AS status, o.result_code AS result_code, o.receipt_code AS receipt_code
  FROM sms_outbox o WITH (READCOMMITTEDLOCK, READPAST)
  WHERE o.status = 'HELD'
  -- 

-- receiptRows, of what has moved
SELECT o.id AS id, o.serial_no AS serial_no, o.phone_norm AS phone, o.status AS status, o.receipt_code AS receipt_code
  FROM (SELECT t1 AS serial, t2 AS phone_no
  FROM ?) v INNER LOOP JOIN sms_outbox_history o WITH (INDEX(sms_outbox_history_ix_serial)) ON o.serial_no = v.serial COLLATE Latin1_General_BIN2 AND o.phone_norm = v.phone_no COLLATE Latin1_General_BIN2
  -- list(t1 t2)

-- applyReceipts, to what has moved
UPDATE o
  SET status = CASE WHEN o.status = 'SENDING' THEN o.status WHEN v.code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END, result_text = CASE WHEN o.claim_token IS NOT NULL THEN o.result_text WHEN v.code = '0' THEN ? ELSE ? END, receipt_code = v.code, receipt_at = CAST(SYSDATETIME() AS DATETIME2(3))
  FROM (SELECT n1 AS row_id, t1 AS serial, t2 AS code
  FROM ?) v INNER LOOP JOIN sms_outbox_history o WITH (ROWLOCK, FORCESEEK) ON o.id = v.row_id
  WHERE CASE WHEN o.serial_no = v.serial COLLATE Latin1_General_BIN2 AND o.status NOT IN ('NEW', 'DELIVERED') THEN 1 ELSE 0 END = 1
  -- string, string, list(n1 t1 t2)

-- outboxPage
SELECT TOP (1000) id AS row_id, CASE WHEN (status IN ('DELIVERED', 'UNDELIVERED') AND (SELECT MAX(e.t)
  FROM (VALUES (created_at), (COALESCE(send_at, created_at)), (COALESCE(sent_at, created_at)), (COALESCE(receipt_at, created_at)), (COALESCE(age_from, created_at)), (COALESCE(lease_until, created_at))) e(t)) < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) OR status IN ('UNKNOWN', 'FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND (SELECT MAX(e.t)
  FROM (VALUES (created_at), (COALESCE(send_at, created_at)), (COALESCE(sent_at, created_at)), (COALESCE(receipt_at, created_at)), (COALESCE(age_from, created_at)), (COALESCE(lease_until, created_at))) e(t)) < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))) THEN 'moves' ELSE 'stays' END AS fate, CASE WHEN created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END AS old
  FROM sms_outbox WITH (READUNCOMMITTED)
  WHERE id > ?
  ORDER BY id
  -- number, number, number, number, number, number, bigint

-- moveRows
SELECT id AS id
  FROM sms_outbox WITH (UPDLOCK, READCOMMITTEDLOCK, READPAST, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN (status IN ('DELIVERED', 'UNDELIVERED') AND (SELECT MAX(e.t)
  FROM (VALUES (created_at), (COALESCE(send_at, created_at)), (COALESCE(sent_at, created_at)), (COALESCE(receipt_at, created_at)), (COALESCE(age_from, created_at)), (COALESCE(lease_until, created_at))) e(t)) < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) OR status IN ('UNKNOWN', 'FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND (SELECT MAX(e.t)
  FROM (VALUES (created_at), (COALESCE(send_at, created_at)), (COALESCE(sent_at, created_at)), (COALESCE(receipt_at, created_at)), (COALESCE(age_from, created_at)), (COALESCE(lease_until, created_at))) e(t)) < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))) THEN 1 ELSE 0 END = 1
  -- list(n1), number, number, number, number

INSERT INTO sms_outbox_history (id, phone, content, template_code, params, msg_type, category, priority, send_at, expire_at, ext_no, inbox_id, biz_id, source, channel, created_at, status, result_code, result_text, segments, attempts, serial_no, task_id, sent_at, receipt_code, receipt_at, phone_norm, eff_priority, retry_at, due_at, age_from, claim_token, lease_until, prev_serial, requeued, solo, text_mark, overruled, moved_at) SELECT id, phone, content, template_code, params, msg_type, category, priority, send_at, expire_at, ext_no, inbox_id, biz_id, source, channel, created_at, status, result_code, result_text, segments, attempts, serial_no, task_id, sent_at, receipt_code, receipt_at, phone_norm, eff_priority, retry_at, due_at, age_from, claim_token, lease_until, prev_serial, requeued, solo, text_mark, overruled, CAST(SYSDATETIME() AS DATETIME2(3))
  FROM sms_outbox WITH (UPDLOCK, READCOMMITTEDLOCK, READPAST, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?)
  -- list(n1)

SELECT t.stat_day, t.category, t.place, t.msg_type, t.status, COUNT(*) AS row_count, SUM(t.parts) AS parts, SUM(t.wait_ms) AS wait_ms, SUM(t.receipt_ms) AS receipt_ms
  FROM (SELECT CONVERT(VARCHAR(10), COALESCE(o.sent_at, o.created_at), 120) AS stat_day, o.category AS category, LEFT(o.phone_norm, 4) AS place, o.msg_type AS msg_type, o.status AS status, o.segments AS parts, CASE WHEN o.sent_at > (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) THEN (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS a, o.sent_at AS b) m) ELSE 0 END AS wait_ms, CASE WHEN o.receipt_at > o.sent_at THEN (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT o.sent_at AS a, o.receipt_at AS b) m) ELSE 0 END AS receipt_ms
  FROM (SELECT created_at, send_at, sent_at, receipt_at, category, phone_norm, msg_type, status, segments
  FROM sms_outbox WITH (UPDLOCK, READCOMMITTEDLOCK, READPAST, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?)) o) t GROUP BY t.stat_day, t.category, t.place, t.msg_type, t.status
  -- list(n1)

INSERT INTO sms_mw_stats (stat_key, stat_day, category, carrier, msg_type, status) SELECT DISTINCT v.stat_key, v.stat_day, v.category, v.carrier, v.msg_type, v.status
  FROM (SELECT t1 AS stat_key, t2 AS stat_day, t3 AS category, t4 AS carrier, t5 AS msg_type, t6 AS status
  FROM ?) v
  WHERE NOT EXISTS (SELECT 1
  FROM sms_mw_stats x WITH (UPDLOCK, HOLDLOCK)
  WHERE x.stat_key = v.stat_key COLLATE Latin1_General_BIN2)
  -- list(t1 t2 t3 t4 t5 t6)

UPDATE s
  SET row_count = s.row_count + v.more_rows, parts = s.parts + v.more_parts, wait_ms = s.wait_ms + v.more_wait, receipt_ms = s.receipt_ms + v.more_receipt
  FROM (SELECT t1 AS key_text, n1 AS more_rows, n2 AS more_parts, n3 AS more_wait, n4 AS more_receipt
  FROM ?) v INNER LOOP JOIN sms_mw_stats s WITH (ROWLOCK, FORCESEEK) ON s.stat_key = v.key_text COLLATE Latin1_General_BIN2
  WHERE CASE WHEN v.more_rows > 0 THEN 1 ELSE 0 END = 1
  -- list(t1 n1 n2 n3 n4)

DELETE
  FROM sms_outbox
  FROM sms_outbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?)
  -- list(n1)

-- deleteHistory
SELECT TOP (100) id AS id
  FROM sms_outbox_history WITH (INDEX(sms_outbox_history_ix_age))
  WHERE masked IN (0, 1) AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  -- number, number

DELETE
  FROM sms_outbox_history
  FROM sms_outbox_history WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN masked IN (0, 1) AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- list(n1), number, number

-- maskHistory
SELECT TOP (100) id AS id
  FROM sms_outbox_history WITH (INDEX(sms_outbox_history_ix_age))
  WHERE masked = 0 AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  -- number, number

UPDATE sms_outbox_history
  SET phone = CASE WHEN phone_norm LIKE '___________' THEN LEFT(phone_norm, 3) + '****' + RIGHT(phone_norm, 4) ELSE '****' END, phone_norm = CASE WHEN phone_norm LIKE '___________' THEN LEFT(phone_norm, 3) + '****' + RIGHT(phone_norm, 4) ELSE '****' END, content = NULL, params = NULL, masked = 1
  FROM sms_outbox_history WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN masked = 0 AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- list(n1), number, number

-- dueHistory
SELECT (SELECT COUNT(*)
  FROM sms_outbox_history WITH (INDEX(sms_outbox_history_ix_age))
  WHERE masked IN (0, 1) AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))) AS too_old, (SELECT COUNT(*)
  FROM sms_outbox_history WITH (INDEX(sms_outbox_history_ix_age))
  WHERE masked = 0 AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))) AS unmasked
  FROM (SELECT 1 AS one) x
  -- number, number, number, number

-- inboxPage
SELECT TOP (1000) id AS row_id, CASE WHEN status IN ('DONE', 'AUTO') AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 'deleted' WHEN status IN ('DONE', 'AUTO') AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) AND (content IS NOT NULL OR args IS NOT NULL OR phone NOT LIKE '%*%') THEN 'masked' ELSE 'stays' END AS fate, CASE WHEN created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END AS old
  FROM sms_inbox WITH (READUNCOMMITTED)
  WHERE id > ?
  ORDER BY id
  -- number, number, number, number, number, number, bigint

-- deleteInbox
DELETE
  FROM sms_inbox
  FROM sms_inbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status IN ('DONE', 'AUTO') AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) THEN 1 ELSE 0 END = 1
  -- list(n1), number, number

-- maskInbox
UPDATE sms_inbox
  SET phone = CASE WHEN phone LIKE '___________' THEN LEFT(phone, 3) + '****' + RIGHT(phone, 4) ELSE '****' END, content = NULL, keyword = NULL, args = NULL
  FROM sms_inbox WITH (ROWLOCK, FORCESEEK)
  WHERE id IN (SELECT n1
  FROM ?) AND CASE WHEN status IN ('DONE', 'AUTO') AND created_at < DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))) AND (content IS NOT NULL OR args IS NOT NULL OR phone NOT LIKE '%*%') THEN 1 ELSE 0 END = 1
  -- list(n1), number, number

-- care
-- keepingIn
SELECT (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT CAST(SYSDATETIME() AS DATETIME2(3)) AS a, c.keep_at AS b) m) AS keep_in
  FROM sms_mw_channel c
  WHERE c.name = ?
  -- string

-- planKeeping
UPDATE sms_mw_channel
  SET keep_at = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  WHERE name = ?
  -- number, number, string

-- takeTurn, to keep house
UPDATE sms_mw_channel
  SET keep_by = ?, keep_until = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3))))
  WHERE name = ? AND (keep_by IS NULL OR keep_by = ? OR keep_until IS NULL OR keep_until < CAST(SYSDATETIME() AS DATETIME2(3)) OR keep_until > DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))))
  -- string, number, number, string, string, number, number

-- statistics
SELECT t.stat_day, t.category, t.place, t.msg_type, t.status, COUNT(*) AS row_count, SUM(t.parts) AS parts, SUM(t.wait_ms) AS wait_ms, SUM(t.receipt_ms) AS receipt_ms
  FROM (SELECT CONVERT(VARCHAR(10), COALESCE(o.sent_at, o.created_at), 120) AS stat_day, o.category AS category, LEFT(o.phone_norm, 4) AS place, o.msg_type AS msg_type, o.status AS status, o.segments AS parts, CASE WHEN o.sent_at > (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) THEN (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT (SELECT MAX(e.t)
  FROM (VALUES (o.created_at), (COALESCE(o.send_at, o.created_at))) e(t)) AS a, o.sent_at AS b) m) ELSE 0 END AS wait_ms, CASE WHEN o.receipt_at > o.sent_at THEN (SELECT CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + DATEDIFF(MILLISECOND, CAST(CAST(m.b AS DATE) AS DATETIME2(3)), m.b) - DATEDIFF(MILLISECOND, CAST(CAST(m.a AS DATE) AS DATETIME2(3)), m.a)
  FROM (SELECT o.sent_at AS a, o.receipt_at AS b) m) ELSE 0 END AS receipt_ms
  FROM sms_outbox o WITH (READCOMMITTEDLOCK, READPAST)
  WHERE CONVERT(VARCHAR(10), COALESCE(o.sent_at, o.created_at), 120) >= ? AND CONVERT(VARCHAR(10), COALESCE(o.sent_at, o.created_at), 120) < ?) t GROUP BY t.stat_day, t.category, t.place, t.msg_type, t.status
  UNION ALL SELECT s.stat_day, s.category, s.carrier, s.msg_type, s.status, s.row_count, s.parts, s.wait_ms, s.receipt_ms
  FROM sms_mw_stats s
  WHERE s.stat_key >= ? AND s.stat_key < ?
  -- string, string, string, string

-- noteBalance
SELECT CONVERT(VARCHAR(10), CAST(SYSDATETIME() AS DATETIME2(3)), 120) AS today
  FROM (SELECT 1 AS one) x
  -- 

INSERT INTO sms_mw_balance (balance_day, balance) SELECT DISTINCT v.balance_day, v.balance
  FROM (SELECT t1 AS balance_day, n1 AS balance
  FROM ?) v
  WHERE NOT EXISTS (SELECT 1
  FROM sms_mw_balance x WITH (UPDLOCK, HOLDLOCK)
  WHERE x.balance_day = v.balance_day COLLATE Latin1_General_BIN2)
  -- list(t1 n1)

-- balances
SELECT b.balance_day AS balance_day, b.balance AS balance, CONVERT(VARCHAR(23), b.taken_at, 121) AS taken_at
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
  WHERE t.code IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

INSERT INTO sms_template (code, category, body, platform_template_id, enabled) SELECT v.code, v.category, v.body, v.platform_template_id, v.enabled
  FROM (SELECT t1 AS code, t2 AS category, t3 AS body, t4 AS platform_template_id, n1 AS enabled
  FROM ?) v
  -- list(t1 t2 t3 t4 n1)

-- putTemplates, replaced
SELECT t.code AS code
  FROM sms_template t
  WHERE t.code IN (SELECT t1 COLLATE Latin1_General_BIN2
  FROM ?)
  -- list(t1)

UPDATE sms_template
  SET category = ?, body = ?, platform_template_id = ?, enabled = ?
  WHERE code = ?
  -- string, string, null, number, string

-- override
UPDATE sms_mw_override
  SET reason = ?, until_at = DATEADD(MILLISECOND, CAST(CAST(? AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(? AS BIGINT) / 86400000 AS INT), CAST(SYSDATETIME() AS DATETIME2(3)))), set_at = CAST(SYSDATETIME() AS DATETIME2(3))
  WHERE rule_name = ?
  -- string, number, number, string
