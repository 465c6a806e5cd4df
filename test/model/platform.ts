import { PlatformError } from '../../src/lib/errors.ts';
import { resultOf } from '../../src/platform/fields.ts';
import { decodeGbk } from '../../src/platform/gbk.ts';
import type { Fetched, Platform } from '../../src/platform/platform.ts';
import {
  accountForm,
  confirmForm,
  readPlain,
  readBalance,
  readReply,
  readReport,
  readSend,
  sendForm,
} from '../../src/platform/wire.ts';
import { answerLine } from '../../src/simulator/codes.ts';
import { parseForm } from '../../src/simulator/form.ts';
import type { Reply } from '../../src/simulator/replies.ts';
import { DEFAULT_SETTINGS, type SettingsPatch, withPatch } from '../../src/simulator/settings.ts';
import { readSubmission } from '../../src/simulator/submission.ts';
import { type CallName, VirtualPlatform } from '../../src/simulator/virtual-platform.ts';
import type { Points } from './points.ts';
import { type Process, running, time } from './time.ts';

/** What the n-th `Send.do` meets instead of the platform's usual answer. */
export type SendQuirk = 'code 20, nothing done' | 'code 20, accepted' | 'code 11' | 'serial of a stranger';

/** One `Send.do` that has reached the platform. */
export interface Post {
  readonly serial: string;
  readonly text: string;
  readonly numbers: string;
  readonly extNo: string;
}

/** A receipt that the platform has handed out. */
export interface Handed {
  readonly serial: string;
  readonly phone: string;
  readonly code: string;
  /** True: its answer was in the hands of the process for longer than it takes to write it to disk. */
  reached: boolean;
}

/** Where a process has what it was handed last: in memory, or about to write it to disk. */
interface InHand {
  readonly receipts: readonly Handed[];
  writing: boolean;
}

export interface ModelPlatformOptions {
  readonly settings: SettingsPatch;
  readonly quirks: Readonly<Record<number, SendQuirk>>;
  /** Every receipt comes twice, in two answers. */
  readonly repeatReceipts: boolean;
  /** Messages that are about to be confirmed. */
  readonly onConfirm: (replies: readonly Reply[]) => void;
}

const { spCode, loginName, password } = DEFAULT_SETTINGS;
const ACCOUNT = accountForm({ spCode, loginName, password }, 'gbk');
/** How late a late request arrives: after the call's time limit, and after its first repeat. */
const LATE_MS = 10_000;

/** The simulator's platform without its server, and a record of what it was asked. */
export class ModelPlatform {
  readonly virtual: VirtualPlatform;
  readonly posts: Post[] = [];
  readonly handed: Handed[] = [];
  /** Serials that another program of the account has used up. */
  readonly strangers = new Set<string>();
  readonly written: Reply[] = [];
  /** Requests that are still on their way. */
  late = 0;
  readonly #o: ModelPlatformOptions;
  readonly #accepted = new Map<string, Set<string>>();
  #ledgerRead = 0;
  readonly #inHand = new Map<Process, InHand>();
  #sends = 0;
  #again = '';
  #latest: Handed[] = [];

  constructor(options: ModelPlatformOptions) {
    this.#o = options;
    this.virtual = new VirtualPlatform(withPatch(DEFAULT_SETTINGS, options.settings), {
      wall: () => time.now,
      mono: () => time.now,
    });
  }

  citizenWrites(phone: string, content: string): void {
    this.written.push(this.virtual.citizenWrites(phone, content, ''));
  }

