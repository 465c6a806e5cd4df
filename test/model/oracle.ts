import type { Reply } from '../../src/simulator/replies.ts';
import type { BureauDatabase, Change, RowFacts, SubmitFacts } from './database.ts';
import { ENDED, type Facts, OUT, rowFault, submitFault } from './machine.ts';
import type { ModelPlatform } from './platform.ts';
import type { Scenario } from './scenarios.ts';
import { databaseTime, time } from './time.ts';

/** What must hold, whatever happens. */
export const INVARIANTS = {
  once: 'a row is accepted at most once per try',
  forgotten: 'every row and every submission comes to its end',
  machine: 'only steps of the state machine, by those who may make them; no status goes back',
  body: 'a serial has one text and one set of numbers, recorded before it is posted',
  truth: 'a row says what became of it',
  ended: 'a row ends once per try',
  sent: 'what can be sent is sent',
  inbox: 'a citizen’s message is stored once, and confirmed only after that',
  receipts: 'no receipt that has reached the process is lost',
  bug: 'no error but those of the outside world',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
  /** Points passed when it was seen. */
  readonly after: number;
}

export interface OracleOptions {
  readonly scenario: Scenario;
  readonly platform: ModelPlatform;
  readonly database: BureauDatabase;
  /** Points passed so far. */
  readonly passed: () => number;
  readonly dead: (token: string | null) => boolean;
}

/** Looks after every step at what the database and the platform really hold. */
export class Oracle {
  readonly violations: Violation[] = [];
  readonly #o: OracleOptions;
  readonly #rows = new Map<string, RowFacts>();
  readonly #submits = new Map<string, SubmitFacts>();
  readonly #used = new Set<string>();
  /** By row: how often a person has asked for another try of an ended row, and how often it has ended. */
  readonly #asked = new Map<string, number>();
  readonly #ends = new Map<string, number>();
  readonly #touched = new Set<string>();
  /** Serial and phone of the receipts that were written to their row. */
  readonly #received = new Set<string>();
  #begun = false;
  #forgot = false;

  constructor(options: OracleOptions) {
    this.#o = options;
  }

