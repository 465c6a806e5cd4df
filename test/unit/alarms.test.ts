import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlarmBook, type Memory } from '../../src/alarm/book.ts';
import { certificateEnds } from '../../src/alarm/certificate.ts';
import { DeliveryRate } from '../../src/alarm/delivery.ts';
import { mailWay } from '../../src/alarm/mail.ts';
import { CONDITIONS, type Condition, type Notice, type Way } from '../../src/alarm/notice.ts';
import { Post } from '../../src/alarm/post.ts';
import { smsWay } from '../../src/alarm/sms.ts';
import { AlarmWatch, type WatchParts } from '../../src/alarm/watch.ts';
import { webhookWay } from '../../src/alarm/webhook.ts';
import { checkConfig } from '../../src/config/check.ts';
import type { Config } from '../../src/config/settings.ts';
import { openStore } from '../../src/db/open.ts';
import type { DaemonRow, Store } from '../../src/db/store.ts';
import { DbError } from '../../src/lib/errors.ts';
import { makeCertificates } from '../../src/lib/certificate.ts';
import { fakeClock, type FakeClock } from '../support/clock.ts';
import { until } from '../support/daemon.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { mailEar, tlsEar, webhookEar, type Ear } from '../support/ears.ts';
import { recordedLog, type LogLine } from '../support/log.ts';
import { heartbeat } from '../support/rows.ts';
import { temporaryDir } from '../support/temporary.ts';
import { yxt } from '../support/yxt.ts';
import { writeConfig } from '../support/config-file.ts';

const HOUR_MS = 3_600_000;
const text = (en: string): { zh: string; en: string } => ({ zh: en, en });
const never = new AbortController().signal;

function keptText(): Memory {
  let kept: string | null = null;
  return { read: () => kept, write: (written) => void (kept = written) };
}

const OPTIONS: WatchParts['options'] = {
  ...{ checkEvery: 60_000, remindEvery: 4 * HOUR_MS, oldestAfter: 1_800_000, deliveryBelow: 95, balanceBelow: 1000 },
  ...{ balanceEvery: HOUR_MS, certificateDays: 30, diskBelow: 1, heartbeatAfter: 120_000 },
};

const daemonRow = (given: Partial<DaemonRow> = {}): DaemonRow => ({
  ...heartbeat({ identity: 'b' }),
  ...{ startedAt: '', heartbeatAt: '', silentMs: 0, waiting: 0, oldestWaitingMs: null, scheduled: 0 },
  ...given,
});

/** A world in which each condition can be made to hold, and to be over. */
class World {
  readonly clock: FakeClock = fakeClock();
  readonly told: Notice[] = [];
  readonly delivery = new DeliveryRate(this.clock);
  readonly lines: LogLine[];
  readonly book: AlarmBook;
  readonly watch: AlarmWatch;
  daemons: DaemonRow[] | DbError = [daemonRow()];
  closed: ReturnType<WatchParts['closed']> = null;
  unreached: ReturnType<WatchParts['closed']> = null;
  left: number | null = 5000;
  until = Infinity;
  memory: string | null;
  asked = 0;
  #beatAt = 0;

  constructor(options: Partial<WatchParts['options']> = {}, memory: string | null = null) {
    this.memory = memory;
    const { log, lines } = recordedLog();
    this.lines = lines;
    const all = { ...OPTIONS, ...options };
    const kept = { read: () => this.memory, write: (written: string) => void (this.memory = written) };
    this.book = new AlarmBook(this.clock, kept, all.remindEvery);
    this.watch = new AlarmWatch({
      ...{ options: all, clock: this.clock, log, book: this.book, delivery: this.delivery },
      ...{ identity: 'b', stateDir: tmpdir() },
      store: {
        daemons: () => {
          this.asked++;
          return this.daemons instanceof DbError ? Promise.reject(this.daemons) : Promise.resolve(this.daemons);
        },
      },
      beatAt: () => this.#beatAt,
      look: () => {
        const rows = this.daemons instanceof DbError ? [] : this.daemons;
        return {
          silentMs: Math.max(...rows.map(({ silentMs }) => silentMs)),
          oldestMs: Math.max(...rows.map(({ oldestWaitingMs }) => oldestWaitingMs ?? 0)),
        };
      },
      alone: () => !(this.daemons instanceof DbError) && this.daemons.length === 1,
      closed: () => this.closed,
      unreached: () => this.unreached,
      balance: () => Promise.resolve(this.left),
      certificates: () => Promise.resolve([{ what: text('the certificate'), until: this.until }]),
      tell: (notice) => void this.told.push(notice),
    });
  }

