import { rulesOf } from '../daemon/parts.ts';
import type { OutboxRow } from '../db/store.ts';
import { systemClock } from '../lib/clock.ts';
import { maskPhone } from '../lib/mask.ts';
import { plural } from '../lib/text.ts';
import { policyOptions } from '../policy/options.ts';
import { Policy } from '../policy/policy.ts';
import { reportOf, type Report } from '../explain/report.ts';
import { loadFor, type CliCommand } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { print, say, type Io } from './io.ts';
import { verdictLines } from './verdicts.ts';

interface Options {
  readonly template?: string;
  readonly params?: string;
  readonly category?: string;
  readonly source?: string;
}

export const previewCommand: CliCommand<Options> = {
  name: 'preview',
  about: {
    zh: '一条短信发送前看清楚：编码、条数、费用、每条规则的结论；不写库，不发送',
    en: 'one message before it is sent: encoding, parts, cost, each rule’s verdict; writes and sends nothing',
  },
  setUp(command, t) {
    command.argument('<PHONE>', t({ zh: '大陆手机号', en: 'mainland mobile number' }));
    command.argument('[TEXT]', t({ zh: '内容；用模板时不写', en: 'the text; not with a template' }));
    command.option('--template <CODE>', t({ zh: '模板编码', en: 'code of a template' }));
    command.option(
      '--params <JSON>',
      t({ zh: '模板参数，如 {"name":"张三"}', en: 'its values, such as {"name":"张三"}' }),
    );
    command.option('--category <NAME>', t({ zh: '类别，默认 NOTICE', en: 'category, default NOTICE' }));
    command.option('--source <NAME>', t({ zh: '来源（IP、科室）', en: 'where it comes from' }));
  },
  async run(context, [phone = '', text], { template, params, category = 'NOTICE', source }) {
    const { io } = context;
    if ((text === undefined) === (template === undefined)) {
      throw usage('要么给出 TEXT，要么给出 --template', 'give either TEXT or --template');
    }
    const { config } = loadFor(context, ['database']);
    const row: OutboxRow = {
      ...NOTHING,
      ...{ phone, category, content: text ?? null, templateCode: template ?? null },
      ...{ params: params ?? null, source: source ?? null },
    };
    const report = await withStore(config, (store) =>
      reportOf(row, rulesOf(config), new Policy(policyOptions(config), store, systemClock)),
    );
    print(io, report, () => linesOf(io, phone, report));
    return report.finding === null || report.finding.status === 'NEW' ? 0 : 1;
  },
};

const NOTHING: OutboxRow = {
  ...{ id: '0', phone: '', content: null, templateCode: null, params: null, msgType: 'SMS', category: 'NOTICE' },
  ...{ priority: 5, extNo: null, inboxId: null, channel: null, source: null, bizId: null, expiresInMs: null, ageMs: 0 },
  ...{
    createdAt: '',
    prevSerial: null,
    inFlight: false,
    requeued: false,
    lastCode: null,
    overruled: null,
    solo: false,
    mark: '',
  },
};

function linesOf(io: Io, phone: string, { text, parts, cost, verdicts, finding }: Report): string[] {
  const t = (zh: string, en: string): string => say(io, { zh, en });
  const price = cost === null ? '' : t(`，${cost} 元`, `, ${cost} yuan`);
  const size = text === null ? '' : t(`（${parts} 条${price}）`, ` (${plural(parts, 'part')}${price})`);
  return [
    `${t('发往', 'to')} ${maskPhone(phone)}${size}`,
    ...(text === null ? [] : [`  ${text}`]),
    '',
    ...verdictLines(io, verdicts),
    '',
    `${t('结论：', 'Verdict: ')}${finding ? `${finding.status} ${finding.code}${t('，', ', ')}${say(io, finding.text)}` : t('现在就会发送', 'it would go now')}`,
  ];
}
