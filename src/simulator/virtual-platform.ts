import type { Clock } from '../lib/clock.ts';
import { Account } from './account.ts';
import { answerLine, refusalLine, type Refusal } from './codes.ts';
import type { Form } from './form.ts';
import { Ledger } from './ledger.ts';
import { Phones } from './phones.ts';
import { Receipts } from './receipts.ts';
import { Repeats } from './repeats.ts';
import { Replies, type Reply } from './replies.ts';
import type { SimulatorSettings } from './settings.ts';
import { failList, readSubmission, type Submission } from './submission.ts';
import { LastMinute, SlidingSecond } from './window.ts';

/** The five calls of the HTTP interface, by the last part of their path. */
export const CALLS = ['Send', 'report', 'reply', 'replyConfirm', 'SearchNumber'] as const;
export type CallName = (typeof CALLS)[number];

export interface PlatformStats {
  /** Messages accepted (one number each), and the calls and billed parts that they came in. */
  readonly accepted: number;
  readonly acceptedCalls: number;
  readonly acceptedParts: number;
  /** Calls refused, by result code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Numbers refused within accepted calls. */
  readonly failedNumbers: number;
  readonly duplicateSerialAttempts: number;
  readonly duplicateSerialsOtherBody: number;
  readonly doubledMessages: number;
  /** Calls with bytes that are not GBK or not percent-encoded. */
  readonly garbled: number;
  readonly failedLogins: number;
  readonly locked: boolean;
  readonly balance: number;
  /** Most parts that arrived within any one second, refused ones included. */
  readonly maxPartsPerSecond: number;
  /** Milliseconds since 1970. */
  readonly firstAcceptedAt: number | null;
  readonly lastAcceptedAt: number | null;
  readonly receiptsHandedOut: number;
  readonly submissionsWithReceiptsToCome: number;
  readonly unconfirmedMo: number;
  readonly confirmedMo: number;
  readonly strayConfirms: number;
}

/** What of a submission is sent, and what is refused. */
type Served = Pick<Submission, 'phones' | 'failed'>;

const FIRST_TASK = 229100000001;

/** The platform without the wire: a form in, an answer line (GBK as a binary string) out, and everything it remembers. */
export class VirtualPlatform {
  settings: SimulatorSettings;
  readonly account = new Account();
  readonly ledger = new Ledger();
  readonly phones = new Phones();
  /** Messages accepted, by second. */
  readonly speed = new LastMinute();
  readonly #clock: Clock;
  readonly #receipts = new Receipts();
  readonly #replies = new Replies();
  readonly #repeats = new Repeats();
  readonly #arrived = new SlidingSecond();
  readonly #taken = new SlidingSecond();
  readonly #refused: Record<string, number> = {};
  #accepted = 0;
  #acceptedParts = 0;
  #acceptedCalls = 0;
  #failedNumbers = 0;
  #garbled = 0;

  constructor(settings: SimulatorSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
  }

  answer(call: CallName, form: Form): string {
    const refusal = this.account.check(form, this.settings);
    const result = refusal ?? this.#perform(call, form);
    if (form.garbled) this.#garbled++;
    if (typeof result === 'string') return result;
    this.#refused[result.code] = (this.#refused[result.code] ?? 0) + 1;
    return refusalLine(result);
  }

  /** A citizen writes to our access number. */
  citizenWrites(phone: string, content: string, extNo: string): Reply {
    const reply = this.#replies.add(phone, content, this.settings.accessNo + extNo, this.#clock.wall());
    this.phones.sent(reply, extNo);
    return reply;
  }