  async after(ms: number): Promise<string[]> {
    this.told.length = 0;
    this.clock.advance(ms);
    if (!(this.daemons instanceof DbError)) this.#beatAt = this.clock.mono();
    await this.watch.pass();
    return this.told.map(({ condition, state }) => `${condition} ${state}`);
  }
}

const lost = new DbError('lost', text('the database is gone'));

/** How each condition comes about, and how it is over. */
const COURSES: Readonly<
  Record<
    Condition,
    { begin: (w: World) => void; end: (w: World) => void; lasts?: number; options?: Partial<WatchParts['options']> }
  >
> = {
  channel: {
    begin: (w) => (w.closed = { code: '13', text: text('the package is used up') }),
    end: (w) => (w.closed = null),
  },
  database: { begin: (w) => (w.daemons = lost), end: (w) => (w.daemons = [daemonRow()]), lasts: 60_000 },
  oldest: {
    begin: (w) => (w.daemons = [daemonRow({ waiting: 7, oldestWaitingMs: 2_000_000 })]),
    end: (w) => (w.daemons = [daemonRow({ waiting: 7, oldestWaitingMs: 1000 })]),
  },
  delivery: {
    begin: (w) => w.delivery.add({ delivered: 90, undelivered: 10 }),
    end: (w) => w.delivery.add({ delivered: 900, undelivered: 0 }),
  },
  balance: { begin: (w) => (w.left = 999), end: (w) => (w.left = 1000), lasts: HOUR_MS },
  storm: { begin: (w) => w.watch.storm(text('too many to one phone')), end: (w) => w.clock.advance(HOUR_MS) },
  certificate: {
    begin: (w) => (w.until = w.clock.wall() + 20 * 86_400_000),
    end: (w) => (w.until = Infinity),
    lasts: 12 * HOUR_MS,
  },
  disk: { begin: () => undefined, end: () => undefined, options: { diskBelow: 2 ** 60 } },
  heartbeat: {
    begin: (w) => (w.daemons = [daemonRow(), daemonRow({ identity: 'c', instance: 'node-2', silentMs: 130_000 })]),
    end: (w) => (w.daemons = [daemonRow(), daemonRow({ identity: 'c', silentMs: 5000 })]),
  },
};

