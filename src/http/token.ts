import { createHash, timingSafeEqual } from 'node:crypto';

/** Tells whether an `Authorization` header carries this token; takes equally long whatever is wrong with it. */
export function bearerCheck(token: string): (header: string | undefined) => boolean {
  const expected = digest(token);
  return (header = '') => timingSafeEqual(digest(/^Bearer ([!-~]{1,500})$/i.exec(header)?.[1] ?? ''), expected);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
