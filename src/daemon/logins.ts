import type { OnLogin } from '../db/login.ts';
import type { Log } from '../lib/log.ts';
import type { Text } from '../lib/text.ts';

/** What the log says of refused logins to a database; `business`: its name, where it is not the outbox's. */
export function loginsTold(log: Pick<Log, 'state'>, business?: string): OnLogin {
  const key = business === undefined ? 'database.login' : `queries.login.${business}`;
  return (refused) => log.state(key, refused && advised(refused.text, business), { level: 'error' });
}

/** With what to do, and how long it waits. */
export function advised({ zh, en }: Text, business?: string): Text {
  const whose =
    business === undefined ? { zh: '', en: '' } : { zh: `业务库 ${business}：`, en: `business database ${business}: ` };
  return {
    zh: `${whose.zh}${zh}。为免账号被锁，1 分钟后才再登录一次，此后 5 分钟、每 15 分钟一次；改好口令后 yxt-mw reload 立即再试（还在启动时请重启）`,
    en: `${whose.en}${en}. So that the account is not locked, the next login is tried after 1 minute, then after 5, then every 15; once the password is right, yxt-mw reload tries at once (while it is still starting: a restart)`,
  };
}
