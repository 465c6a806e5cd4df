import { Argument, InvalidArgumentError } from 'commander';
import { localTime } from '../lib/local-time.ts';
import { plural, type Text } from '../lib/text.ts';
import type { AuditFault, AuditVerdict } from '../state/audit.ts';
import { openState } from '../state/open.ts';
import { loadFor, type CliCommand } from './command.ts';
import { print, say } from './io.ts';
import { table } from './width.ts';

const LISTED = 50;

export const auditCommand: CliCommand<{ last?: number }> = {
  name: 'audit',
  about: {
    zh: '审计日志：列出管理操作，或核对有没有被改动、删去、调换',
    en: 'the audit log: what admins did, and whether a line was altered, removed or moved',
  },
  setUp(command, t) {
    const about = t({ zh: 'list 列出；verify 核对', en: 'list, or verify' });
    command.addArgument(new Argument('<ACTION>', about).choices(['list', 'verify']));
    const latest = t({ zh: `list：最近多少条，默认 ${LISTED}`, en: `list: the latest so many, default ${LISTED}` });
    command.option('--last <N>', latest, count);
  },
  run(context, [action], { last = LISTED }) {
    const { io } = context;
    const { config } = loadFor(context, []);
    const state = openState(config.stateDir, { create: false });
    try {
      if (action === 'list') {
        const entries = state.audit.list(last);
        print(io, { entries }, () =>
          entries.length === 0
            ? [say(io, { zh: '还没有记录', en: 'nothing is written yet' })]
            : table([
                HEAD.map((text) => say(io, text)),
                ...entries.map(({ n, at, who, action: what, facts }) => [
                  ...[String(n), localTime(Date.parse(at)), who, what, told(facts)],
                ]),
              ]),
        );
        return Promise.resolve(0);
      }
      const verdict = state.audit.verify();
      print(io, verdict, () => [say(io, verdictText(verdict))]);
      return Promise.resolve(verdict.fault === null ? 0 : 1);
    } finally {
      state.close();
    }
  },
};

function count(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError('Allowed choices are 1 – 9999999.');
  return Number(value);
}

const HEAD: readonly Text[] = [
  { zh: '编号', en: 'number' },
  { zh: '时间', en: 'when' },
  { zh: '谁', en: 'who' },
  { zh: '操作', en: 'what' },
  { zh: '详情', en: 'about what' },
];

const told = (facts: Readonly<Record<string, unknown>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');

const FAULTS: Readonly<Record<AuditFault['fault'], Text>> = {
  altered: { zh: '被改动过', en: 'was altered' },
  missing: { zh: '之前少了行', en: 'has lost what stood before it' },
  order: { zh: '不在原来的位置', en: 'is not where it was written' },
  cut: { zh: '起的行被删去（文件末尾）', en: 'and what followed, at the end of the file, is gone' },
};

function verdictText({ lines, torn, fault }: AuditVerdict): Text {
  if (fault !== null) {
    const what = FAULTS[fault.fault];
    return {
      zh: `审计日志不可信：第 ${fault.line} 行${what.zh}。请保全该文件并查明原因`,
      en: `the audit log is not as it was written: line ${fault.line} ${what.en}. Secure the file and find out why`,
    };
  }
  const half: Text =
    torn === 0
      ? { zh: '', en: '' }
      : { zh: `（另有 ${torn} 行断电时没有写完）`, en: ` (${torn} cut short by a power cut)` };
  return { zh: `${lines - torn} 行，完好${half.zh}`, en: `${plural(lines - torn, 'line')}, all as written${half.en}` };
}
