import { statfsSync } from 'node:fs';
import type { Config } from '../config/settings.ts';
import type { DaemonRow, Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { DbError, textOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { spanText } from '../lib/span.ts';
import { plural, type Text } from '../lib/text.ts';
import type { AlarmBook, Trouble } from './book.ts';
import type { CertificateEnd } from './certificate.ts';
import type { DeliveryRate } from './delivery.ts';
import { NAMES, type Alarm, type Condition } from './notice.ts';

export interface WatchParts {
  readonly options: Omit<Config['alarms'], 'webhook' | 'mail' | 'sms'>;
  readonly store: Pick<Store, 'daemons'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error' | 'warn' | 'info'>;
  readonly book: AlarmBook;
  readonly delivery: DeliveryRate;
  /** Of this installation, as in the status table. */
  readonly identity: string;
  readonly stateDir: string;
  /** When the database took our latest heartbeat, by the monotonic clock. */
  readonly beatAt: () => number;
  /** What every daemon sees anyway, of the longest silence and the longest wait; null: none. */
  readonly look: () => { readonly silentMs: number | null; readonly oldestMs: number | null };
  /** True: no other daemon is alive. */
  readonly alone: () => boolean;
  /** Why nothing is sent now: what the platform, the account or a person has stopped; null: nothing. */
  readonly closed: () => { readonly code: string; readonly text: Text } | null;
  /** Why the platform cannot be reached; null: it can. */
  readonly unreached: () => { readonly code: string; readonly text: Text } | null;
  /** Messages left at the platform; null: it does not say, or must not be asked now. */
  readonly balance: () => Promise<number | null>;
  readonly certificates: () => Promise<readonly CertificateEnd[]>;
  /** Told of what others than the log are to hear. */
  readonly tell: (notice: Alarm) => void;
}

/** A database away for less than this is on its way back, and so is a platform away for less than the other. */
const GRACE_MS = 60_000;
const UNREACHED_MS = 300_000;
/** The brake has done its work when nothing was held for so long. */
const STORM_OVER_MS = 3_600_000;
const CERTIFICATES_EVERY_MS = 12 * 3_600_000;
/** Nothing beside the work itself in the first minutes. */
const SETTLING_MS = 600_000;
/** Daemons gone for longer were put out of use. */
const GONE_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;
const MB = 2 ** 20;

/** What is read in the status table. */
const BY_TABLE: ReadonlySet<Condition> = new Set(['database', 'oldest', 'heartbeat']);
/** What all daemons see alike: of several one tells it. */
const SHARED: ReadonlySet<Condition> = new Set(['channel', 'oldest', 'balance', 'certificate', 'heartbeat']);

/** Looks at everything that may be wrong, and tells what has begun, lasts or is over. The database is asked only where something seems wrong. */
export class AlarmWatch {
  readonly #p: WatchParts;
  #unreachedSince: number | null = null;
  #storm: { readonly text: Text; readonly at: number } | null = null;
  #balanceAt: number;
  #certificatesAt: number;

  constructor(parts: WatchParts) {
    this.#p = parts;
    const now = parts.clock.mono();
    this.#balanceAt = now + parts.options.balanceEvery;
    this.#certificatesAt = now + SETTLING_MS;
  }

  /** The storm brake has held rows. */
  storm(text: Text): void {
    this.#storm = { text, at: this.#p.clock.mono() };
  }

  /** Resolves with the milliseconds until the next look. What cannot be looked at stays as it was. */
  async pass(): Promise<number> {
    const daemons = this.#seemsWell() ? null : await this.#daemons();
    if (daemons !== null) {
      await this.#see('database', this.#database(daemons));
      if (!(daemons instanceof DbError)) await this.#rows(daemons);
    }
    await this.#see('channel', this.#channel());
    await this.#see('disk', this.#disk());
    await this.#see('delivery', this.#deliveryRate());
    const storm = this.#storm;
    await this.#see('storm', storm && this.#p.clock.mono() - storm.at < STORM_OVER_MS ? storm : null);
    await this.#balance();
    await this.#certificates();
    for (const notice of this.#p.book.reminders()) await this.#tell(notice);
    return this.#p.options.checkEvery;
  }

  /** By what heartbeat and poll have brought along. */
  #seemsWell(): boolean {
    const { clock, beatAt, look, book, options } = this.#p;
    const { silentMs, oldestMs } = look();
    const isLong = (ms: number | null, most: number | null): boolean => ms !== null && most !== null && ms >= most;
    if (clock.mono() - beatAt() >= GRACE_MS) return false;
    if (isLong(silentMs, options.heartbeatAfter) || isLong(oldestMs, options.oldestAfter)) return false;
    return !book.raised.some((condition) => BY_TABLE.has(condition));
  }

  async #see(condition: Condition, trouble: Trouble | null): Promise<void> {
    const notice = this.#p.book.see(condition, trouble);
    if (notice !== null) await this.#tell(notice);
  }

  async #tell(notice: Alarm): Promise<void> {
    this.#write(notice);
    if (!SHARED.has(notice.condition) || (await this.#isSpeaker())) this.#p.tell(notice);
  }

  /** True: of the daemons that live this one tells what all of them see. Told twice is better than not at all. */
  async #isSpeaker(): Promise<boolean> {
    if (this.#p.alone()) return true;
    const daemons = await this.#daemons();
    return daemons instanceof DbError || isSpeaker(this.#p.identity, daemons);
  }

  #write({ condition, state, text, since, at }: Alarm): void {
    const { log } = this.#p;
    const name = NAMES[condition];
    const fields = { condition, state };
    if (state !== 'cleared') {
      const write = state === 'raised' ? log.error : log.warn;
      write('alarm', { zh: `${name.zh}：${text.zh}`, en: `${name.en}: ${text.en}` }, fields);
      return;
    }
    const span = spanText(at - since);
    log.info('alarm', { zh: `${name.zh}：已恢复（历时 ${span.zh}）`, en: `${name.en}: over after ${span.en}` }, fields);
  }

  async #daemons(): Promise<readonly DaemonRow[] | DbError> {
    try {
      return await this.#p.store.daemons();
    } catch (error) {
      if (error instanceof DbError) return error;
      throw error;
    }
  }

  #database(daemons: readonly DaemonRow[] | DbError): Trouble | null {
    return daemons instanceof DbError ? { text: daemons.text } : null;
  }

  #channel(): Trouble | null {
    const now = this.#p.clock.mono();
    const unreached = this.#p.unreached();
    this.#unreachedSince = unreached === null ? null : (this.#unreachedSince ?? now);
    const closed = this.#p.closed();
    if (closed !== null) return { text: closed.text, sign: closed.code };
    const lasts = this.#unreachedSince !== null && now - this.#unreachedSince >= UNREACHED_MS;
    return unreached !== null && lasts ? { text: unreached.text, sign: unreached.code } : null;
  }

  async #rows(daemons: readonly DaemonRow[]): Promise<void> {
    const { oldestAfter, heartbeatAfter } = this.#p.options;
    const own = daemons.find(({ identity }) => identity === this.#p.identity);
    // while the channel is closed they wait for that, and it has been told
    if (oldestAfter === null) await this.#see('oldest', null);
    else if (own !== undefined && this.#p.closed() === null) {
      const waits = own.oldestWaitingMs ?? 0;
      await this.#see('oldest', own.waiting > 0 && waits >= oldestAfter ? waiting(own.waiting, waits) : null);
    }
    if (heartbeatAfter === null) {
      await this.#see('heartbeat', null);
      return;
    }
    const silent = daemons.filter(
      (d) =>
        d.identity !== this.#p.identity &&
        d.state !== 'STOPPED' &&
        d.silentMs >= heartbeatAfter &&
        d.silentMs < GONE_MS,
    );
    await this.#see('heartbeat', silent.length === 0 ? null : silentText(silent));
  }

  #disk(): Trouble | null {
    const { diskBelow } = this.#p.options;
    if (diskBelow === null) return null;
    const { bavail, bsize } = statfsSync(this.#p.stateDir);
    const free = bavail * bsize;
    if (free >= diskBelow) return null;
    const left = Math.floor(free / MB);
    return {
      text: {
        zh: `stateDir 所在磁盘只剩 ${left} MB。写满后发送和取件都会停`,
        en: `only ${left} MB are left on the disk of stateDir. When it is full, sending and fetching stop`,
      },
    };
  }

  #deliveryRate(): Trouble | null {
    const { deliveryBelow } = this.#p.options;
    const found = this.#p.delivery.rate();
    if (deliveryBelow === null || found === null || found.percent >= deliveryBelow) return null;
    const percent = found.percent.toFixed(1);
    return {
      text: {
        zh: `近一小时 ${found.receipts} 份回执中送达 ${percent}%，低于 ${deliveryBelow}%。请用 yxt-mw stats 看是哪些类别和号段，并向平台询问`,
        en: `${percent} % of ${found.receipts} receipts of the last hour say delivered, less than ${deliveryBelow} %. See by yxt-mw stats which categories and prefixes, and ask the platform`,
      },
    };
  }

  async #balance(): Promise<void> {
    const { clock, options } = this.#p;
    if (options.balanceBelow === null) await this.#see('balance', null);
    if (options.balanceBelow === null || clock.mono() < this.#balanceAt) return;
    this.#balanceAt = clock.mono() + options.balanceEvery;
    if (!(await this.#isSpeaker())) return;
    const left = await this.#quietly('balance', () => this.#p.balance());
    if (left === null) return;
    await this.#see('balance', left >= options.balanceBelow ? null : { text: balanceText(left) });
  }

  async #certificates(): Promise<void> {
    const { clock, options } = this.#p;
    if (options.certificateDays === null) await this.#see('certificate', null);
    if (options.certificateDays === null || clock.mono() < this.#certificatesAt) return;
    this.#certificatesAt = clock.mono() + CERTIFICATES_EVERY_MS;
    const ends = await this.#quietly('certificate', () => this.#p.certificates());
    const [first] = [...(ends ?? [])].sort((a, b) => a.until - b.until);
    if (first === undefined) return;
    const days = Math.floor((first.until - clock.wall()) / DAY_MS);
    await this.#see('certificate', days >= options.certificateDays ? null : { text: certificateText(first, days) });
  }

  /** What cannot be asked now is asked the next time; that the platform is away is another alarm. */
  async #quietly<T>(what: Condition, ask: () => Promise<T | null>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      const { zh, en } = textOf(error);
      this.#p.log.warn('alarm.look', {
        zh: `${NAMES[what].zh}：这次没有查成（${zh}）`,
        en: `${NAMES[what].en}: could not be looked at this time (${en})`,
      });
      return null;
    }
  }
}

