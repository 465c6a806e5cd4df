import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { needBrowser } from '../support/browser.ts';
import { type DaemonPlace, daemonPlace, type RunningDaemon, until } from '../support/daemon.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { httpBench, TOKEN } from '../support/http.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';
import { yxt } from '../support/yxt.ts';
import { freePort } from '../support/free-port.ts';

/** Where pictures of the page are kept; none: nowhere. */
const SHOTS = process.env['YXT_SHOTS'];

const [ZHANG, LI] = ['zhang-token-0123456789', 'li-token-0123456789abc'];

const WIDE = { viewport: { width: 1440, height: 900 }, locale: 'zh-CN' };
const PHONE = { viewport: { width: 390, height: 844 }, locale: 'zh-CN', deviceScaleFactor: 2 };
const WALL = { viewport: { width: 1920, height: 1080 }, locale: 'en-US' };

describe('page in a browser, of a real daemon', function () {
  this.timeout(90_000);
  let browser: Browser | undefined;
  let database: FreshDatabase;
  let simulator: SimulatorHandle;
  let place: DaemonPlace;
  let daemon: RunningDaemon;
  let url: string;
  const faults: string[] = [];
  const asked: string[] = [];

  before(async function () {
    browser = await needBrowser(this);
    simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 100, latencyMs: 5 } });
    database = await freshDatabase('sqlite');
    await fill(database);
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    place = daemonPlace(database, simulator, {
      instance: 'hall-1',
      'http.enabled': true,
      'http.port': port,
      'http.token': TOKEN,
      'http.tokens': { zhang: { token: ZHANG, role: 'operate' }, li: { token: LI } },
      'outbox.ratePerSecond': 200,
    });
    daemon = place.start();
    await daemon.said('http.listening');
  });
  after(async () => {
    await browser?.close();
    if (browser === undefined) return;
    await place.remove();
    await database.drop();
    await simulator.stop();
  });

  async function open(options: BrowserContextOptions): Promise<Page> {
    assert.ok(browser);
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' && !/401/.test(message.text())) faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    return page;
  }
  async function signedIn(options: BrowserContextOptions, token = TOKEN): Promise<Page> {
    const page = await open(options);
    await page.fill('#token', token);
    await page.click('#login button');
    await page.waitForSelector('#tiles .tile');
    await page.waitForSelector('#hours svg');
    return page;
  }
  async function shot(page: Page, name: string): Promise<void> {
    if (SHOTS === undefined) return;
    await page.mouse.move(0, 0);
    mkdirSync(SHOTS, { recursive: true });
    const asked = await page.isVisible('#dialog'); // what lies behind it is dimmed as far as the window goes
    await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: !asked });
  }
  const tile = (page: Page, name: string): Promise<string | null> =>
    page.textContent(`.tile:has(span:text-is("${name}")) b`);
  const waiting = async (page: Page, n: string): Promise<void> =>
    until(`${n} rows wait`, async () => (await tile(page, '等待发送')) === n, 30_000);
  const close = (page: Page): Promise<void> => page.context().close();

  it('refuses a wrong token, and keeps none', async () => {
    const page = await open(WIDE);
    await shot(page, 'login');
    await page.fill('#token', '令牌');
    await page.click('#login button');
    await page.waitForSelector('#refused:text("全角字符")');
    await shot(page, 'login-unusable');
    await page.fill('#token', 'wrong-token-0123456789');
    await page.click('#login button');
    await page.waitForSelector('#refused:text("令牌不对")');
    assert.equal(await page.isVisible('#board'), false);
    assert.equal(await page.evaluate('sessionStorage.length + localStorage.length'), 0);
    await close(page);
  });

  it('shows how things are, in both languages, on a phone and on a wall', async () => {
    const page = await signedIn(WIDE);
    await page.waitForSelector('.badge.good:text("运行正常")');
    assert.match((await page.textContent('#problems')) ?? '', /STORM.*防刷闸/);
    assert.match((await page.textContent('#daemons')) ?? '', /hall-1.*RUNNING/);
    assert.equal((await page.$$('#days svg .touch')).length, 31);
    await shot(page, 'wide');
    await page.reload();
    await page.waitForSelector('#tiles .tile', { timeout: 5000 });
    await page.click('#language');
    await page.waitForSelector('.badge:text("running well")');
    assert.match((await page.textContent('#problems')) ?? '', /storm brake/);
    assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
    await page.click('#leave');
    await page.waitForSelector('#login');
    assert.equal(await page.evaluate('sessionStorage.length'), 0);
    await close(page);
    for (const [name, options] of [
      ['phone', PHONE],
      ['english-wall', WALL],
      ['dark', { ...WIDE, colorScheme: 'dark' }],
    ] as const) {
      // prettier-ignore
      const other = await signedIn(options);
      assert.equal(await other.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, name);
      await shot(other, name);
      await close(other);
    }
  });

  it('pauses and resumes after a question, and follows what happens without being loaded again', async () => {
    const page = await signedIn(WIDE);
    await page.click('#pause');
    await page.click('#no');
    assert.equal((await simulator.stats()).accepted, 0);
    await page.click('#pause');
    await page.fill('#reason', '演练');
    await shot(page, 'pause');
    await page.click('#yes');
    await page.waitForSelector('.badge.bad:text("通道关闭")');
    assert.match((await page.textContent('#alarm')) ?? '', /人工暂停：演练/);
    for (let i = 0; i < 7; i++) await insert(`通知第${i}号`, { category: i < 4 ? 'NOTICE' : 'CARD' });
    await waiting(page, '7');
    await page.waitForSelector('#backlog td:text("CARD")');
    const daemons = page.locator('#daemons');
    await daemons.getByText('通道已被人工暂停：演练').waitFor(); // the daemon itself writes English
    await shot(page, 'paused');
    await page.click('#language');
    await daemons.getByText('the channel was paused by hand: 演练').waitFor();
    await page.click('#language');
    await page.click('#resume');
    await page.click('#yes');
    await page.waitForSelector('.badge.good');
    await waiting(page, '0');
    assert.equal((await simulator.waitFor((s) => s.accepted >= 7)).accepted, 7);
    assert.match(daemon.log(), /"event":"admin\.pause".*admin 127\.0\.0\.1/);
    assert.match(daemon.log(), /"event":"admin\.resume"/);
    await close(page);
  });

  it('tells a row’s story, without its number and text, and releases it after a question', async () => {
    const page = await signedIn(WIDE);
    const held = page.locator('#problems tr', { hasText: 'STORM' });
    await held.locator('button.link').first().click();
    await page.waitForSelector('#story .why');
    const story = (await page.textContent('#story')) ?? '';
    assert.match(story, /HELD.*139\*{4}\d{4}.*防刷闸/);
    assert.doesNotMatch(await page.content(), /13900000\d{3}|机密/);
    await shot(page, 'story');
    const id = await page.inputValue('#id');
    await page.locator('#story button', { hasText: '放行' }).click();
    await page.click('#yes');
    await until('it is sent', async () => {
      const [row] = await database.rawQuery('SELECT status FROM sms_outbox WHERE id = ?', [id]);
      return row?.['status'] === 'SENT' || row?.['status'] === 'DELIVERED';
    });
    assert.match(daemon.log(), new RegExp(`"event":"admin\\.release".*"row":"${id}"`));
    await close(page);
  });

  it('tells a row’s story in the reader’s language, with what the row says as it was written below', async () => {
    await insert('告知😀', { status: 'REJECTED', result_code: 'UNENCODABLE', result_text: 'GBK 没有这些字符：😀' });
    const [row] = await database.rawQuery("SELECT MAX(id) AS id FROM sms_outbox WHERE result_code = 'UNENCODABLE'");
    const page = await signedIn(WALL);
    await page.fill('#id', String(row?.['id']));
    await page.click('#find button');
    await page.waitForSelector('#story .why:has-text("UNENCODABLE (the text has characters")');
    await page.waitForSelector('#story p:text-is("Row says: GBK 没有这些字符：😀")');
    await shot(page, 'story-english');
    await close(page);
  });

  it('discards and releases all that is held for one cause, after a question that says how many', async () => {
    const page = await signedIn(WIDE);
    const group = (code: string) => page.locator('#problems tr', { hasText: `HELD ${code}` });
    const statuses = async (code: string): Promise<string> =>
      (await database.rawQuery('SELECT DISTINCT status FROM sms_outbox WHERE result_code = ?', [code]))
        .map((row) => String(row['status']))
        .join(' ');
    await database.rawQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
      INSERT INTO sms_outbox (phone, content, status, result_code) SELECT '13000000001', 'x', 'HELD', 'STALE' FROM n`);
    await group('STALE').waitFor();
    await group('STALE').getByText('全部弃发').click();
    await page.waitForSelector('#question:text("全部 1,200 行")');
    await shot(page, 'discard-all');
    await page.click('#no');
    assert.equal(await statuses('STALE'), 'HELD', 'not without a yes');
    await group('STALE').getByText('全部弃发').click();
    await page.waitForSelector('#question:text("全部 1,200 行")');
    await page.click('#yes');
    await page.waitForSelector('#question:text("已弃发 1,200 行")');
    await shot(page, 'discarded-all');
    await page.click('#yes');
    assert.equal(await statuses('STALE'), 'CANCELLED');
    await group('STALE').waitFor({ state: 'detached' });
    await database.rawQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7)
      INSERT INTO sms_outbox (phone, content, status, biz_id) SELECT '13000000001', 'x', 'HELD', 'by hand' FROM n`);
    await group('').filter({ hasText: '没有写明原因' }).getByText('全部弃发').click();
    await page.waitForSelector('#question:text("没有写明原因、等人处理的全部 7 行不再发送")');
    await shot(page, 'discard-all-by-hand');
    await page.click('#yes');
    await page.waitForSelector('#question:text("已弃发 7 行")');
    await page.click('#yes');
    const byHand = await database.rawQuery("SELECT DISTINCT status FROM sms_outbox WHERE biz_id = 'by hand'");
    assert.deepEqual(byHand.map((row) => row['status']), ['CANCELLED']); // prettier-ignore
    await database.rawQuery(
      "UPDATE sms_outbox SET serial_no = '20261123000000000001' WHERE result_code = 'OUTCOME_UNKNOWN'",
    );
    await page.click('#language');
    await group('OUTCOME_UNKNOWN').getByText('Release all').click();
    await page.waitForSelector('#question:text("all 2 rows")');
    assert.match((await page.textContent('#question')) ?? '', /2 rows of these may have gone out before/);
    await shot(page, 'release-all');
    await page.click('#yes');
    await page.waitForSelector('#question:text("2 rows released")');
    await page.click('#yes');
    assert.match(
      daemon.log(),
      /"event":"admin\.discard".*"code":"STALE".*"changed":1000[\s\S]*"code":"STALE".*"changed":200/,
    );
    const { out } = await yxt(['audit', 'list', '--config', place.configFile]);
    assert.match(out, /page:admin 127\.0\.0\.1 +discard +code=- statuses=HELD changed=7$/m);
    assert.match(out, /page:admin 127\.0\.0\.1 +release +code=OUTCOME_UNKNOWN statuses=HELD changed=2$/m);
    await close(page);
  });

  it('says who has signed in; who may only look sees all of it, and no button', async () => {
    const page = await signedIn(WIDE, LI);
    await page.waitForSelector('#you:text("li（只可查看）")');
    const held = page.locator('#problems tr', { hasText: 'HELD STORM' });
    await held.locator('button.link').first().click();
    await page.waitForSelector('#story .why');
    assert.equal(await page.locator('#pause:visible, #resume:visible, .deeds:visible').count(), 0);
    await shot(page, 'read-only');
    await page.click('#leave');
    await page.fill('#token', ZHANG);
    await page.click('#login button');
    await page.waitForSelector('#you:text-is("zhang")');
    await held.getByText('全部弃发').waitFor();
    await page.click('#pause');
    await page.fill('#reason', '换人');
    await page.click('#yes');
    await page.waitForSelector('.badge.bad:text("通道关闭")');
    await shot(page, 'person');
    await page.click('#resume');
    await page.click('#yes');
    await page.waitForSelector('.badge.good');
    const { out } = await yxt(['audit', 'list', '--config', place.configFile]);
    assert.match(out, /page:zhang 127\.0\.0\.1 +pause +reason=换人$/m);
    assert.match(out, /page:zhang 127\.0\.0\.1 +resume *$/m);
    await close(page);
    const phone = await signedIn(PHONE, LI);
    assert.equal(await phone.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
    await shot(phone, 'read-only-phone');
    await close(phone);
  });

  it('keeps a long word within a phone’s width', async () => {
    const page = await signedIn(PHONE);
    await page.click('#pause');
    await page.fill('#reason', 'x'.repeat(200));
    await page.click('#yes');
    await page.waitForSelector('.badge.bad');
    await page.waitForSelector('#daemons td:has-text("xxxx")', { timeout: 15_000 });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
    await shot(page, 'long-word');
    await page.click('#resume');
    await page.click('#yes');
    await page.waitForSelector('.badge.good');
    await close(page);
  });

  it('has asked nobody but the daemon, has never put the token into an address, and broke no rule', () => {
    assert.ok(asked.length > 20);
    assert.deepEqual(asked.filter((each) => !each.startsWith(url) && !each.startsWith('data:')), []); // prettier-ignore
    assert.deepEqual(asked.filter((each) => [TOKEN, ZHANG, LI].some((token) => each.includes(token)) || each.includes('?')), []); // prettier-ignore
    assert.deepEqual(faults, []);
  });

  const insert = (content: string, more: Record<string, string> = {}): Promise<unknown> => {
    const columns = { phone: '13000000001', content, ...more };
    const names = Object.keys(columns);
    return database.rawQuery(
      `INSERT INTO sms_outbox (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      Object.values(columns),
    );
  };
});

describe('page beside a million ended rows', function () {
  this.timeout(180_000);

  it('is as quick as without them', async () => {
    const bench = await httpBench();
    try {
      await bench.db.rawQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
        INSERT INTO sms_outbox (phone, content, status, result_code) SELECT '13000000001', 'x', 'DELIVERED', '0' FROM n`);
      const began = performance.now();
      for (const path of ['/api/board', '/metrics']) assert.equal((await bench.ask(path)).status, 200);
      const took = performance.now() - began;
      assert.ok(took < 1500, `${took} ms`);
    } finally {
      await bench.close();
    }
  });
});