  violation(invariant: Invariant, what: string): void {
    this.violations.push({ invariant, what, after: this.#o.passed() });
  }

  /** The rows are in; whatever a person does from now on is interference. */
  begin(): void {
    this.step();
    this.#begun = true;
  }

  step(): void {
    const changes = this.#o.database.changes();
    for (const change of changes) {
      if (change.what === 'submit') keep(this.#submits, change.is?.serial ?? change.was?.serial, change.is);
    }
    for (const change of changes) this.#judge(change);
    for (const { is } of changes) if (is?.serial) this.#used.add(is.serial);
  }

  /** The database was set back: what it has forgotten is not known to it, and no fault of the daemon's. */
  forget(): void {
    this.#forgot = true;
    this.#submits.clear();
    for (const [id, row] of this.#rows) this.#rows.set(id, { ...row, status: 'NEW', serial: null, prev: null });
    this.#ends.clear();
  }

  confirming(replies: readonly Reply[]): void {
    for (const reply of replies) {
      if (this.#stored(reply) === 0) this.violation('inbox', `message ${reply.id} is confirmed but not stored`);
    }
  }

  end(): void {
    this.step();
    this.#endOfRows();
    this.#endOfSubmissions();
    this.#endOfPosts();
    this.#endOfReceipts();
    for (const reply of this.#o.platform.written) {
      const copies = this.#stored(reply);
      if (copies !== 1) this.violation('inbox', `message ${reply.id} is stored ${copies} times`);
    }
    const { unconfirmedMo } = this.#o.platform.virtual.stats();
    if (unconfirmedMo > 0) this.violation('inbox', `${unconfirmedMo} messages are never confirmed`);
  }

  get #facts(): Facts {
    const { platform, dead } = this.#o;
    // a repeat that is answered "duplicate serial" counts as accepted (contract §2.3), although it cannot be told then which numbers
    // were refused, nor whether the serial was a stranger's
    const taken = (serial: string): boolean => platform.accepted(serial).size > 0;
    const duplicate = (serial: string): boolean =>
      (this.#submits.get(serial)?.tries ?? 0) > 1 && (taken(serial) || platform.strangers.has(serial));
    return {
      now: databaseTime(time.now + time.leapt),
      dead,
      submission: (serial) => (serial === null ? null : (this.#submits.get(serial) ?? null)),
      accepted: (serial, phone) => serial !== null && platform.accepted(serial).has(phone ?? ''),
      duplicate: (serial) => serial !== null && duplicate(serial),
      taken: (serial) => taken(serial) || duplicate(serial),
      posted: (serial) => platform.posts.some((post) => post.serial === serial),
      used: (serial) => this.#used.has(serial),
    };
  }

  #judge(change: Change): void {
    const { by } = change;
    if (change.what === 'submit') {
      if (change.is === null) return;
      const fault = submitFault(by, change.was, change.is, this.#facts);
      if (fault) this.violation('machine', `submission ${change.is.serial}: ${fault}`);
      return;
    }
    const { was, is } = change;
    const id = is?.id ?? was?.id ?? '';
    keep(this.#rows, id, is);
    if (by === 'person' && this.#begun) {
      this.#touched.add(id);
      const again = was !== null && ENDED.includes(was.status) && is?.status === 'NEW';
      if (again) this.#asked.set(id, (this.#asked.get(id) ?? 0) + 1);
    }
    if (is === null) return;
    const fault = rowFault(by, was, is, this.#facts);
    if (fault) this.violation('machine', `row ${id}: ${fault}`);
    if (was !== null && !ENDED.includes(was.status) && ENDED.includes(is.status)) {
      this.#ends.set(id, (this.#ends.get(id) ?? 0) + 1);
    }
    if (by === 'applyReceipts') this.#received.add(`${is.serial},${is.phone}`);
    const body = is.serial === null ? undefined : this.#submits.get(is.serial)?.body;
    const out = was?.status === 'SENDING' && OUT.includes(is.status);
    if (by !== 'person' && out && body !== undefined && body !== is.content) {
      this.violation('truth', `row ${id} becomes ${is.status} with a text that was never sent`);
    }
  }

  #endOfRows(): void {
    const { scenario, platform } = this.#o;
    const accepted = new Map<string, number>();
    const rowOf = this.#rowsByNumber();
    for (const { serial, phones } of platform.virtual.ledger.entries) {
      for (const phone of phones) {
        const id = rowOf(serial, String(phone));
        accepted.set(id, (accepted.get(id) ?? 0) + 1);
      }
    }
    for (const [id, times] of accepted) {
      const asked = this.#asked.get(id) ?? 0;
      if (times > 1 + asked) this.violation('once', `row ${id} was accepted ${times} times (asked for ${1 + asked})`);
    }
    for (const [id, row] of this.#rows) {
      const { status, serial, phone } = row;
      const asked = this.#asked.get(id) ?? 0;
      if (!ENDED.includes(status)) this.violation('forgotten', `row ${id} is ${status} for ever`);
      if ((this.#ends.get(id) ?? 0) > 1 + asked) this.violation('ended', `row ${id} ended ${this.#ends.get(id)} times`);
      const sent = this.#facts.accepted(serial, phone);
      const doubtful = this.#facts.duplicate(serial);
      if ((OUT.includes(status) || status === 'UNKNOWN') && !sent && !doubtful)
        this.violation('truth', `row ${id} is ${status}, never accepted`);
      if (['FAILED', 'REJECTED', 'EXPIRED'].includes(status) && sent)
        this.violation('truth', `row ${id} is ${status}, yet accepted`);
      const expected = scenario.rows[Number(id) - 1]?.ends ?? OUT;
      const free = this.#forgot || this.#touched.has(id) || !ENDED.includes(status) || (status === 'SENT' && doubtful);
      if (!free && !expected.includes(status))
        this.violation('sent', `row ${id} is ${status} (${row.code}), should be ${expected.join('|')}`);
    }
  }

  /** Row of an accepted number: by the record of its serial, else the one row with that number. */
  #rowsByNumber(): (serial: string, phone: string) => string {
    const members = new Map<string, string>();
    for (const { serial, members: list } of this.#submits.values()) {
      for (const [id, phone] of JSON.parse(list) as [string, string][]) members.set(`${serial},${phone}`, id);
    }
    const numbers = new Map(this.#o.scenario.rows.map((row, i) => [row.phone, String(i + 1)]));
    return (serial, phone) => members.get(`${serial},${phone}`) ?? numbers.get(phone) ?? phone;
  }

  #endOfSubmissions(): void {
    for (const { serial, state } of this.#submits.values()) {
      if (state === 'OPEN') this.violation('forgotten', `submission ${serial} is OPEN for ever`);
      if (state === 'VOID' && this.#facts.posted(serial))
        this.violation('machine', `submission ${serial} is VOID, yet it was posted`);
    }
  }

  #endOfPosts(): void {
    const requests = new Map<string, string>();
    for (const { serial, text, numbers, extNo } of this.#o.platform.posts) {
      const request = JSON.stringify([text, extNo, numbers.split(',').sort()]);
      const first = requests.get(serial);
      if (first !== undefined && first !== request)
        this.violation('body', `serial ${serial} was posted as ${first} and as ${request}`);
      requests.set(serial, first ?? request);
      const record = this.#submits.get(serial);
      if (record === undefined) {
        if (!this.#forgot) this.violation('body', `serial ${serial} was posted without a record`);
        continue;
      }
      const phones = (JSON.parse(record.members) as [string, string][]).map(([, phone]) => phone).sort();
      const recorded = JSON.stringify([record.body, record.ext ?? '', phones]);
      if (recorded !== request)
        this.violation('body', `serial ${serial} was posted as ${request}, recorded as ${recorded}`);
    }
  }

  #endOfReceipts(): void {
    const { database, platform } = this.#o;
    for (const { serial, phone, code } of platform.handed.filter((receipt) => receipt.reached)) {
      const row = [...this.#rows.values()].find((r) => r.serial === serial && r.phone === phone);
      if (row) {
        const fits =
          code === '0' ? row.status === 'DELIVERED' : row.status === 'DELIVERED' || row.status === 'UNDELIVERED';
        if (!fits) this.violation('receipts', `row ${row.id} is ${row.status} after receipt ${code}`);
        continue;
      }
      if (this.#received.has(`${serial},${phone}`)) continue; // the row has gone on since
      const [late] = database.all('SELECT late_receipts AS n FROM sms_mw_submit WHERE serial_no = ?', serial);
      const [parked] = database.all(
        'SELECT COUNT(*) AS n FROM sms_mw_receipt WHERE serial_no = ? AND phone = ?',
        serial,
        phone,
      );
      if (Number(late?.['n'] ?? 0) + Number(parked?.['n']) === 0)
        this.violation('receipts', `receipt ${code} for ${serial} is neither applied nor counted nor parked`);
    }
  }

  #stored(reply: Reply): number {
    const [found] = this.#o.database.all(
      'SELECT COUNT(*) AS n FROM sms_inbox WHERE platform_id = ? AND content = ?',
      String(reply.id),
      reply.content,
    );
    return Number(found?.['n']);
  }
}

function keep<T>(map: Map<string, T>, key: string | undefined, value: T | null): void {
  if (key === undefined) return;
  if (value === null) map.delete(key);
  else map.set(key, value);
}