/** Of those that live the first by identity; alone, or where nobody lives, we are. */
function isSpeaker(identity: string, daemons: readonly DaemonRow[]): boolean {
  const alive = daemons.filter((d) => d.identity === identity || (d.state !== 'STOPPED' && d.silentMs < GRACE_MS));
  return alive.every((d) => d.identity >= identity);
}

function waiting(rows: number, ms: number): Trouble {
  const span = spanText(ms);
  return {
    text: {
      zh: `最早一行已等 ${span.zh}，共 ${rows} 行该发未发。原因见 yxt-mw status，单行见 yxt-mw explain`,
      en: `the oldest row has waited for ${span.en}, ${plural(rows, 'row is', 'rows are')} due. yxt-mw status says why, yxt-mw explain of one row`,
    },
  };
}

function silentText(silent: readonly DaemonRow[]): Trouble {
  const names = silent.map(({ instance, host }) => `${instance} (${host})`).join(', ');
  return {
    text: {
      zh: `守护进程没有心跳：${names}。请看那台机器；其余的接着发送`,
      en: `no heartbeat of ${names}. Look at that machine; the others go on sending`,
    },
    sign: silent.map(({ identity }) => identity).join(' '),
  };
}

const balanceText = (left: number): Text => ({
  zh: `平台余额只有 ${left} 条，请充值`,
  en: `only ${plural(left, 'message')} left at the platform: top it up`,
});

const certificateText = ({ what }: CertificateEnd, days: number): Text => ({
  zh: `${what.zh}还有 ${days} 天到期，到期后无法发送。请提前问平台何时更换`,
  en: `${what.en} ends in ${plural(days, 'day')}; nothing can be sent after that. Ask the platform in time when it renews`,
});