  stats(): PlatformStats {
    return {
      accepted: this.#accepted,
      acceptedCalls: this.#acceptedCalls,
      acceptedParts: this.#acceptedParts,
      refused: { ...this.#refused },
      failedNumbers: this.#failedNumbers,
      duplicateSerialAttempts: this.ledger.duplicateSerials,
      duplicateSerialsOtherBody: this.ledger.duplicateSerialsOtherBody,
      doubledMessages: this.ledger.doubledMessages,
      garbled: this.#garbled,
      failedLogins: this.account.failedLogins,
      locked: this.account.locked,
      balance: this.settings.balance,
      maxPartsPerSecond: this.#arrived.max,
      firstAcceptedAt: this.ledger.firstAt,
      lastAcceptedAt: this.ledger.lastAt,
      receiptsHandedOut: this.#receipts.handedOut,
      submissionsWithReceiptsToCome: this.#receipts.waiting,
      unconfirmedMo: this.#replies.unconfirmed,
      confirmedMo: this.#replies.confirmed,
      strayConfirms: this.#replies.strayConfirms,
    };
  }

  #perform(call: CallName, form: Form): string | Refusal {
    switch (call) {
      case 'Send':
        return this.#send(form);
      case 'report':
        return `result=0&out=${this.#receipts.take(this.#clock.wall(), this.settings)}`;
      case 'reply':
        return `result=0${this.#replies.take(this.settings.maxRepliesPerCall)}`;
      case 'replyConfirm': {
        const id = form.get('id');
        if (id === '') return { code: '1' };
        this.#replies.confirm(id, this.#clock.wall());
        return 'result=0';
      }
      case 'SearchNumber':
        return answerLine('0', `&number=${this.settings.balance}`, '查询成功');
    }
  }

  #send(form: Form): string | Refusal {
    const now = this.#clock.wall();
    const submission = readSubmission(form, this.settings, now);
    if ('code' in submission) return submission;
    const served = this.#admit(submission, now);
    if ('code' in served) {
      if (this.settings.rememberRefused && served.code !== '15') this.ledger.burn(submission);
      return served;
    }
    return this.#accept(submission, served, now);
  }

  /** The rules that depend on what was sent before. */
  #admit(submission: Submission, now: number): Served | Refusal {
    const parts = submission.parts * submission.phones.length;
    const mono = this.#clock.mono();
    this.#arrived.add(mono, parts);
    if (this.ledger.isDuplicate(submission)) return { code: '15' };
    const kept = this.#withoutRepeats(submission, now);
    if ('code' in kept) return kept;
    const cost = submission.parts * kept.phones.length;
    const limit = this.settings.ratePerSecond;
    const recent = this.#taken.sum(mono);
    // a message that has more parts than the limit may pass when it comes alone, else it never could
    if (limit !== null && recent > 0 && recent + cost > limit) return { code: '11' };
    if (cost > this.settings.balance) return { code: '13' };
    this.#taken.add(mono, cost);
    return kept;
  }

  get #watchesRepeats(): boolean {
    return this.settings.sameTextLimit !== null || this.settings.codeIntervalMs !== null;
  }

  #withoutRepeats(submission: Submission, now: number): Served | Refusal {
    if (!this.#watchesRepeats) return submission;
    const phones: number[] = [];
    const failed = [...submission.failed];
    let refusal: Refusal | null = null;
    for (const phone of submission.phones) {
      const verdict = this.#repeats.verdict(phone, submission.text, now, this.settings);
      if (!verdict) {
        phones.push(phone);
        continue;
      }
      failed.push(String(phone));
      refusal ??= verdict.code === '33' ? { code: '33' } : tooOften(verdict.times);
    }
    if (refusal && (phones.length === 0 || !submission.tolerant)) return refusal;
    return { phones, failed };
  }

  #accept(submission: Submission, served: Served, now: number): string {
    const cost = submission.parts * served.phones.length;
    const taskId = String(FIRST_TASK + this.#acceptedCalls);
    const entry = this.ledger.accept(submission, served.phones, taskId, now, this.settings);
    this.settings.balance -= cost;
    this.#acceptedCalls++;
    this.#accepted += served.phones.length;
    this.speed.add(now, served.phones.length);
    this.#acceptedParts += cost;
    this.#failedNumbers += served.failed.length;
    if (this.#watchesRepeats) for (const phone of served.phones) this.#repeats.note(phone, submission.text, now);
    if (this.settings.receipts) this.#receipts.add(entry, submission.sendAt);
    this.phones.received(entry, submission.text, submission.sendAt);
    return answerLine('0', `&taskid=${taskId}${failList(served.failed)}&task_id=${taskId}`);
  }
}

function tooOften(times: number): Refusal {
  const description = `同一号码发送次数太多,一天内同一号码发送相同内容次数:${times - 1},当前次数为:${times}`;
  return { code: '32', description };
}
