import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import type { Locale } from '../../src/lib/text.ts';
import { countingsOf, countRows, subjectOf, type Limit } from '../../src/policy/limits.ts';
import type { Message } from '../../src/policy/message.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { temporaryDir } from '../support/temporary.ts';
import { type Said, yxt as commandLine } from '../support/yxt.ts';
import { writeConfig } from '../support/config-file.ts';

const PHONE = '13800130001';
const TEXT = '张三您好，您的卡已制好。';

describe('commands of policy', () => {
  let dir: string;
  let db: FreshDatabase;
  let store: Store;

  before(async () => {
    dir = temporaryDir();
    db = await freshDatabase('sqlite');
    store = await openStore(db.options);
    const values = {
      'database.connection': db.options.connection,
      'policy.requireTemplate': true,
      'policy.secondSignature': 'reject',
      'policy.marketing': 'reject',
      'policy.pricePerPart': 0.05,
      'policy.quietHours': [{ categories: ['NIGHT'], from: '00:00', to: '24:00' }],
      'policy.limits': [
        { per: 'phone', categories: ['CODE'], most: 1, in: '1h', over: 'defer' },
        { per: 'source', most: 1, in: '1h' },
      ],
    };
    writeConfig(dir, values);
    await db.rawQuery("insert into sms_blocked_word (word) values ('贷款')");
    await db.rawQuery(`insert into sms_blacklist (phone, reason, origin) values ('13800130009', 'TD', 'OPTOUT')`);
    await yxt('zh-CN', 'template', 'add', 'CARD', '{name:20}您好，您的卡已制好。');
    await yxt(
      'zh-CN',
      'template',
      'add',
      'CODE',
      '验证码{code:digits:4-6}。',
      '--category',
      'CODE',
      '--platform-id',
      '123',
    );
    await yxt('zh-CN', 'template', 'add', 'ANY', '《{any}》');
    await yxt('zh-CN', 'template', 'add', 'LOAN', '您的{what}已批准', '--off');
  });
  after(async () => {
    await store.close();
    await db.drop();
  });

  const yxt = (locale: Locale, ...argv: string[]): Promise<Said> =>
    commandLine([...argv, '--config', join(dir, 'config.yaml')], { locale });

  /** Uses up the limit of this message. */
  async function use(limit: Pick<Limit, 'per' | 'categories' | 'windowMs'>, over: Partial<Message>): Promise<void> {
    const message: Message = {
      ...{
        phone: PHONE,
        content: '',
        text: '',
        category: 'NOTICE',
        source: null,
        template: null,
        at: 0,
        overruled: new Set(),
      },
      ...over,
    };
    const full: Limit = { ...limit, most: 1, over: 'reject', code: 'RATE_LIMIT' };
    await store.countUses([subjectOf(full, message)], ({ pieces, nowMs }) => ({
      added: countRows(countingsOf([{ id: '', message }], [full]), pieces, nowMs).added,
      result: null,
    }));
  }

  describe('preview', () => {
    /** What is asked for, exit code, and what is said in Chinese and in English. */
    const CASES: readonly [string, string[], number, RegExp, RegExp][] = [
      [
        'what would go',
        [PHONE, TEXT],
        0,
        /1 条，0\.05 元[^]*模板 +通过[^]*结论：现在就会发送/,
        /1 part, 0\.05 yuan[^]*template +ok[^]*Verdict: it would go now/,
      ],
      [
        'a number that is none',
        ['1380013', TEXT],
        1,
        /号码 +拒绝[^]*REJECTED BAD_PHONE/,
        /number +refused[^]*REJECTED BAD_PHONE/,
      ],
      [
        'a template filled in',
        [PHONE, '--template', 'CODE', '--params', '{"code":123456}'],
        0,
        /验证码123456。[^]*按 CODE 填写[^]*限量 +通过/,
        /filled in from CODE[^]*limit +ok/,
      ],
      [
        'a wrong parameter',
        [PHONE, '--template', 'CODE', '--params', '{"code":"12"}'],
        1,
        /参数 code 只有 2 字，至少 4 字/,
        /parameter code has 2 characters, at least 4/,
      ],
      [
        'a template that is off',
        [PHONE, '--template', 'LOAN', '--params', '{"what":"x"}'],
        1,
        /模板 LOAN 不能使用：已停用/,
        /LOAN cannot be used: it is switched off/,
      ],
      [
        'no template',
        [PHONE, '张三您好，您的卡已办好。'],
        1,
        /最接近的是 CARD：第 10 字起应为“制好。”，实为“办好。”/,
        /Nearest is CARD: from character 10 on it wants "制好。", not "办好。"/,
      ],
      [
        'characters that GBK lacks',
        [PHONE, '《😀》'],
        1,
        /编码 +拒绝 +GBK 没有这些字符：😀/,
        /encoding +refused +GBK lacks: 😀/,
      ],
      [
        'too long a text',
        [PHONE, `《${'长'.repeat(420)}》`],
        1,
        /长度 +拒绝 +422 字（含签名），7 条；上限 402 字/,
        /422 characters with the signature, 7 parts; the limit is 402/,
      ],
      [
        'a blocked word',
        [PHONE, '《贷 款》'],
        1,
        /敏感词 +拒绝 +内容含敏感词“贷款”/,
        /blocked words +refused +the text holds the blocked word "贷款"/,
      ],
      [
        'a second signature, marketing',
        [PHONE, '《【社保】回T退订》'],
        1,
        /签名 +拒绝[^]*营销 +拒绝[^]*REJECTED SIGNATURE/,
        /signature +refused[^]*marketing +refused[^]*REJECTED SIGNATURE/,
      ],
      [
        'who has opted out',
        ['13800130009', TEXT],
        1,
        /黑名单 +拒绝 +市民已退订：TD/,
        /blacklist +refused +the citizen has opted out: TD/,
      ],
      [
        'quiet hours',
        [PHONE, TEXT, '--category', 'NIGHT'],
        0,
        /静默时段 +推迟[^]*结论：NEW QUIET_HOURS，静默时段，推迟到 20/,
        /quiet hours +waits[^]*Verdict: NEW QUIET_HOURS, quiet hours, deferred until 20/,
      ],
    ];
    for (const [what, argv, code, zh, en] of CASES) {
      it(`tells ${what}`, async () => {
        for (const [locale, words] of [
          ['zh-CN', zh],
          ['en', en],
        ] as const) {
          const said = await yxt(locale, 'preview', ...argv);
          assert.match(said.out, words);
          assert.equal(said.code, code, said.err);
          assert.doesNotMatch(said.out, /13800130001/, 'a phone in full');
        }
      });
    }

    it('tells limits and how much of them is used, and uses nothing itself', async () => {
      const code = ['preview', '13800130002', '--template', 'CODE', '--params', '{"code":"1234"}'];
      for (let i = 0; i < 2; i++)
        assert.match((await yxt('en', ...code)).out, /at most 1 to one phone in 1h \(CODE\), 0 used/);
      await use(
        { per: 'phone', categories: new Set(['CODE']), windowMs: 3_600_000 },
        { phone: '13800130002', category: 'CODE' },
      );
      const later = await yxt('en', ...code);
      assert.match(later.out, /limit +waits[^]*Verdict: NEW RATE_LIMIT, .*deferred until/);
      assert.equal(later.code, 0);
      await use({ per: 'source', categories: null, windowMs: 3_600_000 }, { source: '10.0.0.1' });
      const refused = await yxt('zh-CN', 'preview', PHONE, TEXT, '--source', '10.0.0.1');
      assert.match(
        refused.out,
        /限量 +拒绝 +同一来源（source）1 小时内最多 1 条，已达上限；20.*之后可把 status 置为 NEW/,
      );
      assert.equal(refused.code, 1);
    });

    it('wants either a text or a template', async () => {
      for (const argv of [[PHONE], [PHONE, TEXT, '--template', 'CARD']]) {
        assert.equal((await yxt('en', 'preview', ...argv)).code, 2);
      }
    });

    it('speaks to machines', async () => {
      const { out } = await yxt('en', '--json', 'preview', PHONE, TEXT);
      const report = JSON.parse(out) as Record<string, unknown>;
      assert.partialDeepStrictEqual(report, { text: TEXT, characters: 12, parts: 1, cost: 0.05, finding: null });
    });
  });

  describe('explain', () => {
    it('tells each rule’s verdict on a row that has not gone, in both languages', async () => {
      const id = await store.insertOutbox({ phone: PHONE, content: '《贷款》' });
      assert.match(
        (await yxt('zh-CN', 'explain', id)).out,
        /各项规则现在的结论：[^]*模板 +通过[^]*敏感词 +拒绝 +内容含敏感词“贷款”/,
      );
      assert.match((await yxt('en', 'explain', id)).out, /Each rule, as of now:[^]*blocked words +refused/);
      await db.rawQuery("update sms_outbox set status = 'DELIVERED' where id = ?", [id]);
      assert.doesNotMatch((await yxt('en', 'explain', id)).out, /Each rule/);
    });

    it('does not count a row against itself that has come back', async () => {
      const phone = '13800130003';
      const id = await store.insertOutbox({ phone, content: '验证码1234。', category: 'CODE' });
      await use({ per: 'phone', categories: new Set(['CODE']), windowMs: 3_600_000 }, { phone, category: 'CODE' });
      assert.match((await yxt('en', 'explain', id)).out, /limit +waits/, 'somebody else has used it up');
      await db.rawQuery("update sms_outbox set requeued = 1, result_code = '11' where id = ?", [id]);
      assert.match((await yxt('en', 'explain', id)).out, /limit +ok .*1 used/);
    });
  });

  describe('template', () => {
    it('lists what is there, and tests a text', async () => {
      const list = (await yxt('zh-CN', 'template', 'list')).out;
      assert.match(list, /CODE +CODE +123 +启用 +验证码\{code:digits:4-6\}。/);
      assert.match(list, /LOAN +- +- +停用/);
      assert.match((await yxt('en', 'template', 'test', TEXT)).out, /matches the template CARD/);
      const none = await yxt('en', 'template', 'test', '验证码12。');
      assert.equal(none.code, 1);
      assert.match(none.out, /Nearest is CODE/);
    });

    it('adds no broken one, and none twice', async () => {
      const broken = await yxt('en', 'template', 'add', 'X', 'a{b');
      assert.deepEqual([broken.code, broken.err], [2, 'yxt-mw: BODY: the { at 2 is not closed']);
      const twice = await yxt('en', 'template', 'add', 'CARD', '别的');
      assert.equal(twice.code, 1);
      assert.match(twice.err, /there already: CARD/);
      assert.equal((await yxt('en', 'template', 'add')).code, 2);
      assert.equal((await yxt('en', 'template', 'add', 'X')).code, 2);
    });

    it('imports a sheet whole or not at all', async () => {
      const file = join(dir, 'templates.txt');
      writeFileSync(file, '\uFEFF# 说明\r\nA1\t甲{x}\tCODE\t99\r\nA2\t乙{\nA1\t丙\n带 空格\t丁\n');
      const bad = await yxt('en', 'template', 'import', file);
      assert.equal(bad.code, 1);
      assert.match(bad.out, /:3 +the \{ at 2 is not closed\n.*:4 +the code A1 comes twice\n.*:5 +the code has 1 to 40/);
      assert.ok(!(await store.templates()).some(({ code }) => code === 'A1'));
      writeFileSync(file, 'A1\t甲{x}\tCODE\t99\nCARD\t别的\n');
      assert.match(
        (await yxt('en', 'template', 'import', file, '--dry-run')).out,
        /2 templates, all well written \(nothing written\)/,
      );
      const some = await yxt('en', 'template', 'import', file);
      assert.match(some.err, /there already: CARD/);
      const a1 = (await store.templates()).find(({ code }) => code === 'A1');
      assert.deepEqual(a1, { code: 'A1', body: '甲{x}', category: 'CODE', platformId: '99', enabled: true });
      writeFileSync(file, Buffer.from([0xc4, 0xe3, 0xba, 0xc3]));
      assert.match((await yxt('en', 'template', 'import', file)).err, /not UTF-8/);
      assert.match((await yxt('en', 'template', 'import', join(dir, 'no'))).err, /there is no file/);
    });
  });

  describe('quiet', () => {
    it('sets quiet hours aside with a reason, and lets go what was deferred', async () => {
      assert.match((await yxt('en', 'quiet', 'status')).out, /as configured/);
      for (const argv of [
        ['off'],
        ['off', '--for', '2h'],
        ['off', '--reason', 'x'],
        ['off', '--for', '1s', '--reason', 'x'],
      ]) {
        assert.equal((await yxt('en', 'quiet', ...argv)).code, 2, argv.join(' '));
      }
      await db.rawQuery("update sms_outbox set status = 'CANCELLED'");
      const id = await store.insertOutbox({ phone: PHONE, content: TEXT });
      await db.rawQuery(
        "update sms_outbox set retry_at = '2099-01-01 00:00:00.000', result_code = 'QUIET_HOURS' where id = ?",
        [id],
      );
      const off = await yxt('en', 'quiet', 'off', '--for', '2h', '--reason', '台风');
      assert.match(off.out, /set aside for 2 h: 台风; 1 deferred row may go now/);
      assert.ok(((await store.probe({ recover: false, channel: 'main', aliveMs: 1 })).due.get(5) ?? 1) <= 0);
      assert.match((await yxt('zh-CN', 'preview', PHONE, TEXT, '--category', 'NIGHT')).out, /静默时段 +通过/);
      assert.match((await yxt('en', 'quiet', 'on')).out, /as configured/);
      assert.match((await yxt('zh-CN', 'preview', PHONE, TEXT, '--category', 'NIGHT')).out, /静默时段 +推迟/);
    });
  });

  describe('stats', () => {
    it('adds up parts and cost by category and by carrier', async () => {
      await db.rawQuery('delete from sms_outbox');
      const rows: [string, string, string, number][] = [
        ['13800130001', 'NOTICE', 'DELIVERED', 2],
        ['18600130001', 'NOTICE', 'SENT', 1],
        ['18600130002', 'CODE', 'UNDELIVERED', 1],
        ['18600130003', 'CODE', 'REJECTED', 0],
      ];
      for (const [phone, category, status, parts] of rows) {
        await db.rawQuery(
          'insert into sms_outbox (phone, phone_norm, content, category, status, segments) values (?, ?, ?, ?, ?, ?)',
          [phone, phone, 'x', category, status, parts],
        );
      }
      const { out } = await yxt('zh-CN', 'stats');
      assert.match(out, /类别 +行数 +受理 +送达 +未送达 +未发 +条数 +费用（元）/);
      assert.match(out, /NOTICE +2 +2 +1 +0 +0 +3 +0\.15/);
      assert.match(out, /CODE +2 +1 +0 +1 +1 +1 +0\.05/);
      assert.match(out, /中国联通 +3 +2 +0 +1 +1 +2 +0\.10/);
      assert.match((await yxt('en', 'stats', '--days', '1')).out, /China Mobile +1 +1 +1 +0 +0 +2 +0\.10/);
      assert.equal((await yxt('en', 'stats', '--days', '0')).code, 2);
    });
  });
});