/** Some weeks of counts, and rows of every kind of trouble. */
async function fill({ rawQuery }: FreshDatabase): Promise<void> {
  for (let ago = 0; ago < 31 * 24; ago++) {
    const [row] = await rawQuery(`SELECT substr(datetime('now', 'localtime', '-${ago} hours'), 1, 13) AS at`);
    const clock = Number(String(row?.['at']).slice(11));
    const sent = clock < 8 || clock > 20 ? 12 : 300 + ((ago * 7919) % 700) + (ago % 100 === 9 ? 9000 : 0);
    const undelivered = Math.round(sent * (0.015 + ((ago * 31) % 17) / 500));
    await rawQuery('INSERT INTO sms_mw_hour VALUES (?, ?, ?, ?, ?, ?)', [
      ...[String(row?.['at']), 'idZ.b1', sent, sent - undelivered, undelivered, ago % 5],
    ]);
  }
  const troubled = [
    ['HELD', 'STORM', null, 3],
    ['HELD', 'OUTCOME_UNKNOWN', null, 2],
    ['FAILED', '6', null, 9],
    ['REJECTED', 'BAD_PHONE', null, 21],
    ['REJECTED', 'UNENCODABLE', null, 2],
    ['UNDELIVERED', '0', 'UNDELIV', 34],
    ['UNDELIVERED', '0', 'MK:0001', 7],
    ['UNKNOWN', '0', null, 4],
    ['DELIVERED', '0', '0', 300],
  ] as const;
  for (const [status, code, receipt, rows] of troubled) {
    for (let i = 0; i < rows; i++) {
      await rawQuery(
        'INSERT INTO sms_outbox (phone, content, status, result_code, receipt_code) VALUES (?, ?, ?, ?, ?)',
        [`13900000${String(i).padStart(3, '0')}`, '机密内容', status, code, receipt],
      );
    }
  }
}
