import { readFileSync } from 'node:fs';
import { Argument } from 'commander';
import type { TemplateRow } from '../db/policy-store.ts';
import { systemClock } from '../lib/clock.ts';
import { DaemonError } from '../lib/errors.ts';
import { plural, type Text } from '../lib/text.ts';
import { policyOptions } from '../policy/options.ts';
import { Policy } from '../policy/policy.ts';
import { mismatch } from '../policy/rules.ts';
import { parseBody } from '../policy/template.ts';
import { readTemplates } from '../policy/template-file.ts';
import { recordDeed } from './audit-line.ts';
import { loadFor, type CliCommand, type CommandContext } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { print, say } from './io.ts';
import { table } from './width.ts';

interface Options {
  readonly category?: string;
  readonly platformId?: string;
  readonly off?: boolean;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
}

const ACTIONS = ['add', 'list', 'test', 'import'] as const;

export const templateCommand: CliCommand<Options> = {
  name: 'template',
  about: { zh: '短信模板：加入、列出、比对、导入', en: 'templates: add one, list them, test a text, import many' },
  setUp(command, t) {
    const action = t({
      zh: 'add CODE BODY 加入；list 列出；test TEXT 看内容与哪个模板相符；import FILE 导入（每行：编码、正文、类别、平台模板号，制表符分隔）',
      en: 'add CODE BODY; list; test TEXT: which one it matches; import FILE (a line each: code, body, category, number at the platform, with tabs between)',
    });
    command.addArgument(new Argument('<ACTION>', action).choices(ACTIONS));
    command.addArgument(new Argument('[WHAT]', t({ zh: '编码、内容或文件', en: 'code, text or file' })));
    command.addArgument(
      new Argument(
        '[BODY]',
        t({
          zh: '正文，变量写作 {name}、{name:20}、{code:digits:4-6}',
          en: 'the body; holes are {name}, {name:20}, {code:digits:4-6}',
        }),
      ),
    );
    command.option('--category <NAME>', t({ zh: '类别', en: 'category' }));
    command.option('--platform-id <ID>', t({ zh: '平台的模板号', en: 'its number at the platform' }));
    command.option('--off', t({ zh: '先不启用', en: 'not in use yet' }));
    command.option('--replace', t({ zh: '已有的同名模板改成新的', en: 'overwrite those that are there' }));
    command.option('--dry-run', t({ zh: 'import：只检查，不写入', en: 'import: check only, write nothing' }));
  },
  async run(context, [action, what, body], options) {
    if (action === 'list') return list(context);
    if (what === undefined) throw usage(`${action ?? ''} 后面缺少内容`, `${action ?? ''} wants something to work on`);
    if (action === 'test') return test(context, what);
    if (action === 'import') return importAll(context, what, options);
    if (body === undefined) throw usage('add 后面要有 CODE 和 BODY', 'add wants CODE and BODY');
    return add(context, what, body, options);
  },
};

async function list(context: CommandContext): Promise<number> {
  const { io } = context;
  const { config } = loadFor(context, ['database']);
  const rows = await withStore(config, (store) => store.templates());
  const templates = rows.map((row) => ({ ...row, problem: problemOf(row.body) }));
  print(io, { templates }, () =>
    templates.length === 0
      ? [say(io, { zh: '还没有模板', en: 'there is no template yet' })]
      : table([
          HEAD.map((text) => say(io, text)),
          ...templates.map(({ code, category, platformId, body, enabled, problem }) => [
            code,
            category ?? '-',
            platformId ?? '-',
            say(
              io,
              problem ? { zh: '有误', en: 'wrong' } : enabled ? { zh: '启用', en: 'on' } : { zh: '停用', en: 'off' },
            ),
            problem ? `${body}  ← ${say(io, problem)}` : body,
          ]),
        ]),
  );
  return 0;
}

const HEAD: readonly Text[] = [
  { zh: '编码', en: 'code' },
  { zh: '类别', en: 'category' },
  { zh: '平台模板号', en: 'at the platform' },
  { zh: '状态', en: 'state' },
  { zh: '正文', en: 'body' },
];

function problemOf(body: string): Text | null {
  const parsed = parseBody(body);
  return 'at' in parsed ? parsed.text : null;
}

async function test(context: CommandContext, text: string): Promise<number> {
  const { io } = context;
  const { config } = loadFor(context, ['database']);
  return withStore(config, async (store) => {
    const policy = new Policy(policyOptions(config), store, systemClock);
    await policy.refresh();
    const found = policy.matcher.match(text);
    const finding = found ? null : mismatch(policy.matcher, text);
    print(io, { matches: found?.code ?? null, finding }, () => [
      found
        ? say(io, { zh: `与模板 ${found.code} 相符`, en: `matches the template ${found.code}` })
        : say(io, finding?.text ?? { zh: '', en: '' }),
    ]);
    return found ? 0 : 1;
  });
}

async function add(context: CommandContext, code: string, body: string, options: Options): Promise<number> {
  const { category = null, platformId = null, off = false, replace = false } = options;
  if (!/^\S{1,40}$/.test(code))
    throw usage('CODE 是 1 到 40 个不含空白的字符', 'CODE has 1 to 40 characters without blanks');
  const problem = problemOf(body);
  if (problem) throw usage(`正文${problem.zh}`, `BODY: ${problem.en}`);
  const row: TemplateRow = { code, body, category, platformId, enabled: !off };
  const { config } = loadFor(context, ['database']);
  const there = await withStore(config, (store) => store.putTemplates([row], replace));
  if (there.length > 0) throw isThere(there);
  recordDeed(config, context.io, 'template add', { code, category, enabled: !off, replace });
  print(context.io, { code }, () => [
    say(context.io, {
      zh: `已写入模板 ${code}，15 秒内生效`,
      en: `template ${code} is written and counts within 15 s`,
    }),
  ]);
  return 0;
}

async function importAll(context: CommandContext, file: string, options: Options): Promise<number> {
  const { io } = context;
  const { rows, problems } = readTemplates(readFile(file), options.category ?? null);
  if (problems.length > 0) {
    print(io, { problems }, () => problems.map(({ line, text }) => `${file}:${line}  ${say(io, text)}`));
    return 1;
  }
  const { config } = loadFor(context, ['database']);
  if (options.dryRun !== true) {
    const there = await withStore(config, (store) => store.putTemplates(rows, options.replace === true));
    if (there.length > 0 && rows.length === there.length) throw isThere(there);
    if (there.length > 0) io.err(say(io, isThere(there).text));
    const facts = { templates: rows.length - there.length, replace: options.replace === true };
    recordDeed(config, io, 'template import', facts);
  }
  print(io, { templates: rows.length }, () => [
    say(io, {
      zh: `共 ${rows.length} 个模板，写法都对${options.dryRun ? '（未写入）' : '，15 秒内生效'}`,
      en: `${plural(rows.length, 'template')}, all well written${options.dryRun ? ' (nothing written)' : '; they count within 15 s'}`,
    }),
  ]);
  return 0;
}

function readFile(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw missing
      ? usage(`没有文件 ${file}`, `there is no file ${file}`)
      : usage(`${file} 读不了，或不是 UTF-8 编码`, `${file} cannot be read, or is not UTF-8`);
  }
}

const isThere = (codes: readonly string[]): DaemonError =>
  new DaemonError('failed', {
    zh: `已有模板 ${codes.slice(0, 10).join('、')}，未改动；要改请加 --replace`,
    en: `there already: ${codes.slice(0, 10).join(', ')}; left as they are, --replace overwrites them`,
  });
