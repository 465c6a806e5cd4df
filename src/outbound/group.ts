import type { Member, NewSubmit } from '../db/store.ts';
import type { Checked } from './check.ts';

/** Rows that go out as one call: one text, one extension, one template, one serial, no phone twice. */
export interface Group extends NewSubmit {
  /** Under which the rows are claimed. */
  readonly token: string;
  /** Monotonic time after which no call may start any more: the lease might be over (contract: self-fence). */
  readonly startBefore: number;
  /** Monotonic time after which one of its rows is too late to be sent at all: before a first try it is then checked again. */
  readonly notAfter: number;
  /** Which try the next post is; above 1 the request may have been out before. */
  readonly tries: number;
  /** Answers without meaning so far. */
  readonly unknownCodes: number;
  /** Milliseconds since the first try, when this object was made. */
  readonly ageMs: number;
  /** Journal keys of the members. */
  readonly keys: readonly string[];
}

export interface GroupKeyed {
  readonly text: string;
  readonly extNo: string | null;
  readonly templateId: string | null;
  readonly segments: number;
  readonly members: { readonly member: Member; readonly key: string }[];
  /** Milliseconds, counted when the rows were read; Infinity: never. */
  readonly sendableMs: number;
}

type Ready = Extract<Checked, { ok: true }>;

/**
 * Splits checked rows into calls. Same text, ext_no and template go together (msg_type is SMS for all that pass the check); a phone that
 * comes twice opens the next call; a row marked solo goes alone. Order of rows is kept within and between calls.
 */
export function group(
  rows: readonly Ready[],
  callSize: (segments: number) => number,
  keyOf: (row: Ready) => string,
): GroupKeyed[] {
  const groups: (GroupKeyed & { phones: Set<string>; sendableMs: number })[] = [];
  const open = new Map<string, (typeof groups)[number]>();
  for (const ready of rows) {
    const { row, text, phone, templateId, segments, sendableMs } = ready;
    const name = `${row.extNo ?? ''}\n${text.length}\n${text}${templateId ?? ''}`;
    let target = row.solo ? undefined : open.get(name);
    if (!target || target.phones.has(phone) || target.members.length >= callSize(segments)) {
      target = {
        text,
        extNo: row.extNo === '' ? null : row.extNo,
        templateId,
        segments,
        members: [],
        phones: new Set(),
        sendableMs,
      };
      groups.push(target);
      if (!row.solo) open.set(name, target);
    }
    target.phones.add(phone);
    target.sendableMs = Math.min(target.sendableMs, sendableMs);
    target.members.push({ member: { id: row.id, phone, prev: row.prevSerial }, key: keyOf(ready) });
  }
  return groups.map(({ text, extNo, templateId, segments, members, sendableMs }) => ({
    ...{ text, extNo, templateId, segments, members, sendableMs },
  }));
}
