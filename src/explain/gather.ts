import type { Config } from '../config/settings.ts';
import { CHANNEL, openGate, rulesOf } from '../daemon/parts.ts';
import { openInspection } from '../db/health.ts';
import type { ChannelState, RowStory, Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import type { Text } from '../lib/text.ts';
import { CODES } from '../platform/codes.ts';
import { policyOptions } from '../policy/options.ts';
import { Policy } from '../policy/policy.ts';
import { column, type Ahead, type ExplainFacts } from './facts.ts';
import { reportOf, type RuleVerdict } from './report.ts';

/** Beyond this nobody wants the exact number of rows ahead. */
const COUNTED = 100_000;

/** Reads what `explain` needs; changes nothing and calls nobody. null: there is no such row. @throws DbError */
export async function gather(config: Config, store: Store, clock: Clock, id: string): Promise<ExplainFacts | null> {
  const story = await store.story(id);
  if (story === null) return null;
  const { outbox, receipts } = config;
  const policy = new Policy(policyOptions(config), store, clock);
  return {
    ...story,
    now: (await store.now()).text,
    closed: await closedNow(config, store, clock),
    daemons: await store.daemons(),
    ahead: story.row['status'] === 'NEW' ? await aheadOf(config, id) : null,
    verdicts: await verdictsOf(config, store, policy, story),
    filledIn: await filledIn(story, policy),
    rules: {
      pollMs: outbox.pollEvery,
      giveUpAfterMs: receipts.giveUpAfter,
      unknownWindowMs: outbox.unknownWindow,
      ratePerSecond: outbox.ratePerSecond,
    },
  };
}

/** Of what has gone, and may have been counted, the rules have nothing to say any more. */
const NOT_GONE = new Set(['NEW', 'REJECTED', 'HELD', 'EXPIRED', 'CANCELLED']);

async function verdictsOf(
  config: Config,
  store: Store,
  policy: Policy,
  story: RowStory,
): Promise<readonly RuleVerdict[]> {
  const [row] = await store.rowsOf([column(story, 'id') ?? '']);
  if (!row || !NOT_GONE.has(row.status)) return [];
  // as a claim would find it
  const waiting = column(story, 'status') === 'NEW' && {
    requeued: column(story, 'requeued') === '1',
    lastCode: column(story, 'result_code'),
  };
  return (await reportOf({ ...row, ...waiting }, rulesOf(config), policy)).verdicts;
}

/** What its template makes of the row: as it was submitted, since a template may have changed; else as it would be now. */
async function filledIn({ row, submits }: RowStory, policy: Policy): Promise<string | null> {
  const of = (name: string): string | null => column({ row }, name);
  const templateCode = of('template_code');
  if (templateCode === null || templateCode === '') return null;
  const submit = submits.find(({ serial }) => serial === of('serial_no'));
  if (submit && of('status') !== 'NEW') return submit.body;
  await policy.refresh();
  const written = policy.write({ content: null, templateCode, params: of('params') });
  return 'status' in written ? null : written.content;
}

/** A stop belongs to the credentials that earned it; whoever asks without knowing them is told what the database says. */
async function closedNow(config: Config, store: Store, clock: Clock): Promise<ExplainFacts['closed']> {
  if (config.platform.password === '') return stopIn(await store.channel(CHANNEL));
  const gate = await openGate(config, store, clock, 'explain', () => undefined);
  return { send: gate.closed('send')?.text ?? null, all: gate.closed('report')?.text ?? null };
}

function stopIn({ state, scope, code, reason, untilInMs }: ChannelState): ExplainFacts['closed'] {
  const over = state === 'OPEN' || (state === 'PAUSED' && untilInMs !== null && untilInMs <= 0);
  if (over) return { send: null, all: null };
  const meaning = CODES.get(code ?? '')?.meaning;
  const why = (said: string | undefined): string => (state === 'MANUAL' ? reason : said) ?? reason ?? code ?? '';
  const text: Text = {
    zh: `通道已停：${why(meaning?.zh)}。见 yxt-mw status`,
    en: `the channel is closed: ${why(meaning?.en)}. See yxt-mw status`,
  };
  return { send: text, all: scope === 'all' ? text : null };
}

async function aheadOf(config: Config, id: string): Promise<Ahead> {
  const inspection = openInspection(config.database, config.database.statementTimeout);
  try {
    return { ...(await inspection.ahead(id, COUNTED)), cap: COUNTED };
  } finally {
    await inspection.close();
  }
}
