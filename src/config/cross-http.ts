import { isLoopback, pair } from './connection.ts';
import type { Draft, Report } from './cross.ts';

/** `tokenKnown`: the token was read; else it stands as missing though it may be there. */
export function checkHttp({ http }: Draft, tokenKnown: boolean, problem: Report): void {
  const { enabled, host, token, tokens = {}, openMetrics, tls } = http ?? {};
  pair(tls ?? {}, 'http.tls', problem);
  if (enabled !== true) return;
  if (token === null && tokenKnown && Object.keys(tokens).length === 0) {
    problem('http.token', {
      zh: '开启状态页和指标时必须设令牌（或 http.tokens），如 "${env:YXT_HTTP_TOKEN}"',
      en: 'page and metrics want a token (or http.tokens), such as "${env:YXT_HTTP_TOKEN}"',
    });
  }
  checkHolders(http ?? {}, problem);
  if (host === undefined || isLoopback(host)) return;
  if (tls?.cert === null) {
    problem('http.host', {
      zh: `${host} 不是本机地址：请写 127.0.0.1，或设 http.tls（令牌不得明文经过网络）`,
      en: `${host} is no loopback address: write 127.0.0.1, or set http.tls (the token must not travel in clear text)`,
    });
  } else if (openMetrics === true) {
    problem('http.openMetrics', {
      zh: '只能与本机监听地址同用：从网络访问指标要带令牌',
      en: 'goes with a loopback address only: over the network metrics want the token',
    });
  }
}

/** What was done must be one person's: no two have one token, or one name. */
function checkHolders({ token, tokenLabel, tokens = {} }: NonNullable<Draft['http']>, problem: Report): void {
  const holders = new Map<string, string>(token ? [[token, 'http.token']] : []);
  for (const [name, own] of Object.entries(tokens)) {
    const path = `http.tokens.${name}`;
    if (token && name === tokenLabel) {
      problem(path, { zh: `与 http.tokenLabel 同名`, en: 'has the name that http.tokenLabel says' });
    }
    if (!own?.token) continue;
    const other = holders.get(own.token);
    if (other !== undefined) {
      problem(`${path}.token`, { zh: `与 ${other} 是同一个令牌`, en: `is the same token as that of ${other}` });
    }
    holders.set(own.token, path);
  }
}

export function warnOfHttp({ http }: Draft, warning: Report): void {
  const { enabled, host } = http ?? {};
  if (enabled !== true || host === undefined || isLoopback(host)) return;
  warning('http.host', {
    zh: `状态页在网络上可达（${host}）：请用防火墙只放行管理员的机器`,
    en: `the page can be reached from the network (${host}): let only the admins' machines through the firewall`,
  });
}
