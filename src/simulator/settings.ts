import { z } from 'zod';

const count = z.int().min(0);
const digits = z.string().regex(/^\d*$/);

/** What the simulated platform is like; all of it can be changed while it runs (`POST /options`). */
export const settingsShape = {
  spCode: z.string().min(1),
  loginName: z.string().min(1),
  password: z.string().min(1),
  /** Full access number that citizens write to; extension digits follow it. */
  accessNo: z.string().regex(/^\d{5,20}$/),
  /** False: every call is answered with code 5. */
  ipAllowed: z.boolean(),
  /** Messages (parts) left; code 13 when they do not suffice. */
  balance: count,
  maxChars: count,
  maxNumbers: count,
  extMaxDigits: count,
  /** Code 7 when a text contains one. */
  forbiddenWords: z.array(z.string().min(1)),
  /** Numbers that code 6 refuses although they look right. */
  refusedNumbers: z.array(digits),
  /** Numbers that code 10 refuses when a call has no other, and `faillist` names otherwise. */
  blacklist: z.array(digits),
  /** Approved templates with `{name}` for the variable parts; null: the account is not in template mode. */
  templates: z.array(z.object({ id: z.string().min(1), text: z.string().min(1) })).nullable(),
  /** In template mode code 28 also for a text that does not name its template by `templateId`. */
  requireTemplateId: z.boolean(),
  /** Code 32 from the next identical text to one number within 24 hours; null: no limit. */
  sameTextLimit: count.nullable(),
  /** Code 33 when two texts with 验证码 to one number are closer than this, milliseconds; null: no limit. */
  codeIntervalMs: count.nullable(),
  /** Code 11 when more parts arrive within any second; null: no limit. */
  ratePerSecond: z.int().min(1).nullable(),
  /** Whether a serial that was refused counts as used (code 15). The real platform's habit is not documented. */
  rememberRefused: z.boolean(),
  /** Added to every answer, milliseconds; the request takes effect on arrival. */
  latencyMs: count,
  receipts: z.boolean(),
  receiptDelayMs: count,
  maxReceiptsPerCall: z.int().min(1),
  /** One receipt for each part of a long text instead of one for the message. */
  receiptPerPart: z.boolean(),
  /** Numbers with one of these endings get the status on the right instead of `0`. */
  receiptStatus: z.record(digits, z.string().min(1)),
  /** Numbers with one of these endings never get a receipt. */
  silentEndings: z.array(digits),
  maxRepliesPerCall: z.int().min(1),
  /** `full` keeps texts, `light` a 53-bit hash of each. */
  ledger: z.enum(['full', 'light']),
  /** Accepted submissions kept in memory, serials included; older ones are forgotten. */
  ledgerLimit: z.int().min(1),
} as const;

const settingsSchema = z.strictObject(settingsShape);
export type SimulatorSettings = z.infer<typeof settingsSchema>;

export const settingsPatch = settingsSchema.partial();
export type SettingsPatch = z.infer<typeof settingsPatch>;

export const DEFAULT_SETTINGS: SimulatorSettings = {
  spCode: '000000',
  loginName: 'demo',
  password: 'demo-password',
  accessNo: '106900000000001',
  ipAllowed: true,
  balance: 100_000_000,
  maxChars: 402,
  maxNumbers: 1000,
  extMaxDigits: 6,
  forbiddenWords: ['代开发票', '六合彩'],
  refusedNumbers: [],
  blacklist: [],
  templates: null,
  requireTemplateId: false,
  sameTextLimit: null,
  codeIntervalMs: null,
  ratePerSecond: null,
  rememberRefused: false,
  latencyMs: 0,
  receipts: true,
  receiptDelayMs: 1000,
  maxReceiptsPerCall: 1000,
  receiptPerPart: false,
  receiptStatus: {},
  silentEndings: [],
  maxRepliesPerCall: 100,
  ledger: 'full',
  ledgerLimit: 2_000_000,
};

/** A new settings object; an undefined value in the patch changes nothing. */
export function withPatch(settings: SimulatorSettings, patch: SettingsPatch): SimulatorSettings {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  return settingsSchema.parse({ ...settings, ...given });
}
