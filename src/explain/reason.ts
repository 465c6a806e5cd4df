import { spanText } from '../lib/span.ts';
import { plural, type Text } from '../lib/text.ts';
import { ended } from './ended.ts';
import { alive, column, msFrom, type ExplainFacts } from './facts.ts';
import { reason, type Reason } from './verdict.ts';
import { codeFacts, codeWords } from './words.ts';

/** The one reason, the first that applies, in the order in which a person could do something about it. */
export function reasonOf(facts: ExplainFacts): Reason {
  const status = column(facts, 'status') ?? '';
  switch (status) {
    case 'NEW':
      return waiting(facts);
    case 'SENDING':
      return sending(facts);
    case 'SENT':
      return sent(facts);
    default:
      return ended(facts, status);
  }
}

function waiting(facts: ExplainFacts): Reason {
  return deferred(facts) ?? noDaemon(facts) ?? channelClosed(facts.closed.send) ?? trouble(facts) ?? inLine(facts);
}

function deferred(facts: ExplainFacts): Reason | null {
  const due = column(facts, 'due_at');
  const inMs = msFrom(facts.now, due);
  if (due === null || inMs === null || inMs <= 0) return null;
  const when = { zh: `${short(due)}（${spanText(inMs).zh}后）`, en: `${short(due)} (in ${spanText(inMs).en})` };
  const code = column(facts, 'result_code');
  if (column(facts, 'retry_at') === null) {
    return reason(
      'scheduled',
      { zh: `还没到时间：send_at 为 ${when.zh}`, en: `not due yet: send_at is ${when.en}` },
      alive(facts.daemons).length > 0
        ? null
        : {
            zh: '但没有守护进程在运行：请在此之前运行 yxt-mw start。',
            en: 'But no daemon is alive: run "yxt-mw start" before then.',
          },
    );
  }
  const why = code === null ? { zh: '', en: '' } : codeWords(code);
  const todo = BY_RULE.get(code ?? '');
  if (todo) {
    return reason('deferred', { zh: `推迟到 ${when.zh}：${why.zh}`, en: `deferred until ${when.en}: ${why.en}` }, todo);
  }
  return reason(
    'retrying',
    {
      zh: `等待重试，到 ${when.zh}${code === null ? '' : `；上次的结果是 ${why.zh}`}`,
      en: `waits for its next try until ${when.en}${code === null ? '' : `; the last one ended with ${why.en}`}`,
    },
    code === null ? null : codeFacts(code).remedy,
  );
}

/** Codes of rows that a rule has put off, and what to do about it: there was no try. */
const BY_RULE: ReadonlyMap<string, Text> = new Map([
  ['RATE_LIMIT', { zh: '到时自动发送，不必处理。', en: 'Nothing: it goes by itself then.' }],
  ['DUPLICATE', { zh: '到时自动再看，不必处理。', en: 'Nothing: it is looked at again by itself then.' }],
  [
    'QUIET_HOURS',
    {
      zh: '到时自动发送；紧急时用 yxt-mw quiet off --for 2h --reason …。',
      en: 'It goes by itself then; in an emergency: yxt-mw quiet off --for 2h --reason …',
    },
  ],
]);

function noDaemon(facts: ExplainFacts): Reason | null {
  if (alive(facts.daemons).length > 0) return null;
  const [last] = [...facts.daemons].sort((a, b) => a.silentMs - b.silentMs);
  const seen = last
    ? {
        zh: `最近一次心跳在 ${spanText(last.silentMs).zh}前（实例 ${last.instance}，主机 ${last.host}）`,
        en: `the last heartbeat was ${spanText(last.silentMs).en} ago (instance ${last.instance}, host ${last.host})`,
      }
    : { zh: '这个数据库上从未启动过', en: 'none was ever started on this database' };
  return reason(
    'noDaemon',
    { zh: `没有守护进程在运行：${seen.zh}`, en: `no daemon is running: ${seen.en}` },
    {
      zh: '运行 yxt-mw start；起不来的话运行 yxt-mw doctor。',
      en: 'Run "yxt-mw start"; if it does not start, "yxt-mw doctor".',
    },
  );
}

const channelClosed = (closed: Text | null): Reason | null => closed && reason('channelClosed', closed, null);

function trouble(facts: ExplainFacts): Reason | null {
  const running = alive(facts.daemons);
  const troubled = running.find((daemon) => daemon.trouble !== null);
  if (!troubled?.trouble || running.some((daemon) => daemon.trouble === null)) return null;
  const { instance, trouble: told } = troubled;
  return reason(
    'trouble',
    {
      zh: `守护进程 ${instance} 在运行，但遇到问题：${told.zh}`,
      en: `the daemon ${instance} is running but in trouble: ${told.en}`,
    },
    { zh: '运行 yxt-mw doctor，逐项检查。', en: 'Run "yxt-mw doctor", which checks one thing after the other.' },
  );
}