describe('what is watched', () => {
  for (const condition of CONDITIONS) {
    const { begin, end, lasts = 0, options = {} } = COURSES[condition];
    it(`${condition}: raised once, reminded of, and over`, async () => {
      const w = new World(options);
      if (condition !== 'disk') {
        assert.deepEqual(await w.after(24 * HOUR_MS), [], 'nothing wrong yet');
        assert.equal(w.asked, 0, 'nor was the database asked');
      }
      begin(w);
      await w.after(0);
      const first =
        condition === 'database' || condition === 'balance' || condition === 'certificate'
          ? await w.after(lasts)
          : w.told.map(({ condition: c, state }) => `${c} ${state}`);
      assert.deepEqual(first, [`${condition} raised`]);
      assert.deepEqual(await w.after(60_000), [], 'once');
      if (condition !== 'storm' && condition !== 'delivery') {
        assert.deepEqual(await w.after(4 * HOUR_MS), [`${condition} reminder`]);
      }
      if (condition === 'disk') return;
      end(w);
      assert.deepEqual(await w.after(lasts), [`${condition} cleared`]);
      assert.deepEqual(await w.after(60_000), []);
      const said = w.lines
        .filter(({ event }) => event === 'alarm')
        .map(({ level, state }) => `${level} ${String(state)}`);
      assert.deepEqual([said[0], said.at(-1)], ['error raised', 'info cleared']);
    });
  }

  it('disk: over once there is room', async () => {
    const full = new World({ diskBelow: 2 ** 60 });
    assert.deepEqual(await full.after(0), ['disk raised']);
    const roomy = new World({}, full.memory);
    assert.deepEqual(await roomy.after(0), ['disk cleared'], 'also by another process');
  });

  it('is over for what is no longer watched', async () => {
    const before = new World();
    before.daemons = [daemonRow({ waiting: 7, oldestWaitingMs: 2_000_000 })];
    assert.deepEqual(await before.after(0), ['oldest raised']);
    const after = new World({ oldestAfter: null }, before.memory);
    after.daemons = before.daemons;
    assert.deepEqual(await after.after(0), ['oldest cleared']);
    assert.deepEqual(await after.after(24 * HOUR_MS), []);
  });

  it('takes a channel that is closed for another reason for another trouble, and a short silence for none', async () => {
    const w = new World();
    w.unreached = { code: 'NOT_REACHED', text: text('refuses connections') };
    assert.deepEqual(await w.after(0), []);
    assert.deepEqual(await w.after(299_000), []);
    assert.deepEqual(await w.after(1000), ['channel raised']);
    w.closed = { code: '3', text: text('wrong password') };
    assert.deepEqual(await w.after(1000), ['channel raised']);
    assert.equal(w.told[0]?.text.en, 'wrong password');
    [w.closed, w.unreached] = [null, null];
    assert.deepEqual(await w.after(1000), ['channel cleared']);
    w.daemons = lost;
    assert.deepEqual([await w.after(0), await w.after(59_000)], [[], []]);
    w.daemons = [daemonRow()];
    assert.deepEqual(await w.after(5000), []);
  });

  it('does not tell of a backlog that a closed channel explains', async () => {
    const w = new World();
    w.daemons = [daemonRow({ waiting: 7, oldestWaitingMs: 1e9 })];
    w.closed = { code: 'CHANNEL_PAUSED', text: text('paused by hand') };
    assert.deepEqual(await w.after(0), ['channel raised']);
  });

  it('is told by one of several daemons, what only this one sees by itself', async () => {
    const w = new World();
    w.daemons = [daemonRow({ identity: 'a' }), daemonRow()];
    w.closed = { code: '13', text: text('used up') };
    w.watch.storm(text('too many'));
    assert.deepEqual(await w.after(0), ['storm raised']);
    assert.ok(
      w.lines.some(({ text: line }) => line.includes('used up')),
      'in its log all the same',
    );
    w.daemons = [daemonRow({ identity: 'a', silentMs: 100_000 }), daemonRow()];
    w.closed = null;
    assert.deepEqual(await w.after(1000), ['channel cleared'], 'the other one is silent');
  });

  it('is neither repeated nor forgotten by a restart', async () => {
    const before = new World();
    before.closed = { code: '13', text: text('used up') };
    assert.deepEqual(await before.after(0), ['channel raised']);
    const after = new World({}, before.memory);
    after.closed = before.closed;
    assert.deepEqual(await after.after(1000), []);
    after.closed = null;
    assert.deepEqual(await after.after(1000), ['channel cleared']);
  });

  it('goes on when the balance or the certificate cannot be asked', async () => {
    const w = new World();
    const failing = new AlarmWatch({
      ...({ options: OPTIONS, clock: w.clock, log: recordedLog().log, book: w.book, delivery: w.delivery } as const),
      ...{ identity: 'b', stateDir: tmpdir(), closed: () => null, unreached: () => null, alone: () => true },
      ...{ beatAt: () => w.clock.mono(), look: () => ({ silentMs: null, oldestMs: null }) },
      store: { daemons: () => Promise.resolve([daemonRow()]) },
      balance: () => Promise.reject(new Error('x')),
      certificates: () => Promise.reject(new Error('y')),
      tell: (notice) => void w.told.push(notice),
    });
    w.clock.advance(24 * HOUR_MS);
    assert.equal(await failing.pass(), OPTIONS.checkEvery);
    assert.deepEqual(w.told, []);
  });

  it('knows when certificates end: the platform’s and those in files', async () => {
    const dir = temporaryDir();
    const certificates = makeCertificates({ days: 20 });
    const server = await tlsEar(certificates);
    try {
      writeFileSync(join(dir, 'ca.pem'), certificates.ca);
      const tls = { ca: join(dir, 'ca.pem'), cert: null, key: null, minVersion: 'TLSv1.2' };
      const platform = { url: `https://127.0.0.1:${server.port}/sms/Api`, tls, proxy: null, connectTimeout: 5000 };
      const ends = await certificateEnds(platform as unknown as Config['platform']);
      assert.deepEqual(
        ends.map(({ what }) => what.en),
        [`the certificate of 127.0.0.1:${server.port}`, 'platform.tls.ca'],
      );
      for (const { until } of ends) assert.equal(Math.round((until - Date.now()) / 86_400_000), 20);
    } finally {
      await server.close();
    }
  });
});

