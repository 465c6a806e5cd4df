import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { displayWidth } from '../../src/cli/width.ts';
import { type Bench, outboundBench } from '../support/outbound.ts';
import { CASES, page, POLICY, TABLES, type Case, type Told } from '../support/policy-cases.ts';
import { heartbeat } from '../support/rows.ts';
import { temporaryDir } from '../support/temporary.ts';
import { yxt as commandLine } from '../support/yxt.ts';
import { writeConfig } from '../support/config-file.ts';

const PAGES = { en: 'policy-cases.md', 'zh-CN': 'policy-cases.zh-CN.md' } as const;

/**
 * docs/policy-cases.md holds what the commands really print of rows that really went through a daemon's outbound path. After a change
 * that is meant: YXT_GOLDEN=write npx mocha <this>, then read the difference.
 */
for (const locale of ['en', 'zh-CN'] as const) {
  describe(`the policy cases of the documents, ${locale}`, function () {
    this.timeout(60_000);
    const wall = Date.now;
    let dir: string;
    let b: Bench;

    before(async () => {
      dir = temporaryDir();
      b = await outboundBench({ config: { ...POLICY, locale } });
      await b.gate.run('balance', () => Promise.resolve({ code: '0' }));
      await b.store.enrol(heartbeat());
      const values = { ...POLICY, 'database.connection': b.database.options.connection };
      writeConfig(dir, values);
      for (const statement of TABLES) await b.database.rawQuery(statement);
    });
    after(async () => {
      Date.now = wall;
      await b.drop();
    });

    it('are told as they happen', async () => {
      const told: Told[] = [];
      for (const each of CASES) told.push(await tell(each));
      const found = page(locale, told);
      const file = new URL(`../../docs/${PAGES[locale]}`, import.meta.url);
      if (process.env['YXT_GOLDEN'] === 'write') writeFileSync(file, found);
      assert.equal(found, readFileSync(file, 'utf8').replaceAll('\r\n', '\n'));
    });

    it('show their text when asked: as it was submitted, or as its template makes it now', async () => {
      await b.database.rawQuery("update sms_template set body = '改过的{code}' where code = 'CODE'");
      assert.match(await yxt('explain', '2', '--show-content'), /  验证码482913，5分钟内有效，请勿告诉他人。[，,]/);
      await b.database.rawQuery("update sms_template set body = '请到{place:1-30}领取' where code = 'CARD'");
      assert.match(await yxt('explain', '10', '--show-content'), /  请到市民中心一楼领取[，,].*CARD/);
    });

    /** The preview first, since it counts nothing; then the row, and what became of it. */
    async function tell(c: Case): Promise<Told> {
      const at = Date.parse(`2026-11-26T${c.at ?? '10:15'}:00+08:00`);
      Date.now = () => at;
      if (c.before) {
        await b.insert(...c.before);
        await b.pass();
      }
      const preview = await yxt('preview', ...c.preview);
      const [id = ''] = await b.insert(c.row);
      await b.pass();
      const { status, result_code: code } = await b.row(id);
      assert.equal(`${String(status)} ${String(code)}`, c.fate, c.title.en);
      // what was foretold is what happened
      if (code !== '0') assert.ok(preview.includes(c.fate), preview);
      return { of: c, id, preview: settled(preview, c), explain: settled(await yxt('explain', id), c) };
    }

    async function yxt(...argv: string[]): Promise<string> {
      const { out, err } = await commandLine([...argv, '--config', join(dir, 'config.yaml')], { locale });
      return [out, err].filter((said) => said !== '').join('\n');
    }
  });
}

/** Clocks, serials and durations, which are others each time, as on the day of the story. */
function settled(text: string, { at = '10:15', until = '', wait = { zh: '', en: '' } }: Case): string {
  const lines = text
    .replaceAll(/20\d\d-\d\d-\d\d \d\d:\d\d(:\d\d)?(\.\d{3})?/g, (_, seconds, thousandths) =>
      thousandths ? `2026-11-26 ${at}:03.127` : until + (seconds ? ':00' : ''),
    )
    .replaceAll(/(?<=\(in )[^)]+(?=\))/g, wait.en)
    .replaceAll(/(?<=（)[^（）]+(?=后）)/g, wait.zh)
    .replaceAll(/\b\d{20}\b/g, '20261126101503000001')
    .replaceAll(/(?<=(?:任务号|task) )\d+/g, '229100000001')
    .replaceAll(/(?<![\d.])\d+(?:\.\d)? (?:毫秒|秒)(?=前| )/g, '45 毫秒')
    .replaceAll(/(?<![\d.])\d+(?:\.\d)? m?s(?= ago| )/g, '45 ms')
    .split('\n');
  return lines.map((line) => line.replace(/^(  20\S+ \S+) {2,}(\+45 \S+|)(?: +)(?=\S)/, STEP)).join('\n');
}

/** A step of the story: its duration has a column of its own, as wide as the widest. */
const STEP = (_: string, time: string, span: string): string =>
  `${time}  ${span}${' '.repeat(8 - displayWidth(span))}  `;
