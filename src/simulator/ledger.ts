import type { SimulatorSettings } from './settings.ts';
import type { Submission } from './submission.ts';

/** One accepted submission. */
export interface LedgerEntry {
  readonly serial: string;
  readonly phones: readonly number[];
  /** The text, or its hash as 14 hexadecimal digits when the ledger is `light`. */
  readonly text: string;
  readonly extNo: string;
  readonly taskId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Billed parts for one number. */
  readonly parts: number;
}

/** What has been accepted: the memory behind code 15, and the proof by which tests count. */
export class Ledger {
  /** Submissions of a serial that was taken already. */
  duplicateSerials = 0;
  /** Those of them with another text or other numbers: never to be seen from a sound client. */
  duplicateSerialsOtherBody = 0;
  /** Times that a number was given a text which it had been given before. */
  doubledMessages = 0;
  firstAt: number | null = null;
  lastAt: number | null = null;

  #entries: LedgerEntry[] = [];
  /** Serial → hash of its body. */
  readonly #serials = new Map<string, number>();
  /** Number → hash of its one text, or of all of them when there are several. */
  readonly #texts = new Map<number, number | number[]>();

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** True when the serial is taken; counts the attempt. */
  isDuplicate(submission: Submission): boolean {
    const known = this.#serials.get(submission.serial);
    if (known === undefined) return false;
    this.duplicateSerials++;
    if (known !== bodyHash(submission)) this.duplicateSerialsOtherBody++;
    return true;
  }

  /** Marks a serial as used without accepting anything. */
  burn(submission: Submission): void {
    this.#serials.set(submission.serial, bodyHash(submission));
  }

  /** `phones`: those of the submission's numbers that are served. */
  accept(
    submission: Submission,
    phones: readonly number[],
    taskId: string,
    at: number,
    settings: SimulatorSettings,
  ): LedgerEntry {
    const textHash = hash53(submission.text);
    const entry: LedgerEntry = {
      serial: submission.serial,
      phones,
      text: settings.ledger === 'full' ? submission.text : textHash.toString(16).padStart(14, '0'),
      extNo: submission.extNo,
      taskId,
      at,
      parts: submission.parts,
    };
    this.#serials.set(submission.serial, bodyHash(submission, textHash));
    for (const phone of phones) this.#count(phone, textHash);
    this.firstAt ??= at;
    this.lastAt = at;
    this.#entries.push(entry);
    if (this.#entries.length > settings.ledgerLimit * 1.1 + 100) this.#forget(settings.ledgerLimit);
    return entry;
  }

  /** The platform's memory of serials is lost: none is a duplicate any more. What was accepted stays counted. */
  forgetSerials(): void {
    this.#serials.clear();
  }

  #count(phone: number, textHash: number): void {
    const known = this.#texts.get(phone);
    if (known === undefined) this.#texts.set(phone, textHash);
    else if (typeof known === 'number') {
      if (known === textHash) this.doubledMessages++;
      else this.#texts.set(phone, [known, textHash]);
    } else if (known.includes(textHash)) this.doubledMessages++;
    else known.push(textHash);
  }

  #forget(keep: number): void {
    const old = this.#entries.splice(0, this.#entries.length - keep);
    for (const entry of old) {
      this.#serials.delete(entry.serial);
      for (const phone of entry.phones) this.#texts.delete(phone);
    }
  }
}

/** Same text to the same numbers (as accepted or as tried) gives the same value. */
function bodyHash(submission: Submission, textHash = hash53(submission.text)): number {
  let sum = textHash;
  for (const phone of submission.phones) sum = (sum + phone * 31) % Number.MAX_SAFE_INTEGER;
  return sum;
}

/** A 53-bit hash of two multiplied and mixed 32-bit halves: enough that a million texts meet by chance once in ten thousand runs. */
export function hash53(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (b & 0x1fffff) * 4294967296 + (a >>> 0);
}
