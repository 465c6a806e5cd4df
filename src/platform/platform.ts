/**
 * What the platform can do, whatever the wire (HTTP today; SOAP, CMPP and SGIP would be further implementations).
 * Every verb either returns an answer that was read, or throws a `PlatformError` that says whether the request may have gone out.
 */
export interface Platform {
  /** A hint: so many calls of `send` are about to come. Sends nothing. */
  prepare(calls: number): void;
  send(request: SendRequest): Promise<SendAnswer>;
  /**
   * Delivery receipts. The platform forgets what it handed out: `raw` must be on disk before `readReport` is called, and what came but
   * is no answer is in the `PlatformError`.
   */
  report(): Promise<Fetched>;
  /** Citizens' messages; handed out again until `confirm`. */
  reply(): Promise<Fetched>;
  confirm(lastId: string): Promise<Answer>;
  balance(): Promise<BalanceAnswer>;
  /** Never throw: what cannot be read is returned as such. */
  readReport(raw: Buffer): ReportAnswer;
  readReply(raw: Buffer): ReplyAnswer;
  /** Waits for the calls that are out, until `hurry`. */
  close(hurry?: AbortSignal): Promise<void>;
}

export type CallKind = 'send' | 'report' | 'reply' | 'confirm' | 'balance';

export interface SendRequest {
  /** 20 digits, ours, unique for ever. */
  readonly serial: string;
  readonly text: string;
  /** Normalised 11-digit numbers, no repeats, at most 1,000. */
  readonly phones: readonly string[];
  readonly extNo: string | null;
  /** The platform's id of an approved template, where the account wants one. */
  readonly templateId: string | null;
}

export interface Answer {
  /** `result`, trimmed, verbatim. */
  readonly code: string;
  /** `description`, may be empty. */
  readonly description: string;
}

export interface SendAnswer extends Answer {
  readonly taskId: string | null;
  /** `faillist`: numbers of this call that were refused. */
  readonly failed: readonly string[];
}

export interface BalanceAnswer extends Answer {
  /** Messages left; null when the answer names none. */
  readonly number: number | null;
}

export interface Fetched {
  readonly raw: Buffer;
  /** `result` of the raw answer. */
  readonly code: string;
  /** True: the line broke in the middle of it; `raw` ends with the last whole record and what remained of the next. */
  readonly cut?: boolean;
}

export interface ReportAnswer extends Answer {
  readonly receipts: readonly { serial: string; phone: string; code: string }[];
  /** Records that are not serial,phone,status; verbatim. */
  readonly unreadable: readonly string[];
}

export interface ReplyMessage {
  /** The platform's id; null where it gives none. */
  readonly id: string | null;
  readonly accessNo: string;
  /** In 11 digits where it is a mainland mobile, else as written; empty where the platform gives none. */
  readonly phone: string;
  readonly content: string;
  /** `yyyy-MM-dd HH:mm:ss`, Beijing; null when missing or unreadable. */
  readonly receivedAt: string | null;
}

export interface ReplyAnswer extends Answer {
  /** Outer id, for `confirm`; null when nothing waits. */
  readonly lastId: string | null;
  readonly messages: readonly ReplyMessage[];
  /** True when there are `replys` that no reading, strict or lenient, makes sense of. */
  readonly unreadable: boolean;
}
