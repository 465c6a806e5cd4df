import { table } from '../cli/width.ts';
import { pick, type Locale, type Text } from '../lib/text.ts';
import { CARD, CITIZEN, type EndedRow, FAULTY_CODES, NOTICES, OTHER_CITIZEN, OTHER_QUESTION } from './bureau.ts';
import type { Outcome } from './outcome.ts';
import type { Stage } from './stage.ts';

export const opening: Text = {
  zh: '演示：一条短信从数据库到手机、市民来信再回到数据库、点播当场答复。平台是本机模拟的，不会真的发送。',
  en: 'Demonstration: messages from a database to phones, and a citizen’s query back. The platform is simulated; nothing is really sent.',
};

export const stageIsSet = (stage: Stage): Text => ({
  zh: `① 模拟平台已在本机启动（TLS），SQLite 里已建表，守护进程已作为独立进程启动（进程号 ${stage.daemon.pid}）。`,
  en: `1. The simulated platform runs on this machine (TLS), the tables are made in SQLite, the daemon is a process of its own (pid ${stage.daemon.pid}).`,
});

export const inserted: Text = {
  zh: `② 业务系统用普通 INSERT 写入 ${NOTICES} 条通知（一半内容相同，一半各不相同）和 ${FAULTY_CODES.length} 条有毛病的短信。`,
  en: `2. The bureau inserts ${NOTICES} notices (half of them one text, half each its own) and ${FAULTY_CODES.length} faulty ones, by plain SQL.`,
};

export const citizensWrote: Text = {
  zh: `③ 市民 ${CITIZEN} 发来 “SBYE#${CARD}”，想查社保卡余额；市民 ${OTHER_CITIZEN} 发来 “${OTHER_QUESTION}”，想查缴费。`,
  en: `3. The citizen ${CITIZEN} texts "SBYE#${CARD}" to ask for the balance of a card, ${OTHER_CITIZEN} texts "${OTHER_QUESTION}".`,
};

/** The next step of the story, told so many seconds after its beginning; which comes first is different each time. */
export interface Moment {
  readonly step: number;
  readonly seconds: number;
}

const begins = ({ step, seconds }: Moment): Text => ({
  zh: `${String.fromCodePoint(0x245f + step)} ${seconds} 秒后`,
  en: `${step}. ${seconds} s later`,
});

export const refusedByPolicy = (moment: Moment, rows: readonly EndedRow[]): Text => {
  const { zh, en } = begins(moment);
  const list = rows.map((row) => `\n     ${row.result_code ?? ''}  ${row.result_text ?? ''}`).join('');
  return {
    zh: `${zh}局里自己的规则（敏感词、模板）拒绝了 ${rows.length} 条，没有提交平台：${list}`,
    en: `${en} the bureau’s own rules (blocked words, templates) have refused ${rows.length}, which never reach the platform:${list}`,
  };
};

export const answeredByRule = (moment: Moment): Text => ({
  zh: `${begins(moment).zh}点播规则已从业务库（另一个 SQLite 文件）查到余额并写好答复；来信从一开始就是 AUTO，卡号已抹去。`,
  en: `${begins(moment).en} a query rule has read the balance from the business database (another SQLite file) and written the answer; the message was AUTO from the start, its card number is wiped.`,
});

export const answered = (moment: Moment): Text => ({
  zh: `${begins(moment).zh}没有规则的来信由老系统处理：它读 sms_inbox 里的 NEW，写入带 inbox_id 的答复，并置为 DONE。`,
  en: `${begins(moment).en} the legacy system has the message without a rule: it reads what is NEW in sms_inbox, inserts the answer with its inbox_id and sets DONE.`,
});

export const timeUp = (seconds: number): Text => ({
  zh: `${seconds} 秒内没有全部办结。`,
  en: `Not all rows had ended within ${seconds} s.`,
});

const MEANING: Readonly<Record<string, Text>> = {
  DELIVERED: { zh: '已送达手机', en: 'arrived on the phone' },
  UNDELIVERED: {
    zh: '平台回执：没送到（演示中有一部手机关机）',
    en: 'receipt: not delivered (one phone is switched off)',
  },
  REJECTED: { zh: '本地检查拒绝，没有提交平台', en: 'refused by a check here, never submitted' },
  HELD: { zh: '停下等人处理', en: 'waits for a person' },
  EXPIRED: { zh: '过了时限，不再发送', en: 'too late to be sent' },
};

/** The closing table. */
export function closing(outcome: Outcome, locale: Locale): string[] {
  const t = (text: Text): string => pick(text, locale);
  const statuses = Object.entries(outcome.byStatus).map(([status, count]) => {
    const meaning = MEANING[status];
    return [`  ${status}`, String(count).padStart(5), meaning ? t(meaning) : ''];
  });
  const refused = outcome.refused.map((row) => [`  ${row.id}`, row.result_code ?? '', row.result_text ?? '']);
  return [
    '',
    t({ zh: '发件表 sms_outbox：状态 × 行数', en: 'sms_outbox: rows by status' }),
    ...table(statuses),
    '',
    t({ zh: '没有发出的行（result_code、result_text）', en: 'Rows not sent (result_code, result_text)' }),
    ...table(refused),
    '',
    t({
      zh: '市民手机上的答复（规则答复、老系统答复）',
      en: 'The answers on the citizens’ phones (by rule, by the legacy system)',
    }),
    `  ${CITIZEN}  ${outcome.reply ?? t({ zh: '（没有收到）', en: '(none)' })}`,
    `  ${OTHER_CITIZEN}  ${outcome.legacyReply ?? t({ zh: '（没有收到）', en: '(none)' })}`,
    '',
    t({
      zh: `平台受理 ${outcome.accepted} 条，重复 ${outcome.doubled} 条，用时 ${outcome.seconds} 秒。`,
      en: `Accepted at the platform: ${outcome.accepted}, doubled: ${outcome.doubled}, in ${outcome.seconds} s.`,
    }),
    outcome.ok
      ? t({ zh: '全部对得上：每条一次，不丢不重。', en: 'Everything adds up: each once, none lost, none doubled.' })
      : t({ zh: '数目对不上，见上表。', en: 'It does not add up; see above.' }),
  ];
}

export const lookFurther: Text = {
  zh: '想继续看：yxt-mw demo --keep 会让它继续运行，并给出模拟手机的网页。',
  en: 'To look further: "yxt-mw demo --keep" leaves it running, with a page that shows the phones.',
};

/** Where to look while it is kept running. */
export const kept = ({ page, configFile, databaseFile, dir }: Stage): Text => ({
  zh: `
继续运行中，按 Ctrl+C 结束并清理。
  手机网页    ${page}
  配置        ${configFile}
  数据库      ${databaseFile}
  日志        ${dir}/logs
试试：yxt-mw --config ${configFile} status
      yxt-mw --config ${configFile} explain 1`,
  en: `
Still running; Ctrl+C ends it and cleans up.
  phones         ${page}
  configuration  ${configFile}
  database       ${databaseFile}
  log            ${dir}/logs
Try: yxt-mw --config ${configFile} status
     yxt-mw --config ${configFile} explain 1`,
});

export const stopped = (code: number | null): Text =>
  code === 0
    ? {
        zh: '守护进程已正常停止，临时目录已删除。',
        en: 'The daemon has stopped in good order; the temporary directory is gone.',
      }
    : {
        zh: `守护进程没有正常停止（退出码 ${code}）。`,
        en: `The daemon did not stop in good order (exit code ${code}).`,
      };
