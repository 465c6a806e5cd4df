import { DaemonError } from '../lib/errors.ts';
import { plural } from '../lib/text.ts';
import type { Answer, Platform, ReplyAnswer } from '../platform/platform.ts';
import type { State } from '../state/open.ts';
import { replay } from '../state/replay.ts';
import { storeMessages, type StoreParts } from './store.ts';
import { countUnreadable, forgetUnreadable, UNREADABLE_TRIES } from './unreadable.ts';

export interface InboxParts extends StoreParts {
  readonly platform: Pick<Platform, 'reply' | 'readReply' | 'confirm'>;
  readonly state: Pick<State, 'spool' | 'quarantine' | 'meta'>;
  /** Asked before anything is fetched: may be another daemon's to do. */
  readonly mayFetch: () => Promise<boolean>;
}

export interface InboxPass {
  /** Messages that were new. */
  readonly took: number;
  /** True: the platform may have more right now. */
  readonly more: boolean;
}

const UNREADABLE = 'inbox.unreadable';
const NO_ID = 'inbox.unconfirmed';

/**
 * One pass: fetch, spool, read, store, confirm; before it, what an earlier process fetched and did not get stored.
 * A batch is confirmed only after the commit; until then the platform repeats it, and what was stored is known by its key.
 * @throws DbError, PlatformError; DaemonError `state` (disk) and `failed` (the platform answered with an error code)
 */
export async function inboxPass(p: InboxParts, stop: AbortSignal): Promise<InboxPass> {
  let took = 0;
  for (const { id, raw } of replay(p.state, p.log, 'reply')) {
    if (stop.aborted) return { took, more: false };
    took += (await settle(p, raw, () => p.state.spool.done(id))).took;
  }
  if (stop.aborted || !(await p.mayFetch())) return { took, more: false };
  const { raw } = await p.platform.reply();
  const pass = await settle(p, raw, mayHoldMessages(raw) ? spooled(p, raw) : () => undefined);
  return { took: took + pass.took, more: pass.more };
}

/** Without an object in it there is none: the usual answer is not worth two writes to disk every few seconds. */
function mayHoldMessages(raw: Buffer): boolean {
  return raw.includes('{');
}

/** On disk before anything is made of it. What is given back takes it off again. */
function spooled({ state: { spool } }: InboxParts, raw: Buffer): () => void {
  const id = spool.put('reply', raw);
  return () => spool.done(id);
}

/** Stays in the spool until everything in it is committed; gone before `confirm`, whose loss only brings a repeat. */
async function settle(p: InboxParts, raw: Buffer, done: () => void): Promise<InboxPass> {
  const answer = p.platform.readReply(raw);
  const took = await storeMessages(p, answer.messages);
  if (answer.unreadable) return { took, more: await passOver(p, raw, answer, done) };
  done();
  if (answer.code !== '0') throw refused('reply.do', answer);
  forgetUnreadable(p.state.meta);
  p.log.state(UNREADABLE, null);
  const confirmed = answer.messages.length > 0 && (await confirm(p, answer.lastId));
  if (took > 0)
    p.log.info(
      'inbox.stored',
      { zh: `收到上行短信 ${took} 条`, en: `${plural(took, 'message')} from citizens stored` },
      { stored: took },
    );
  // a batch that was only a repeat leads to no immediate second fetch: a platform that ignores `confirm` would be called without pause
  return { took, more: confirmed && took > 0 };
}

async function confirm(p: InboxParts, lastId: string | null): Promise<boolean> {
  p.log.state(
    NO_ID,
    lastId === null
      ? {
          zh: '平台的上行应答没有批次 id，无法确认，同一批会反复返回：请联系平台',
          en: 'the answer of reply.do carries no batch id and cannot be confirmed, so the same batch will come again: ask the platform',
        }
      : null,
  );
  if (lastId === null) return false;
  const answer = await p.platform.confirm(lastId);
  if (answer.code !== '0') throw refused('replyConfirm.do', answer);
  return true;
}

/** Not confirmed, since the next try may bring it whole; after some equal ones kept for a person, and out of the others' way. */
async function passOver(p: InboxParts, raw: Buffer, answer: ReplyAnswer, done: () => void): Promise<boolean> {
  const seen = countUnreadable(p.state.meta, raw);
  if (seen < UNREADABLE_TRIES) {
    done();
    p.log.state(UNREADABLE, {
      zh: `平台返回的上行短信无法解析，未确认，将再取；连续 ${UNREADABLE_TRIES} 次相同则转入隔离区`,
      en: `an answer of reply.do cannot be read; it is not confirmed but fetched again, and quarantined after ${UNREADABLE_TRIES} equal ones`,
    });
    return false;
  }
  const entry = p.state.quarantine.put('reply', raw, 'unreadable', { bytes: raw.length });
  done();
  if (entry.fresh) {
    p.log.error(
      'inbox.quarantined',
      {
        zh: `平台返回的上行短信始终无法解析，整个应答已存入隔离区第 ${entry.id} 号：请运行 yxt-mw quarantine show ${entry.id}，并联系平台`,
        en: `an answer of reply.do stayed unreadable; it is in quarantine as a whole as ${entry.id}: see yxt-mw quarantine show ${entry.id}, and ask the platform`,
      },
      { quarantine: entry.id },
    );
  }
  if (!(await confirm(p, answer.lastId))) return false;
  forgetUnreadable(p.state.meta);
  p.log.state(UNREADABLE, null);
  return entry.fresh;
}

function refused(path: string, answer: Answer): DaemonError {
  return new DaemonError(
    'failed',
    {
      zh: `平台对 ${path} 返回代码 ${answer.code || '（无）'}，稍后再试`,
      en: `the platform answered ${path} with code ${answer.code || '(none)'}; trying again later`,
    },
    { facts: { code: answer.code } },
  );
}
