import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommandLine } from '../support/command-line.ts';
import { freshDatabase, needDatabase } from '../support/databases.ts';

describe('command line, as real processes: doctor', function () {
  this.timeout(120_000);
  const at = CommandLine.suite();

  it('status and doctor tell of rows that no claim sees, and of receipts without a row', async () => {
    const ddl = (await at.ok('schema', 'print'))
      .replaceAll(/--.*$/gm, '')
      .replace(/^ *CONSTRAINT sms_outbox_ck_status CHECK \(.*\),$/m, '');
    const db = new DatabaseSync(path.join(at.dir, 'yxt.db'));
    db.exec(ddl);
    const before = await at.run(['status']);
    assert.doesNotMatch(before.out, /never be sent|parked/);
    db.exec("INSERT INTO sms_outbox (phone, content, status) VALUES ('13000000001', 'x', 'READY')");
    db.exec("INSERT INTO sms_mw_receipt (serial_no, phone, code) VALUES ('1', '13000000001', '0')");
    db.close();
    const status = await at.run(['status']);
    assert.match(status.out, /! 1 row will never be sent[\s\S]*parked +1, receipts that match no row yet/);
    const { rows } = await at.json<{ rows: { unseen: number; parked: number } }>('status');
    assert.deepEqual([rows.unseen, rows.parked], [1, 1]);
    assert.match((await at.run(['doctor'])).out, /warn +outbox +1 row will never be sent/);
  });

  it('keeps the SQLite file to itself, and doctor says when it is open to others', async () => {
    at.configure({ 'database.connection': './data/sub/yxt.db' });
    await at.ok('schema', 'apply');
    const file = path.join(at.dir, 'data/sub/yxt.db');
    assert.deepEqual(
      [file, path.dirname(file)].map((each) => statSync(each).mode & 0o777),
      [0o600, 0o700],
    );
    assert.doesNotMatch((await at.run(['doctor'])).out, /other users of this machine/);
    chmodSync(file, 0o644);
    chmodSync(path.dirname(file), 0o755);
    assert.match(
      (await at.run(['doctor'])).out,
      /warn +database +other users of this machine can read .*\n +→ chmod o-rwx/,
    );
  });

  it('doctor says what is wrong with the password, the certificate and the database', async () => {
    await at.tables();
    const password = await at.run(['doctor'], { YXT_PASSWORD: 'wrong' });
    assert.equal(password.code, 1);
    assert.match(password.out, /FAIL +account +the balance call got 3: wrong password\n +→ Check platform\.password/);
    at.configure({ 'platform.tls.ca': null });
    const certificate = await at.run(['doctor']);
    assert.equal(certificate.code, 1);
    assert.match(certificate.out, /FAIL +TLS .*not trusted/);
    at.configure({ 'database.connection': './no/such/folder/yxt.db' });
    const { code, out } = await at.run(['doctor', '--json']);
    assert.equal(code, 1);
    const { ok: well, findings } = JSON.parse(out) as {
      ok: boolean;
      findings: { level: string; check: { en: string } }[];
    };
    assert.equal(well, false);
    assert.ok(findings.some(({ level, check }) => level === 'fail' && check.en === 'database'));
    at.configure({ 'outbox.batchSize': 0 });
    assert.equal((await at.run(['doctor'])).code, 2);
  });

  it('doctor looks at a MariaDB: charset, durability, needless rights, a refused login', async function () {
    await needDatabase('mysql', this);
    const fresh = await freshDatabase('mysql');
    try {
      const { connection } = fresh.options;
      assert.ok(typeof connection === 'object');
      const { host, port = null, user, database, password = '' } = connection;
      const where = Object.entries({ host, port, user, database });
      at.configure(Object.fromEntries(where.map(([key, value]) => [`database.connection.${key}`, value])), 'mysql');
      const login = { YXT_DB_PASSWORD: password };
      const well = await at.run(['doctor'], login);
      assert.equal(well.code, 0, well.out);
      assert.match(well.out, /ok +charset +测试𠮷？/);
      assert.match(well.out, /ok +durability +innodb_flush_log_at_trx_commit=1/);
      assert.match(well.out, /warn +privileges .*ALL PRIVILEGES/);
      await fresh.rawQuery('ALTER TABLE sms_inbox MODIFY content VARCHAR(1000) CHARACTER SET gbk NULL');
      assert.match((await at.run(['doctor'], login)).out, /FAIL +charset .*sms_inbox\.content gbk/);
      const refused = await at.run(['doctor'], { YXT_DB_PASSWORD: 'wrong' });
      assert.equal(refused.code, 1);
      assert.match(refused.out, /FAIL +database .*refused the login/);
      assert.match(refused.out, /skip +account +the platform was not called/);
    } finally {
      await fresh.drop();
    }
  });
});
