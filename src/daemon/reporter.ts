import { textOf, AppError } from '../lib/errors.ts';
import { durationText } from '../lib/duration.ts';
import type { Log } from '../lib/log.ts';
import { pick, plural, type Locale, type Text } from '../lib/text.ts';
import { maskLine } from '../lib/mask.ts';
import type { Claim } from '../outbound/claim.ts';
import type { Closed } from '../platform/gate.ts';
import type { Counters } from './counters.ts';

type Trouble =
  | 'open'
  | 'release'
  | 'send'
  | 'fenced'
  | 'settle'
  | 'disk'
  | 'claim'
  | 'inbox'
  | 'receipts'
  | 'heartbeat'
  | 'commands'
  | 'alarms'
  | 'chores'
  | 'housekeeping'
  | 'balance'
  | 'queries';

const GATHER_MS = 1000;
/** What comes within this belongs to the same storm. */
const STORM_MS = 600_000;

/** What the loops have to say, as log lines: one per batch, one per change of state, none per row. Keeps the last trouble for `status`. */
export class Reporter {
  readonly #log: Log;
  readonly #counters: Counters;
  readonly #locale: Locale;
  readonly #onTrouble: () => void;
  readonly #troubles = new Map<string, Text>();
  readonly #onStorm: (text: Text) => void;
  #fenced = 0;
  #stormUntil = -Infinity;

  /** `onTrouble`: told whenever `lastError` has become another one; `onStorm`: whenever rows are held by a brake. */
  constructor(
    log: Log,
    counters: Counters,
    locale: Locale,
    onTrouble: () => void,
    onStorm: (text: Text) => void = () => undefined,
  ) {
    this.#log = log;
    this.#counters = counters;
    this.#locale = locale;
    this.#onTrouble = onTrouble;
    this.#onStorm = onStorm;
  }

  claimed(priority: number, claim: Claim): void {
    const refused = [...claim.refused.values()].reduce((a, b) => a + b, 0);
    this.#log.info(
      'outbox.claimed',
      {
        zh: `领取 ${claim.rows} 行（优先级 ${priority}），合成 ${claim.groups.length} 次提交${refused > 0 ? `，本地拒绝 ${refused} 行：${codes(claim)}` : ''}`,
        en: `claimed ${plural(claim.rows, 'row')} (priority ${priority}) for ${plural(claim.groups.length, 'call')}${refused > 0 ? `, refused ${refused}: ${codes(claim)}` : ''}`,
      },
      { priority, rows: claim.rows, calls: claim.groups.length, refused },
    );
    this.#counters.claimed(claim);
    this.#braked(claim.refused.get('STORM') ?? 0);
  }

  /** One alarm for a storm, not one for each claim of it. */
  #braked(rows: number): void {
    const now = performance.now();
    if (rows === 0) return;
    const text = {
      zh: `防刷闸：发往同一号码的短信过多，已把 ${rows} 行挂起（HELD STORM），其后的也会挂起。请查上游程序是否重复写入`,
      en: `storm brake: too many messages to one phone, ${plural(rows, 'row')} held (HELD STORM), and those that follow. Find out whether a program upstream repeats itself`,
    };
    this.#onStorm(text);
    if (now < this.#stormUntil) return;
    this.#stormUntil = now + STORM_MS;
    this.#log.error('outbox.storm', text, { rows });
  }

  /** Counted as sent on the platform's word that it knew the serial, and nothing was ever heard of them again (contract §2.3). */
  unproven(rows: number): void {
    this.#log.error(
      'receipts.unproven',
      {
        zh: `有 ${rows} 行只凭代码 15（流水号重复）记为已发送，始终没有回执，已记为 UNKNOWN：请凭 serial_no 向平台核对是否真的发出`,
        en: `${plural(rows, 'row')} counted as sent only by code 15 (duplicate serial), never got a receipt and are UNKNOWN now: ask the platform by their serial_no whether they went out`,
      },
      { rows },
    );
  }

  storm(): void {
    this.#onStorm(PAST_AGE);
    this.#log.error('outbox.storm', PAST_AGE);
  }

  clockJumped(ms: number, leaseMs: number): void {
    const [by, wait] = [durationText(Math.round(Math.abs(ms) / 1000) * 1000), durationText(leaseMs)];
    this.#log.warn(
      'database.clock',
      {
        zh: `数据库的时钟被拨${ms > 0 ? '快' : '慢'}了 ${by.zh}；${wait.zh}内不接手别人领取的行，发送照常。请检查数据库主机的对时`,
        en: `the database's clock was set ${ms > 0 ? 'forward' : 'back'} by ${by.en}; nothing that others have claimed is taken over for ${wait.en}, sending goes on. Check how that machine keeps time`,
      },
      { jumpMs: ms },
    );
  }

  /** A serial of ours was known to the platform before its first try: another program uses the same account's numbers. */
  collided(serial: string): void {
    this.#log.warn(
      'outbox.collision',
      {
        zh: `流水号 ${serial} 与本平台账户下别的程序相撞（代码 15），已换新流水号重新提交；经常出现请查是否有别的程序共用此账户`,
        en: `serial ${serial} met one of another program on this account (code 15) and is submitted again under a fresh one; if it happens often, find out what else uses the account`,
      },
      { serial },
    );
  }

  settled(counts: ReadonlyMap<string, number>): void {
    this.#counters.settled(counts);
    for (const what of ['settle', 'open', 'release'] as const) this.failure(what, null);
    if ((counts.get('SENT') ?? 0) > 0) this.failure('send', null);
    const failed = (counts.get('FAILED') ?? 0) + (counts.get('HELD') ?? 0);
    const list = [...counts].map(([status, n]) => `${status} ${n}`).join(', ');
    const text = { zh: `写回：${list}`, en: `written back: ${list}` };
    if (failed > 0) this.#log.warn('outbox.settled', text, Object.fromEntries(counts));
    else this.#log.debug('outbox.settled', text, Object.fromEntries(counts));
  }

  /** A trouble that lasts is said once when it begins and once when it ends (`error` null). */
  failure(what: Trouble, error: unknown): void {
    if (what === 'fenced') return this.#lost();
    const key = what === 'send' ? 'platform' : what;
    if (error === null) return this.#note(key, null);
    if (error instanceof AppError && error.area === 'PLATFORM' && error.kind === 'blocked') return; // said by channelChanged
    const text = { zh: `${NAMES[what].zh}：${textOf(error).zh}`, en: `${NAMES[what].en}: ${textOf(error).en}` };
    this.#note(key, text);
  }

  channelChanged(closed: Closed | null): void {
    this.#note('channel', closed?.text ?? null);
  }

  /** The most telling trouble of now, in words; null when all is well. */
  get trouble(): Text | null {
    const [first] = CAUSES.map((key) => this.#troubles.get(key)).filter((text) => text !== undefined);
    return first ?? [...this.#troubles.values()].at(-1) ?? null;
  }

  /** For the heartbeat row. */
  get lastError(): string | null {
    const text = this.trouble;
    return text && pick(text, this.#locale);
  }

  #note(key: string, text: Text | null): void {
    const before = this.lastError;
    if (text) this.#troubles.set(key, { zh: maskLine(text.zh), en: maskLine(text.en) });
    else this.#troubles.delete(key);
    this.#log.state(key, text);
    if (this.lastError !== before) this.#onTrouble();
  }

  /** Many are lost at the same moment; one line says how many. */
  #lost(): void {
    if (this.#fenced++ === 0) setTimeout(() => this.#tellLost(), GATHER_MS).unref();
  }

  #tellLost(): void {
    const fenced = this.#fenced;
    this.#fenced = 0;
    this.#log.warn(
      'outbox.fenced',
      {
        zh: `有 ${fenced} 次提交因租约将尽而放弃，稍后自动重来（机器曾挂起，或数据库过慢）`,
        en: `${plural(fenced, 'call')} given up because the lease was nearly over, to come again (machine suspended, or database too slow)`,
      },
      { fenced },
    );
  }
}

