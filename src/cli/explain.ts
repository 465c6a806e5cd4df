import type { Explanation } from '../explain/index.ts';
import { systemClock } from '../lib/clock.ts';
import { DbError } from '../lib/errors.ts';
import { spanText } from '../lib/span.ts';
import { plural } from '../lib/text.ts';
import { loadFor, type CliCommand } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { print, say, type Io } from './io.ts';
import { verdictLines } from './verdicts.ts';
import { table } from './width.ts';

export const explainCommand: CliCommand<{ showContent?: boolean }> = {
  name: 'explain',
  about: {
    zh: '一行短信的来龙去脉；还没发出的话，说明唯一的原因和办法',
    en: 'one row’s story; if it has not gone, the one reason why and what to do',
  },
  setUp(command, t) {
    command.argument('<ID>', t({ zh: '发件表的 id', en: 'id in the outbox' }));
    command.option(
      '--show-content',
      t({ zh: '显示短信内容（默认只显示长度）', en: 'show the text, not only its length' }),
    );
  },
  async run(context, [id = ''], { showContent = false }) {
    if (!/^\d{1,19}$/.test(id))
      throw usage(`ID 应是发件表的数字编号，不是 ${id}`, `ID is a number in the outbox, not ${id}`);
    const { config } = loadFor(context, ['database']);
    const { gather } = await import('../explain/gather.ts'); // the daemon does not carry it
    const { explain } = await import('../explain/index.ts');
    const facts = await withStore(config, (store) => gather(config, store, systemClock, id));
    if (facts === null) throw noRow(id);
    const explanation = explain(facts, { showContent });
    print(context.io, explanation, () => linesOf(context.io, explanation));
    return 0;
  },
};

function linesOf(io: Io, e: Explanation): string[] {
  const t = (zh: string, en: string): string => say(io, { zh, en });
  const parts =
    e.segments === null || e.segments === 0 ? '' : t(`，${e.segments} 条`, `, ${plural(e.segments, 'part')}`);
  const long =
    e.characters === null
      ? t('（无内容）', '(no text)')
      : t(`‹${e.characters} 字›`, `‹${plural(e.characters, 'character')}›`);
  const template = e.template === null ? '' : t(`，模板 ${e.template}`, `, template ${e.template}`);
  const head = `${e.id}  ${e.status}  ${e.phone}  ${e.content ?? long}${parts}${template}`;
  return [
    t(`短信 ${head}`, `row ${head}`),
    '',
    ...table(
      e.events.map(({ at, afterMs, text }) => [
        `  ${at}`,
        afterMs === null ? '' : `+${say(io, spanText(afterMs))}`,
        say(io, text),
      ]),
    ),
    '',
    `${t('结论：', 'Why: ')}${say(io, e.reason.text)}`,
    ...(e.reason.todo ? [`${t('办法：', 'Do:  ')}${say(io, e.reason.todo)}`] : []),
    ...(e.resultText === null ? [] : [`${t('行内说明：', 'Row says: ')}${e.resultText}`]),
    ...(e.verdicts.length === 0
      ? []
      : ['', t('各项规则现在的结论：', 'Each rule, as of now:'), ...verdictLines(io, e.verdicts)]),
  ];
}

const noRow = (id: string): DbError =>
  new DbError('data', {
    zh: `发件表里没有编号 ${id} 的行：可能写入它的事务还没有提交，或已被删除`,
    en: `the outbox has no row ${id}: its transaction may not be committed yet, or it was deleted`,
  });
