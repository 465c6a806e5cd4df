import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/settings.ts';

/** Whose token it is. */
export interface Holder {
  readonly name: string;
  /** read: sees everything · operate: also pauses, resumes, releases and discards. */
  readonly role: 'read' | 'operate';
}

/** Tells whose token an `Authorization` header carries; null: nobody's. Takes equally long whatever is wrong with it, and whoever's it is. */
export function holderOf({
  token,
  tokenLabel,
  tokens,
}: Pick<Config['http'], 'token' | 'tokenLabel' | 'tokens'>): (header: string | undefined) => Holder | null {
  const known = [
    ...(token === null ? [] : [{ token, holder: { name: tokenLabel, role: 'operate' } as const }]),
    ...Object.entries(tokens).map(([name, own]) => ({ token: own.token, holder: { name, role: own.role } })),
  ].map((each) => ({ expected: digest(each.token), holder: each.holder }));
  return (header = '') => {
    const given = digest(/^Bearer ([!-~]{1,500})$/i.exec(header)?.[1] ?? '');
    return known.filter(({ expected }) => timingSafeEqual(given, expected))[0]?.holder ?? null;
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
