/**
 * The program's statements at which tests hold a line or kill a process, by what is in their text on every engine. A change of the
 * statements that makes one unrecognisable fails those tests: they wait for it in vain.
 */
export const STATEMENT = {
  /** NEW → SENDING under a token, with the serial. */
  claim: `status = 'SENDING', (o\\.)?claim_token`,
  /** The submission record without which no byte goes out. */
  open: 'INSERT INTO sms_mw_submit',
  /** Results into rows. */
  settleRows: 'attempts = attempts \\+',
  /** Results into submission records, in the same transaction. */
  settleSubmits: 'unknown_codes = s\\.unknown_codes \\+',
  commit: '\\bCOMMIT\\b',
  /** A citizen's message. */
  inbox: 'INSERT INTO sms_inbox',
  /** Its key, in the same transaction. */
  seen: 'INSERT INTO sms_mw_seen',
  /** Receipts into rows. */
  receipts: 'receipt_at = ',
  /** Of the state directory: raw answers and journal. */
  spool: 'insert into spool',
  spoolDone: 'delete from spool',
  journal: 'insert into journal',
} as const;
