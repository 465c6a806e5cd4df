import { openEngine } from '../../src/db/open.ts';
import type { StoreOptions } from '../../src/db/options.ts';
import { raw, sql } from '../../src/db/sql.ts';

// The bare loop beside which the queue's speed is reported: batches of 500 from NEW to SENDING to SENT in plain SQL on one
// connection, no record of the submission, no lease, no check. Run as a process of its own with the database's options as JSON;
// prints rows per second.
const BATCH = 500;
const options = JSON.parse(process.argv[2] ?? '') as StoreOptions;
const engine = openEngine({ ...options, poolSize: 1 });
const { dialect } = engine;
const now = dialect.now;

let rows = 0;
await engine.version();
const from = performance.now();
for (;;) {
  const found = await engine.all(
    dialect.limited(
      sql`SELECT ${dialect.idText(raw('id'))} AS id, phone, content FROM sms_outbox
      WHERE status = 'NEW' AND eff_priority = 5 AND due_at <= ${now}`,
      BATCH,
      raw('due_at, id'),
    ),
  );
  if (found.length === 0) break;
  const ids = dialect.inList(
    raw('id'),
    'id',
    found.map((row) => String(row['id'])),
  );
  await engine.run(
    sql`UPDATE sms_outbox SET status = 'SENDING', claim_token = ${'bare'} WHERE ${ids} AND status = 'NEW'`,
  );
  await engine.run(
    sql`UPDATE sms_outbox SET status = 'SENT', claim_token = NULL, result_code = '0', serial_no = ${'12345678901234567890'},
      task_id = ${'229100000001'}, sent_at = ${now}, attempts = 1 WHERE ${ids}`,
  );
  rows += found.length;
}
process.stdout.write(String(rows / ((performance.now() - from) / 1000)));
await engine.close();
