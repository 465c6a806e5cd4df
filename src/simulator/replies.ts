import { gbk } from './codes.ts';

/** A citizen's message, waiting until the client has confirmed it. */
export interface Reply {
  /** Ascending. */
  readonly id: number;
  /** Access number with extension digits. */
  readonly accessNo: string;
  readonly phone: string;
  readonly content: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Ids are the milliseconds since here, or one more than the last: a simulator that is started again must not use an id
 * again, for its client remembers ids for weeks and would take the new message for an old one.
 */
const IDS_SINCE = Date.UTC(2026, 0, 1);

/** `reply.do` and `replyConfirm.do`: the same batch again and nothing newer until its id is confirmed. */
export class Replies {
  confirmed = 0;
  /** Confirmations of an id that was not handed out: a sound client makes none. */
  strayConfirms = 0;
  #lastId = 0;
  #waiting: Reply[] = [];
  #batch: Reply[] = [];
  #confirmTime = '';

  /** Messages that nobody has confirmed, handed out or not. */
  get unconfirmed(): number {
    return this.#waiting.length + this.#batch.length;
  }

  add(phone: string, content: string, accessNo: string, at: number): Reply {
    this.#lastId = Math.max(this.#lastId + 1, at - IDS_SINCE);
    const reply = { id: this.#lastId, accessNo, phone, content, at };
    this.#waiting.push(reply);
    return reply;
  }

  /** The part of the answer behind `result=0`, '' when nothing waits; in the documented order of fields. */
  take(most: number): string {
    if (this.#batch.length === 0) this.#batch = this.#waiting.splice(0, most);
    const last = this.#batch.at(-1);
    if (!last) return '';
    const items = this.#batch.map((reply) =>
      JSON.stringify({
        callmdn: reply.accessNo,
        mdn: reply.phone,
        content: reply.content,
        reply_time: beijingTime(reply.at),
        id: String(reply.id),
      }),
    );
    return gbk(`&confirm_time=${this.#confirmTime}&id=${last.id}&replys=[${items.join(',')}]`);
  }

  /** Confirms what was handed out up to and including `id`; false when it names no message of the open batch. */
  confirm(id: string, now: number): boolean {
    const place = this.#batch.findIndex((reply) => String(reply.id) === id);
    if (place < 0) {
      this.strayConfirms++;
      return false;
    }
    this.#batch = this.#batch.slice(place + 1);
    this.confirmed += place + 1;
    this.#confirmTime = beijingTime(now);
    return true;
  }
}

/** `yyyy-MM-dd HH:mm:ss` in Beijing, where there is no summer time. */
function beijingTime(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
