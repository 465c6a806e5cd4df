import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../lib/errors.ts';

const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;
const SHIPPED = fileURLToPath(new URL('../../data/holidays/', import.meta.url));

const DAY = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const FILE = z.object({
  year: z.int(),
  /** Who has published it, and when. */
  source: z.string(),
  /** Days off, first and last included. */
  off: z.array(z.object({ name: z.string(), from: DAY, to: DAY })),
  /** Saturdays and Sundays on which people work (调休). */
  work: z.array(DAY),
});

/** A day as `2026-11-26`, Beijing. */
export const dayOf = (ms: number): string => new Date(ms + BEIJING_MS).toISOString().slice(0, 10);
/** Midnight in Beijing before this moment. */
export const midnightBefore = (ms: number): number => Math.floor((ms + BEIJING_MS) / DAY_MS) * DAY_MS - BEIJING_MS;
/** `2026-11-26 08:00`, Beijing. */
export const beijingText = (ms: number): string =>
  new Date(ms + BEIJING_MS).toISOString().slice(0, 16).replace('T', ' ');

/** The mainland's days of rest: weekends, and where a year's file is there, its holidays and the weekends worked for them. */
export class Calendar {
  readonly #off = new Set<string>();
  readonly #work = new Set<string>();
  readonly #years = new Set<number>();

  constructor(years: readonly z.infer<typeof FILE>[]) {
    for (const { year, off, work } of years) {
      this.#years.add(year);
      for (const day of work) this.#work.add(day);
      for (const { from, to } of off) {
        for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
          this.#off.add(new Date(at).toISOString().slice(0, 10));
        }
      }
    }
  }

  /** False: of that year only the weekends are known. */
  knows(ms: number): boolean {
    return this.#years.has(Number(dayOf(ms).slice(0, 4)));
  }

  isRestDay(ms: number): boolean {
    const day = dayOf(ms);
    if (this.#off.has(day)) return true;
    return !this.#work.has(day) && [0, 6].includes(new Date(ms + BEIJING_MS).getUTCDay());
  }
}

/** The years that come with the program; a file of the same name in `dir` takes the place of one of them. @throws ConfigError */
export function loadCalendar(dir: string | null): Calendar {
  const files = new Map<string, string>();
  for (const folder of [SHIPPED, dir]) {
    if (folder === null) continue;
    if (!existsSync(folder)) throw broken(folder, '没有这个目录', 'there is no such folder');
    for (const name of readdirSync(folder)) if (/^\d{4}\.json$/.test(name)) files.set(name, join(folder, name));
  }
  return new Calendar([...files.values()].map(readYear));
}

function readYear(file: string): z.infer<typeof FILE> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw broken(file, '不是 JSON', 'is not JSON', error);
  }
  const result = FILE.safeParse(parsed);
  if (result.success) return result.data;
  const at = result.error.issues[0]?.path.join('.') ?? '';
  throw broken(file, `${at} 不对`, `${at} is wrong`);
}

const broken = (file: string, zh: string, en: string, cause?: unknown): ConfigError =>
  new ConfigError('config', { zh: `节假日文件 ${file}：${zh}`, en: `holiday file ${file}: ${en}` }, { cause });
