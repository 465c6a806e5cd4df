import { partLi } from '../billing/tariff.ts';
import type { Config } from '../config/settings.ts';
import { loadCalendar, type Calendar } from './calendar.ts';
import type { Limit } from './limits.ts';
import type { QuietWindow } from './quiet.ts';

/** Policy as the configuration has it. */
export interface PolicyOptions {
  readonly requireTemplate: boolean;
  /** Our own signature, which is no second one; '' none. */
  readonly signature: string;
  readonly secondSignature: 'send' | 'reject';
  readonly wordsFile: string | null;
  readonly wordsOver: 'reject' | 'hold';
  /** Categories that are marketing; null: marketing is not looked for. */
  readonly marketing: ReadonlySet<string> | null;
  readonly blacklist: boolean;
  /** Categories that also reach who has opted out. */
  readonly optOutExcept: ReadonlySet<string>;
  readonly quiet: readonly QuietWindow[];
  readonly calendar: Calendar;
  readonly limits: readonly Limit[];
  /** Price of one part; null: not known. */
  readonly pricePerPart: number | null;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** @throws ConfigError: a file of holidays is wrong */
export function policyOptions({
  policy,
  platform,
  billing,
}: Pick<Config, 'policy' | 'platform' | 'billing'>): PolicyOptions {
  const li = partLi({ policy, billing });
  const set = (list: readonly string[] | null): ReadonlySet<string> | null => list && new Set(list);
  return {
    requireTemplate: policy.requireTemplate,
    signature: platform.signature === 'none' ? '' : (platform.signatureText ?? ''),
    secondSignature: policy.secondSignature,
    wordsFile: policy.wordsFile,
    wordsOver: policy.wordsOver,
    marketing: policy.marketing === 'reject' ? new Set(policy.marketingCategories) : null,
    blacklist: policy.blacklist,
    optOutExcept: new Set(policy.optOutExcept),
    quiet: policy.quietHours.map(({ categories, ...rest }) => ({ categories: set(categories), ...rest })),
    calendar: loadCalendar(policy.holidays),
    limits: [...policy.limits.map(limitOf), ...storm(policy.storm)],
    pricePerPart: li === null ? null : li / 1000,
  };
}

function limitOf({ per, categories, most, in: windowMs, over }: Config['policy']['limits'][number]): Limit {
  const code = over === 'hold' ? 'STORM' : 'RATE_LIMIT';
  return { per, categories: categories && new Set(categories), most, windowMs, over, code };
}

/** Contract §2.5: an upstream fault must not reach one citizen a thousand times. */
function storm({ sameTextPerDay, perHour }: Config['policy']['storm']): Limit[] {
  const brake = { categories: null, over: 'hold', code: 'STORM' } as const;
  return [
    ...(sameTextPerDay === null ? [] : [{ ...brake, per: 'text', most: sameTextPerDay, windowMs: DAY_MS } as const]),
    ...(perHour === null ? [] : [{ ...brake, per: 'phone', most: perHour, windowMs: HOUR_MS } as const]),
  ];
}
