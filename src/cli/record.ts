import { existsSync, writeFileSync } from 'node:fs';
import type { Config } from '../config/settings.ts';
import type { Store } from '../db/store.ts';
import { systemClock } from '../lib/clock.ts';
import { Disguise } from '../simulator/disguise.ts';
import { lineOf, type RecordedEvent } from '../simulator/recording.ts';
import { loadFor, type CommandContext } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { print, say } from './io.ts';

const PAGE = 2000;
const HOUR_MS = 3_600_000;

/** `simulator --record FILE`: what the tables received in the last hours, in disguise. */
export async function record(context: CommandContext, file: string, hours: number): Promise<number> {
  const { config } = loadFor(context, ['database', 'queryOptions']);
  if (existsSync(file)) throw usage(`${file} 已存在，不覆盖`, `${file} exists and is not overwritten`);
  const events = await withStore(config, (store) => recorded(store, config, systemClock.wall() - hours * HOUR_MS));
  writeFileSync(file, events.map((event) => `${lineOf(event)}\n`).join(''), { mode: 0o600 });
  print(context.io, { file, events: events.length }, () => [
    say(context.io, { zh: `${file}：${events.length} 件`, en: `${file}: ${events.length} events` }),
  ]);
  return 0;
}

async function recorded(store: Store, config: Config, sinceMs: number): Promise<RecordedEvent[]> {
  const disguise = new Disguise();
  const keywords = [...config.queries.flatMap((rule) => rule.keywords), ...config.queryOptions.legacyKeywords];
  const rows = await since(store, 'outbox', sinceMs);
  const messages = await since(store, 'inbox', sinceMs);
  const began = Math.min(...[...rows, ...messages].map(({ atMs }) => atMs));
  const at = (atMs: number): number => Math.round(atMs - began) / 1000;
  const events: RecordedEvent[] = [
    ...rows.map(({ atMs, phone, content, category, priority, extNo, segments }) => ({
      at: at(atMs),
      insert: {
        phone: disguise.phone(phone),
        // of a row made from a template only its size is known here
        content:
          content === null ? '文'.repeat((segments ?? 1) === 1 ? 60 : 67 * (segments ?? 1)) : disguise.text(content),
        ...(category !== null && { category }),
        ...(priority !== null && { priority }),
        ...(extNo !== null && { extNo }),
      },
    })),
    ...messages.map(({ atMs, phone, content, extNo }) => ({
      at: at(atMs),
      mo: {
        phone: disguise.phone(phone),
        content: disguise.message(content ?? '', keywords),
        ...(extNo !== null && { ext: extNo }),
      },
    })),
  ];
  return events.sort((a, b) => a.at - b.at);
}

/** The oldest first. Ids ascend with time, near enough: read from the newest one back. */
async function since(
  store: Store,
  what: 'outbox' | 'inbox',
  sinceMs: number,
): Promise<Awaited<ReturnType<Store['past']>>> {
  const found: Awaited<ReturnType<Store['past']>> = [];
  for (let before: string | null = null; ;) {
    const page = await store.past(what, before, PAGE);
    const wanted = page.filter(({ atMs }) => atMs >= sinceMs);
    found.push(...wanted);
    if (page.length < PAGE || wanted.length === 0) return found.reverse();
    before = page.at(-1)?.id ?? null;
  }
}
