import { isLoopback } from './connection.ts';

/** As long as no word in a path is, and as the shortest random key is. */
const KEY_LIKE = /^(?=.*\d)[\w-]{16,}$/;

/** True of an address that lets whoever knows it write to a group: `?key=…`, a login, a path like `/hook/2f9c…`. One on this machine is none. */
export function holdsKey(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || isLoopback(url.hostname)) return false;
  return url.search !== '' || url.username !== '' || url.pathname.split('/').some((part) => KEY_LIKE.test(part));
}