const notice = (
  condition: Condition,
  state: 'raised' | 'reminder' | 'cleared' = 'raised',
  at = Date.now(),
): Notice => ({
  ...{ condition, state, since: at, at },
  text: text(`something about 13000000001 and 【brackets】`),
});

const WEBHOOK = { format: 'json', token: null, ca: null, allowInsecure: false } as const;
const MAIL = {
  tls: 'none',
  user: null,
  password: null,
  ca: null,
  from: 'yxt@gov.example',
  to: ['a@gov.example'],
} as const;

describe('ways of telling', () => {
  let hook: Awaited<ReturnType<typeof webhookEar>>;
  let mail: Ear;
  let db: FreshDatabase;
  let store: Store;
  before(async () => {
    [hook, mail, db] = [await webhookEar(), await mailEar(), await freshDatabase('sqlite')];
    store = await openStore(db.options);
  });
  after(async () => {
    await hook.close();
    await mail.close();
    await store.close();
    await db.drop();
  });
  beforeEach(async () => {
    for (const ear of [hook, mail]) {
      ear.heard.length = 0;
      ear.deaf = null;
    }
    await db.rawQuery('delete from sms_outbox');
  });
  const webhook = (more: Partial<Config['alarms']['webhook'] & { url: string }> = {}): Way =>
    webhookWay({ ...WEBHOOK, url: `http://127.0.0.1:${hook.port}/alarm?key=k-1`, ...more }, 'node-1', 'en');
  const byMail = (more: Partial<Config['alarms']['mail'] & { host: string }> = {}): Way =>
    mailWay({ ...MAIL, host: '127.0.0.1', port: mail.port, to: [...MAIL.to], ...more }, 'node-1', 'en');
  const sms = (usable = true): Way => smsWay(['13900000001', '13900000002'], store, () => usable, 'node-1', 'en');
  const rows = (): Promise<Record<string, unknown>[]> =>
    db.rawQuery('select phone, content, category, expire_at from sms_outbox order by id');

  for (const condition of CONDITIONS) {
    it(`${condition} is told by webhook, mail and SMS, but by SMS only where that can work`, async () => {
      for (const state of ['raised', 'reminder', 'cleared'] as const) {
        for (const way of [webhook(), byMail(), sms()]) await way.send(notice(condition, state), never);
      }
      const bodies = hook.heard.map((body) => JSON.parse(body) as Record<string, string>);
      assert.deepEqual(
        bodies.map((body) => [body['condition'], body['state']]),
        [
          [condition, 'raised'],
          [condition, 'reminder'],
          [condition, 'cleared'],
        ],
      );
      assert.match(bodies[0]?.['title'] ?? '', /^yxt-mw node-1 alarm: /);
      assert.match(bodies[2]?.['text'] ?? '', /^lasted \d.*\. It was: something/, 'nobody is told to do what is done');
      assert.equal(mail.heard.length, 3);
      assert.match(mail.heard[0] ?? '', /^From: yxt@gov\.example$[\s\S]*^Subject: yxt-mw node-1 alarm: /m);
      assert.doesNotMatch([...hook.heard, ...mail.heard].join(), /13000000001/);
      const written = await rows();
      assert.equal(written.length, condition === 'channel' || condition === 'database' ? 0 : 6);
    });
  }

  it('SMS are rows of their own category to every admin, that do not go out when it is too late', async () => {
    await sms().send(notice('balance'), never);
    const written = await rows();
    assert.deepEqual(
      written.map((row) => [row['phone'], row['category']]),
      [
        ['13900000001', 'ALARM'],
        ['13900000002', 'ALARM'],
      ],
    );
    assert.match(
      String(written[0]?.['content']),
      /^yxt-mw node-1 alarm: balance low something about 130\*\*\*\*0001 and brackets$/,
    );
    assert.notEqual(written[0]?.['expire_at'], null);
    await sms(false).send(notice('balance'), never);
    assert.equal((await rows()).length, 2, 'nothing while the channel lets nothing out');
  });

  it('a webhook carries its token, and speaks as robots of WeCom and DingTalk want it', async () => {
    await webhook({ token: 't-1' }).send(notice('disk'), never);
    const [request] = hook.requests.slice(-1);
    assert.deepEqual([request?.headers.authorization, request?.url], ['Bearer t-1', '/alarm?key=k-1']);
    await webhook({ format: 'robot' }).send(notice('disk'), never);
    const spoken = JSON.parse(hook.heard.at(-1) ?? '') as { msgtype: string; text: { content: string } };
    assert.equal(spoken.msgtype, 'text');
    assert.match(spoken.text.content, /^yxt-mw node-1 alarm: disk low\n/);
    const refusing = await webhookEar('{"errcode":93000,"errmsg":"invalid webhook"}');
    try {
      const way = webhook({ format: 'robot', url: `http://127.0.0.1:${refusing.port}/?key=k-2` });
      await assert.rejects(way.send(notice('disk'), never), /^(?!.*k-2).*errcode 93000/);
    } finally {
      await refusing.close();
    }
  });

  it('mail goes by STARTTLS where that is wanted, to a server whose certificate is trusted and to no other', async () => {
    const dir = temporaryDir();
    const certificates = makeCertificates();
    const secured = await mailEar(certificates);
    try {
      const ca = join(dir, 'ca.pem');
      writeFileSync(ca, certificates.ca);
      await byMail({ port: secured.port, tls: 'starttls', ca }).send(notice('disk'), never);
      assert.equal(secured.heard.length, 1);
      await assert.rejects(
        byMail({ port: secured.port, tls: 'starttls' }).send(notice('disk'), never),
        /alarms\.mail .*certificate is trusted/,
      );
      await assert.rejects(byMail({ tls: 'starttls' }).send(notice('disk'), never), /see tls, user/, 'no TLS, no mail');
      assert.equal(mail.heard.length, 0);
    } finally {
      await secured.close();
    }
  });

  it('what could not be told before a restart is told after it, once', async () => {
    const { log } = recordedLog();
    const [clock, memory] = [fakeClock(), keptText()];
    const started = (): { post: Post; end: () => Promise<void> } => {
      const stop = new AbortController();
      const post = new Post({ way: webhook(), clock, log, memory });
      const running = post.run(stop.signal);
      return { post, end: () => (stop.abort(), running) };
    };
    hook.deaf = 503;
    const tries = hook.requests.length;
    const first = started();
    first.post.put(notice('disk', 'raised', clock.wall()));
    await until('it was tried', () => hook.requests.length > tries);
    await first.end();
    hook.deaf = null;
    const second = started();
    await until('nothing is kept', () => memory.read() === '[]');
    await second.end();
    assert.equal(hook.heard.length, 1);
  });

  it('one that fails is said once and tried again, and the others do not wait for it', async () => {
    const stop = new AbortController();
    const { log, lines } = recordedLog();
    const clock = fakeClock();
    const retry = { firstMs: 20, mostMs: 20 };
    const posts = [webhook(), byMail()].map((way) => new Post({ way, clock, log, retry, memory: keptText() }));
    const running = posts.map((post) => post.run(stop.signal));
    hook.deaf = 503;
    const all = [notice('disk', 'raised', clock.wall()), notice('disk', 'cleared', clock.wall())];
    for (const each of all) for (const post of posts) post.put(each);
    await mail.told(2);
    const tries = hook.requests.length;
    await until('it was tried again', () => hook.requests.length >= tries + 3);
    assert.equal(hook.heard.length, 0);
    hook.deaf = null;
    await hook.told(2);
    assert.deepEqual(
      hook.heard.map((body) => (JSON.parse(body) as { state: string }).state),
      ['raised', 'cleared'],
    );
    await until('its end is said', () => lines.length >= 2);
    stop.abort();
    await Promise.all(running);
    assert.deepEqual(
      lines.map(({ level, event }) => `${level} ${event}`),
      ['warn alarm.webhook', 'info alarm.webhook'],
    );
    assert.match(lines[0]?.text ?? '', /alarms\.webhook.*HTTP 503/);
    assert.doesNotMatch(lines.map(({ text: line }) => line).join(), /k-1/);
  });
});

