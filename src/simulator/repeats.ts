import { hash53 } from './ledger.ts';
import type { SimulatorSettings } from './settings.ts';

const DAY_MS = 24 * 3_600_000;
/** Numbers watched at most; the one that has been quiet longest is dropped first. */
const MOST_PHONES = 1_000_000;

/** What one number has been sent lately: codes 32 (identical texts) and 33 (verification codes too close). */
export class Repeats {
  readonly #recent = new Map<number, { text: number; code: boolean; at: number }[]>();

  /** The refusal for one more `text` to this number at `now`, or null; `times` is how often it would then have been sent. */
  verdict(phone: number, text: string, now: number, s: SimulatorSettings): { code: '32' | '33'; times: number } | null {
    const recent = this.#recent.get(phone);
    if (!recent) return s.sameTextLimit === 0 ? { code: '32', times: 1 } : null;
    if (s.codeIntervalMs !== null && isCode(text)) {
      const since = now - s.codeIntervalMs;
      if (recent.some((sent) => sent.code && sent.at > since)) return { code: '33', times: 0 };
    }
    if (s.sameTextLimit !== null) {
      const wanted = hash53(text);
      const times = recent.filter((sent) => sent.text === wanted && sent.at > now - DAY_MS).length + 1;
      if (times > s.sameTextLimit) return { code: '32', times };
    }
    return null;
  }

  note(phone: number, text: string, now: number): void {
    const recent = (this.#recent.get(phone) ?? []).filter((sent) => sent.at > now - DAY_MS);
    recent.push({ text: hash53(text), code: isCode(text), at: now });
    this.#recent.delete(phone); // to the end: a Map remembers the order of insertion
    this.#recent.set(phone, recent);
    if (this.#recent.size > MOST_PHONES) {
      for (const oldest of this.#recent.keys()) {
        this.#recent.delete(oldest);
        break;
      }
    }
  }
}

function isCode(text: string): boolean {
  return text.includes('验证码');
}