function inLine(facts: ExplainFacts): Reason {
  const { ahead, rules } = facts;
  const rows = ahead ? ahead.higher + ahead.earlier : 0;
  if (ahead && rows > 0) {
    const more = rows >= ahead.cap ? '+' : '';
    const rate = rules.ratePerSecond;
    const eta = rate === null ? null : spanText((rows / rate) * 1000);
    return reason(
      'queued',
      {
        zh: `排队中：前面还有 ${rows}${more} 行，其中优先级更高的 ${ahead.higher} 行${rate === null || eta === null ? '' : `；按每秒 ${rate} 条，至少还要 ${eta.zh}`}`,
        en: `in the queue behind ${more === '' ? plural(rows, 'row') : `${rows}+ rows`}, ${ahead.higher} of them of higher priority${rate === null || eta === null ? '' : `; at ${rate} a second that takes at least ${eta.en}`}`,
      },
      {
        zh: '等待即可。要插队：把 priority 改小（0 最先）；整体太慢：核对 outbox.ratePerSecond 是否为平台允许的速率。',
        en: 'Wait. To jump the queue lower its priority (0 is first); if all is too slow, compare outbox.ratePerSecond with what the platform allows.',
      },
    );
  }
  const due = latest(column(facts, 'created_at'), column(facts, 'due_at'), column(facts, 'age_from'));
  const sinceMs = msFrom(due, facts.now) ?? 0;
  if (sinceMs < Math.max(30_000, 5 * rules.pollMs)) {
    const poll = spanText(rules.pollMs);
    return reason(
      'next',
      {
        zh: `正要领取：守护进程每 ${poll.zh}看一次发件表`,
        en: `about to be claimed: the daemon looks every ${poll.en}`,
      },
      null,
    );
  }
  return reason(
    'stuck',
    {
      zh: `可以发送已有 ${spanText(sinceMs).zh}，守护进程在运行，通道开放，前面没有别的行，却没有被领取`,
      en: `due for ${spanText(sinceMs).en}, a daemon is running, the channel is open and nothing is ahead of it, yet it was not claimed`,
    },
    {
      zh: '请看该行是否被未提交的事务锁住，各守护进程是否用着同一个库和表名；再看日志，或重启守护进程。',
      en: 'See whether an open transaction locks the row and whether the daemons use this database and these table names; then look at the log, or restart the daemon.',
    },
  );
}

function sending(facts: ExplainFacts): Reason {
  const submit = facts.submits.find((each) => each.serial === column(facts, 'serial_no'));
  const noOne = noDaemon(facts);
  if (!submit) {
    return (
      noOne ??
      reason('claimed', { zh: '已被守护进程领取，正要提交', en: 'claimed by a daemon, about to be submitted' }, null)
    );
  }
  const code = column(facts, 'result_code') ?? submit.resultCode;
  if (code === null && submit.tries === 1 && noOne === null) {
    const since = spanText(msFrom(submit.firstTryAt, facts.now) ?? 0);
    return reason(
      'answerPending',
      { zh: `已提交 ${since.zh}，等待平台答复`, en: `submitted ${since.en} ago, waiting for the answer` },
      null,
    );
  }
  const why = code === null ? { zh: '没有答复', en: 'no answer' } : codeWords(code);
  const stop = noOne ?? channelClosed(facts.closed.send);
  const window = spanText(facts.rules.unknownWindowMs);
  return reason(
    'outcomeUnknown',
    {
      zh: `结果不明：${why.zh}。已提交 ${submit.tries} 次，始终用同一流水号，不会重复${stop ? `；现在无法再问平台：${stop.text.zh}` : ''}`,
      en: `outcome unknown: ${why.en}. Submitted ${plural(submit.tries, 'time')} under one serial, so it does not double${stop ? `; the platform cannot be asked now: ${stop.text.en}` : ''}`,
    },
    stop?.todo ?? {
      zh: `自动继续；${window.zh}后仍无结果转为 HELD，由人决定。`,
      en: `It goes on by itself; without an answer after ${window.en} it becomes HELD for a person to decide.`,
    },
  );
}

function sent(facts: ExplainFacts): Reason {
  const since = spanText(msFrom(column(facts, 'sent_at'), facts.now) ?? 0);
  const code = column(facts, 'result_code');
  if (code === '26') {
    return reason(
      'review',
      {
        zh: `平台已接收，${since.zh}前起等待人工审核`,
        en: `accepted, waiting for manual review since ${since.en} ago`,
      },
      codeFacts(code).remedy,
    );
  }
  const stop = noDaemon(facts) ?? channelClosed(facts.closed.all);
  const proof =
    code === '15'
      ? { zh: '（重复提交时平台答复流水号重复，证明已收到）', en: ' (proved by code 15 to a repeat)' }
      : { zh: '', en: '' };
  return reason(
    'awaitingReceipt',
    {
      zh: `${since.zh}前已被平台受理${proof.zh}，回执还没有到${stop ? `；现在也取不了回执：${stop.text.zh}` : ''}`,
      en: `accepted by the platform ${since.en} ago${proof.en}; no receipt yet${stop ? `, and receipts cannot be fetched now: ${stop.text.en}` : ''}`,
    },
    stop?.todo ?? {
      zh: `等待即可；${spanText(facts.rules.giveUpAfterMs).zh}仍没有则记为 UNKNOWN。`,
      en: `Wait; without one after ${spanText(facts.rules.giveUpAfterMs).en} it becomes UNKNOWN.`,
    },
  );
}

/** The latest of times as the database prints them. */
function latest(...times: (string | null)[]): string | null {
  return times.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}

/** Without the milliseconds. */
const short = (time: string): string => time.slice(0, 19);