describe('yxt-mw alarm test', () => {
  it('tells a test by every way, and says which of them does not work', async () => {
    const dir = temporaryDir();
    const [hook, mail, db] = [await webhookEar(), await mailEar(), await freshDatabase('sqlite')];
    try {
      const call = (values: Record<string, unknown>): ReturnType<typeof yxt> => {
        const file = writeConfig(dir, { 'database.connection': db.options.connection, ...values });
        return yxt(['alarm', 'test', '--config', file]);
      };
      assert.match((await call({})).out, /no way is configured/);
      const values = {
        ...{ 'alarms.webhook.url': `http://127.0.0.1:${hook.port}/`, 'alarms.sms.phones': ['13900000001'] },
        ...{ 'alarms.mail.host': '127.0.0.1', 'alarms.mail.port': mail.port, 'alarms.mail.tls': 'none' },
        'alarms.mail.to': ['a@gov.example'],
      };
      const all = await call(values);
      assert.deepEqual(
        [all.code, all.out.split('\n').map((line) => line.split(':')[0])],
        [0, ['webhook', 'mail', 'sms']],
      );
      const { condition, state } = JSON.parse(hook.heard[0] ?? '') as Record<string, string>;
      assert.deepEqual([condition, state], ['test', 'test'], 'nothing that a receiver could take for a trouble');
      assert.match(mail.heard[0] ?? '', /^Subject: yxt-mw \S+ test of alarms$/m);
      const [row] = await db.rawQuery('select category, content from sms_outbox');
      assert.match(
        `${String(row?.['category'])} ${String(row?.['content'])}`,
        /^ALARM yxt-mw \S+ test of alarms this is a test/,
      );
      hook.deaf = 500;
      const some = await call(values);
      assert.equal(some.code, 1);
      assert.match(some.out, /^webhook: HTTP 500\. It answers and does not take it: see url, token.*\nmail: taken/);
      const gone = await webhookEar();
      await gone.close();
      const none = await call({ ...values, 'alarms.webhook.url': `http://127.0.0.1:${gone.port}/` });
      assert.match(none.out, /^webhook: ECONNREFUSED\. See that alarms\.webhook\.url can be reached from here/);
    } finally {
      await hook.close();
      await mail.close();
      await db.drop();
    }
  });
});