  /** Numbers that it has accepted under a serial. */
  accepted(serial: string): ReadonlySet<string> {
    const { entries } = this.virtual.ledger;
    for (; this.#ledgerRead < entries.length; this.#ledgerRead++) {
      const entry = entries[this.#ledgerRead];
      if (entry) this.#accepted.set(entry.serial, new Set(entry.phones.map(String)));
    }
    return this.#accepted.get(serial) ?? NOBODY;
  }

  /** True when nothing is left for the daemon to fetch. */
  get drained(): boolean {
    const stats = this.virtual.stats();
    return (
      stats.unconfirmedMo === 0 && stats.submissionsWithReceiptsToCome === 0 && this.#again === '' && this.late === 0
    );
  }

  /** A request arrives; the answer as bytes. */
  perform(call: CallName, form: string): Buffer {
    const body = Buffer.from(ACCOUNT + form, 'latin1');
    const answer = (): string => this.virtual.answer(call, parseForm(body));
    switch (call) {
      case 'Send':
        return Buffer.from(this.#send(body, answer), 'latin1');
      case 'report':
        return Buffer.from(this.#report(answer), 'latin1');
      case 'replyConfirm': {
        const id = Number(parseForm(body).get('id'));
        this.#o.onConfirm(this.written.filter((reply) => reply.id <= id));
        return Buffer.from(answer(), 'latin1');
      }
      case 'reply':
      case 'SearchNumber':
        return Buffer.from(answer(), 'latin1');
    }
  }

  /** The answer of `report` that was given last has come whole to this process. */
  handOver(process: Process): void {
    this.#inHand.set(process, { receipts: this.#latest, writing: false });
  }

  /** Told of every await point that a process passes. What it has had no time to write down may be lost with it. */
  passed(process: Process, label: string): void {
    const inHand = this.#inHand.get(process);
    if (!inHand) return;
    if (label === 'spool.put') {
      inHand.writing = true;
      return;
    }
    this.#inHand.delete(process);
    // a disk that has refused the write excuses the loss
    if (!inHand.writing || label === 'spool.put, done') for (const receipt of inHand.receipts) receipt.reached = true;
  }

  #send(body: Buffer, answer: () => string): string {
    const form = parseForm(body);
    const serial = form.get('SerialNumber');
    this.posts.push({
      serial,
      text: form.get('MessageContent'),
      numbers: form.get('UserNumber'),
      extNo: form.get('ExtendAccessNum'),
    });
    const quirk = this.#o.quirks[++this.#sends];
    if (quirk === undefined) return answer();
    switch (quirk) {
      case 'code 11':
        return answerLine('11');
      case 'code 20, nothing done':
        return answerLine('20');
      case 'code 20, accepted':
        answer();
        return answerLine('20');
      case 'serial of a stranger': {
        const submission = readSubmission(form, this.virtual.settings, time.now);
        if (!('code' in submission)) this.virtual.ledger.burn(submission);
        this.strangers.add(serial);
        return answer();
      }
    }
  }

  #report(answer: () => string): string {
    const line = answer();
    const out = line.slice(line.indexOf('&out=') + 5);
    const again = this.#again;
    this.#again = this.#o.repeatReceipts ? out : '';
    const records = (again + out).split(';').filter((record) => record !== '');
    this.#latest = records.map((record) => {
      const [serial = '', phone = '', code = ''] = record.split(',');
      return { serial, phone, code, reached: false };
    });
    this.handed.push(...this.#latest);
    return `result=0&out=${again}${out}`;
  }
}

const NOBODY: ReadonlySet<string> = new Set();

/** The platform as one process reaches it: one await point before a request leaves, one before its answer is read. */
export function callerOf(platform: ModelPlatform, points: Points): Platform {
  async function call(name: CallName, form: string): Promise<Buffer> {
    const verdict = await points.at(name);
    if (verdict === 'fail') throw failed('unreached');
    if (verdict === 'late') {
      platform.late++;
      running.run({ process: null, verb: name }, () =>
        setTimeout(() => {
          platform.late--;
          platform.perform(name, form);
        }, LATE_MS),
      );
    }
    if (verdict !== 'go') throw failed('doubtful');
    const raw = platform.perform(name, form);
    if ((await points.at(`${name}, answered`)) !== 'go') throw failed('doubtful');
    return raw;
  }
  const read = <T>(answer: T | null): T => {
    if (answer === null) throw failed('doubtful');
    return answer;
  };
  const fetched = async (name: CallName): Promise<Fetched> => {
    const raw = await call(name, '');
    return { raw, code: read(resultOf(raw.toString('latin1'))) };
  };
  return {
    send: async (request) => read(readSend(decodeGbk(await call('Send', sendForm(request, 'gbk'))))),
    report: async () => {
      const answer = await fetched('report');
      const process = running.getStore()?.process;
      if (process) platform.handOver(process);
      return answer;
    },
    reply: () => fetched('reply'),
    confirm: async (lastId) => read(readPlain(decodeGbk(await call('replyConfirm', confirmForm(lastId))))),
    prepare: () => undefined,
    balance: async () => read(readBalance(decodeGbk(await call('SearchNumber', '')))),
    readReport,
    readReply: (raw) => readReply(raw, false),
    close: () => Promise.resolve(),
  };
}

function failed(kind: 'unreached' | 'doubtful'): PlatformError {
  return new PlatformError(kind, { zh: '（试验）没有应答', en: '(test) no answer' });
}
