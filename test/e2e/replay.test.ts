import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/db/open.ts';
import type { RecordedEvent } from '../../src/simulator/recording.ts';
import { message } from '../contract/life.ts';
import { type Ended, launch } from '../support/command-line.ts';
import { until } from '../support/daemon.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { temporaryDir } from '../support/temporary.ts';
import { writeConfig } from '../support/config-file.ts';

const [PHONE, OTHER] = ['13800130001', '13800130002'];
const TEXT = '张三您好，验证码 483920，Abc。';

describe('a recorded day', function () {
  this.timeout(60_000);
  let database: FreshDatabase;
  let dir = '';
  let child: ChildProcess | null = null;
  beforeEach(async () => {
    database = await freshDatabase('sqlite');
    dir = temporaryDir();
    configure('https://127.0.0.1:9600/sms/Api');
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await database.drop();
  });

  function configure(url: string): void {
    const values = {
      ...{ 'database.connection': database.options.connection, 'platform.url': url },
      'queryOptions.legacyKeywords': ['SBYE'],
    };
    writeConfig(dir, values);
  }
  const yxt = (...argv: string[]): Promise<Ended> => launch(dir, argv).ended;
  const eventsOf = (file: string): RecordedEvent[] =>
    readFileSync(join(dir, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RecordedEvent);

  async function fill(): Promise<void> {
    for (const [phone, content, category] of [
      [PHONE, TEXT, 'CODE'],
      [OTHER, TEXT, 'CODE'],
      [PHONE, TEXT.replace('483920', '483921'), 'CODE'],
      [PHONE, '很久以前', 'NOTICE'],
    ]) {
      await database.rawQuery('INSERT INTO sms_outbox (phone, content, category) VALUES (?, ?, ?)', [
        ...[phone ?? '', content ?? '', category ?? ''],
      ]);
    }
    await database.rawQuery("UPDATE sms_outbox SET created_at = '2020-01-01 00:00:00' WHERE content = '很久以前'");
    const store = await openStore(database.options);
    await store.storeInbox([message('k1', { phone: PHONE, content: 'sbye#6222000000000001' })]);
    await store.close();
  }

  it('stands in the file with other phones and texts of the same kind, keywords kept', async () => {
    await fill();
    assert.deepEqual(await yxt('simulator', '--record', 'day.jsonl'), {
      ...{ code: 0, out: 'day.jsonl: 4 events\n', err: '' },
    });
    assert.equal(statSync(join(dir, 'day.jsonl')).mode & 0o077, 0);
    const events = eventsOf('day.jsonl');
    const inserts = events.flatMap((event) => ('insert' in event ? [event.insert] : []));
    const [first, second, third] = inserts;
    assert.ok(first && second && third && inserts.length === 3);
    assert.deepEqual([first.phone, second.phone, third.phone], [third.phone, second.phone, first.phone]);
    assert.notEqual(first.phone, second.phone);
    assert.match(first.phone, /^1300000\d{4}$/);
    assert.equal(first.content, second.content);
    assert.notEqual(first.content, third.content);
    assert.match(first.content, /^\p{sc=Han}{4}，\p{sc=Han}{3} \d{6}，[A-Z][a-z]{2}。$/u);
    assert.equal(first.category, 'CODE');
    const mo = events.find((event) => 'mo' in event)?.mo;
    assert.match(mo?.content ?? '', /^sbye#\d{16}$/);
    assert.equal(mo?.phone, first.phone);
    const whole = readFileSync(join(dir, 'day.jsonl'), 'utf8');
    assert.doesNotMatch(whole, /1380013|张三|483920|6222000000000001/);
    // and is not overwritten
    assert.equal((await yxt('simulator', '--record', 'day.jsonl')).code, 2);
  });

  it('is played by the simulator, rows only where that is asked for and nothing can go out', async () => {
    const day: RecordedEvent[] = [
      { at: 0, insert: { phone: '13000000001', content: '一' } },
      { at: 20, mo: { phone: '13000000002', content: 'SBYE#1', ext: '7' } },
      { at: 40, insert: { phone: '13000000001', content: '二', priority: 0 } },
    ];
    writeFileSync(join(dir, 'day.jsonl'), day.map((event) => JSON.stringify(event)).join('\n'));
    const rows = (): Promise<unknown[]> =>
      database.rawQuery('SELECT content, priority, source FROM sms_outbox ORDER BY id');
    const play = async (...more: string[]): Promise<unknown> => {
      const args = ['--json', 'simulator', '--port', '0', '--control-port', '0', '--replay', 'day.jsonl', ...more];
      const own = launch(dir, args);
      child = own.child;
      await until('it is over', () => own.said().split('\n').length > 2);
      const [address = '', over = ''] = own.said().split('\n');
      const { control } = JSON.parse(address) as { control: string };
      const stats = (await (await fetch(`${control}/stats`)).json()) as { unconfirmedMo: number };
      assert.equal(stats.unconfirmedMo, 1);
      child.kill('SIGTERM');
      assert.equal((await own.ended).code, 0);
      return (JSON.parse(over) as { replayed: unknown }).replayed;
    };
    assert.deepEqual(await play('--speed', '100'), { messages: 1, rows: 0, passedOver: 2 });
    assert.deepEqual(await rows(), []);
    const began = performance.now();
    assert.deepEqual(await play('--speed', '40', '--insert'), { messages: 1, rows: 2, passedOver: 0 });
    assert.ok(performance.now() - began >= 1000);
    assert.deepEqual(
      (await rows()).map((row) => ({ ...(row as object) })),
      [
        { content: '一', priority: 5, source: 'yxt-mw replay' },
        { content: '二', priority: 0, source: 'yxt-mw replay' },
      ],
    );
    configure('https://sms.example.cn:9600/sms/Api');
    const refused = await yxt('simulator', '--replay', 'day.jsonl', '--insert');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /really be sent/);
    assert.equal((await yxt('simulator', '--insert')).code, 2);
  });

  it('is refused with its line where it makes no sense, and nothing of it is repeated', async () => {
    writeFileSync(
      join(dir, 'day.jsonl'),
      '{"at":0,"mo":{"phone":"13000000001","content":"a"}}\n\n{"at":1,"text":"秘密"}\n',
    );
    const { code, err } = await yxt('simulator', '--replay', 'day.jsonl');
    assert.equal(code, 2);
    assert.match(err, /day\.jsonl, line 3/);
    assert.doesNotMatch(err, /秘密/);
  });
});