describe('configuration of alarms', () => {
  const problemsOf = (values: Record<string, unknown>): string[] => {
    const file = writeConfig(temporaryDir(), values);
    return checkConfig(file, { YXT_PASSWORD: 'x' }).problems.map(({ path, message }) => `${path}: ${message.en}`);
  };

  it('refuses what would tell nobody, or everybody', () => {
    assert.match(
      problemsOf({ 'alarms.webhook.url': 'http://hook.gov.example/' })[0] ?? '',
      /^alarms\.webhook\.url: must be https/,
    );
    const local = {
      'alarms.webhook.url': 'http://127.0.0.1:1/',
      'alarms.mail.host': 'localhost',
      'alarms.mail.tls': 'none',
    };
    assert.deepEqual(problemsOf({ ...local, 'alarms.mail.to': ['a@gov.example'] }), []);
    assert.match(problemsOf(local)[0] ?? '', /^alarms\.mail\.to: with a host there must be recipients/);
    const far = {
      'alarms.mail.host': 'mail.gov.example',
      'alarms.mail.tls': 'none',
      'alarms.mail.to': ['a@gov.example'],
    };
    assert.match(problemsOf(far)[0] ?? '', /^alarms\.mail\.tls/);
    assert.match(problemsOf({ 'alarms.sms.phones': ['12345'] })[0] ?? '', /^alarms\.sms\.phones/);
  });
});
