import { textOf, AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { pick, type Locale, type Text } from '../lib/text.ts';
import { maskLine } from '../lib/mask.ts';
import type { Claim } from '../outbound/claim.ts';
import type { Closed } from '../platform/gate.ts';
import type { Counters } from './counters.ts';

type Trouble =
  'open' | 'release' | 'send' | 'fenced' | 'settle' | 'claim' | 'inbox' | 'receipts' | 'heartbeat' | 'parked' | 'prune';

/** What the loops have to say, as log lines: one per batch, one per change of state, none per row. Keeps the last trouble for `status`. */
export class Reporter {
  readonly #log: Log;
  readonly #counters: Counters;
  readonly #locale: Locale;
  readonly #troubles = new Map<string, Text>();
  #fenced = 0;

  constructor(log: Log, counters: Counters, locale: Locale) {
    this.#log = log;
    this.#counters = counters;
    this.#locale = locale;
  }

  claimed(priority: number, claim: Claim): void {
    const refused = [...claim.refused.values()].reduce((a, b) => a + b, 0);
    this.#log.info(
      'outbox.claimed',
      {
        zh: `领取 ${claim.rows} 行（优先级 ${priority}），合成 ${claim.groups.length} 次提交${refused > 0 ? `，本地拒绝 ${refused} 行：${codes(claim)}` : ''}`,
        en: `claimed ${claim.rows} rows (priority ${priority}) for ${claim.groups.length} calls${refused > 0 ? `, refused ${refused}: ${codes(claim)}` : ''}`,
      },
      { priority, rows: claim.rows, calls: claim.groups.length, refused },
    );
  }

  settled(counts: ReadonlyMap<string, number>): void {
    this.#counters.sent(counts.get('SENT') ?? 0);
    this.failure('settle', null);
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
    if (error === null) {
      this.#troubles.delete(key);
      this.#log.state(key, null);
      return;
    }
    if (error instanceof AppError && error.area === 'PLATFORM' && error.kind === 'blocked') return; // said by channelChanged
    const text = { zh: `${NAMES[what].zh}：${textOf(error).zh}`, en: `${NAMES[what].en}: ${textOf(error).en}` };
    this.#troubles.set(key, text);
    this.#log.state(key, text);
  }

  channelChanged(closed: Closed | null): void {
    if (closed) this.#troubles.set('channel', closed.text);
    else this.#troubles.delete('channel');
    this.#log.state('channel', closed?.text ?? null);
  }

  /** The most telling trouble of now, in words; null when all is well. */
  get trouble(): Text | null {
    return this.#troubles.get('channel') ?? [...this.#troubles.values()].at(-1) ?? null;
  }

  /** For the heartbeat row. */
  get lastError(): string | null {
    const text = this.trouble;
    return text && maskLine(pick(text, this.#locale));
  }

  #lost(): void {
    this.#fenced++;
    this.#log.warn(
      'outbox.fenced',
      {
        zh: `有 ${this.#fenced} 次提交因租约将尽而放弃，稍后自动重来（机器曾挂起，或数据库过慢）`,
        en: `${this.#fenced} calls were given up because their lease was nearly over; they come again (machine suspended, or database too slow)`,
      },
      { fenced: this.#fenced },
    );
  }
}

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
  send: { zh: '平台', en: 'platform' },
  settle: { zh: '结果写回失败，保留并重试', en: 'results could not be written back; kept and tried again' },
  claim: { zh: '发件表读取失败，稍后重试', en: 'the outbox could not be read, tried again' },
  inbox: { zh: '上行短信', en: 'citizens’ messages' },
  receipts: { zh: '回执', en: 'delivery receipts' },
  heartbeat: { zh: '心跳写入失败', en: 'heartbeat could not be written' },
  parked: { zh: '未匹配回执处理失败', en: 'unmatched receipts could not be handled' },
  prune: { zh: '过期数据清理失败', en: 'old records could not be deleted' },
};