const PAST_AGE: Text = {
  zh: '同时有超过 100 行短信过了时限（多为中断之后），不再发送，转为 HELD 等人处理：用 yxt-mw held --code STALE 列出，要发用 release，不发用 discard',
  en: 'more than 100 rows are past their age at once, as after an outage: they are not sent but HELD for a person: yxt-mw held --code STALE lists them, release sends them, discard drops them',
};

/** What the others mostly follow from. */
const CAUSES = ['channel', 'disk'];

const codes = (claim: Claim): string => [...claim.refused].map(([code, n]) => `${code} ${n}`).join(', ');

const NAMES: Record<Exclude<Trouble, 'fenced'>, Text> = {
  open: {
    zh: '提交记录写入失败，未发送，稍后重试',
    en: 'submission records could not be written, nothing was sent, tried again',
  },
  release: {
    zh: '未发送的行暂时退不回，租约到期后自动退回',
    en: 'unsent rows could not be put back; their lease does it',
  },
  send: { zh: '发送', en: 'sending' },
  settle: { zh: '结果写回失败，保留并重试', en: 'results could not be written back; kept and tried again' },
  disk: {
    zh: '状态目录写不了，暂停发送，恢复后自动继续',
    en: 'the state directory cannot be written; sending waits and goes on by itself once it can',
  },
  claim: { zh: '领取失败，稍后重试', en: 'rows could not be claimed, tried again' },
  inbox: { zh: '上行短信', en: 'citizens’ messages' },
  receipts: { zh: '回执', en: 'delivery receipts' },
  queries: { zh: '点播', en: 'queries by SMS' },
  alarms: { zh: '告警检查', en: 'looking for alarms' },
  commands: { zh: 'sms_mw_command 中的命令暂时执行不了，稍后重试', en: 'commands of sms_mw_command, tried again' },
  heartbeat: { zh: '心跳写入失败', en: 'heartbeat could not be written' },
  chores: { zh: '定期清理失败，稍后重试', en: 'regular chores failed, tried again' },
  housekeeping: { zh: '历史整理中断，稍后接着做', en: 'housekeeping was interrupted, it goes on later' },
  balance: { zh: '每日余额没有记下，稍后重试', en: 'the balance of the day could not be noted, tried again' },
};
