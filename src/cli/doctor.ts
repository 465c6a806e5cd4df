import { checkConfig } from '../config/check.ts';
import { findConfig } from '../config/find.ts';
import type { Finding } from '../doctor/index.ts';
import { systemClock } from '../lib/clock.ts';
import { plural, type Text } from '../lib/text.ts';
import type { CliCommand } from './command.ts';
import { print, say, type Io } from './io.ts';
import { displayWidth, padded } from './width.ts';

export const doctorCommand: CliCommand = {
  name: 'doctor',
  about: {
    zh: '逐项检查配置、数据库、时钟、TLS、账户，说明问题和办法',
    en: 'check configuration, database, privileges, clock, charset, TLS and account; what is wrong and what to do',
  },
  async run({ io, globals }) {
    const file = findConfig(globals.config);
    const checked = checkConfig(file, io.env);
    if (checked.config && !globals.localeGiven) io.locale = checked.config.locale;
    const { examine } = await import('../doctor/index.ts'); // the daemon does not carry it
    const findings = await examine({ file, ...checked }, systemClock, (finding) => {
      if (!io.json) for (const line of linesOf(io, finding)) io.out(line);
    });
    const failed = findings.filter(({ level }) => level === 'fail').length;
    const warned = findings.filter(({ level }) => level === 'warn').length;
    print(io, { ok: failed === 0, findings }, () => ['', say(io, summary(failed, warned))]);
    // what is wrong with the configuration keeps its own exit code
    return checked.config === null ? 2 : failed > 0 ? 1 : 0;
  },
};

const LEVELS: Readonly<Record<Finding['level'], Text>> = {
  ok: { zh: '正常', en: 'ok' },
  warn: { zh: '注意', en: 'warn' },
  fail: { zh: '失败', en: 'FAIL' },
  skip: { zh: '未查', en: 'skip' },
};

/** As they are printed. */
export function linesOf(io: Pick<Io, 'locale'>, { level, check, text, todo }: Finding): string[] {
  const head = `${padded(say(io, LEVELS[level]), 4)}  ${padded(say(io, check), io.locale === 'en' ? 12 : 10)}  `;
  const arrow = `${' '.repeat(displayWidth(head))}→ `;
  return [`${head}${say(io, text)}`, ...(todo ? [`${arrow}${say(io, todo)}`] : [])];
}

function summary(failed: number, warned: number): Text {
  const zh = [failed > 0 ? `${failed} 项失败` : '', warned > 0 ? `${warned} 项需注意` : ''].filter(Boolean);
  const en = [failed > 0 ? `${failed} failed` : '', warned > 0 ? plural(warned, 'warning') : ''].filter(Boolean);
  return { zh: zh.join('，') || '全部正常', en: en.join(', ') || 'all is well' };
}
