import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FaultRule, FaultScript } from '../../src/simulator/faults.ts';
import type { LedgerEntry } from '../../src/simulator/ledger.ts';
import type { SimulatorAddress, SimulatorProcessOptions } from '../../src/simulator/main.ts';
import type { Phone } from '../../src/simulator/phones.ts';
import type { SimulatorStats } from '../../src/simulator/server.ts';
import type { SettingsPatch } from '../../src/simulator/settings.ts';

export interface Mo {
  readonly phone: string;
  readonly content: string;
  readonly ext?: string;
}

/** A simulator in a separate process. */
export interface SimulatorHandle {
  /** For `platform.url`. */
  readonly url: string;
  /** For `platform.tls.ca`. */
  readonly caFile: string;
  readonly control: string;
  readonly pid: number;
  /** Citizens write; returns the ids of the messages. */
  mo(messages: Mo | readonly Mo[]): Promise<string[]>;
  /** Replaces the fault script. */
  faults(rules: readonly FaultRule[], seed?: number): Promise<void>;
  options(patch: SettingsPatch): Promise<void>;
  stats(): Promise<SimulatorStats>;
  /** Every accepted submission, in order. */
  ledger(): Promise<LedgerEntry[]>;
  phones(): Promise<Phone[]>;
  down(): Promise<void>;
  up(): Promise<void>;
  unlock(): Promise<void>;
  forget(): Promise<void>;
  reset(): Promise<void>;
  /** Resolves with the first state that fits, told by the simulator's events; rejects after `deadlineMs` (default 15 s). */
  waitFor(fits: (stats: SimulatorStats) => boolean, deadlineMs?: number): Promise<SimulatorStats>;
  stop(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL('simulator-entry.ts', import.meta.url));

/** Starts one on free ports (unless said otherwise) with its certificates in a temporary directory. */
export async function startSimulatorProcess(options: Partial<SimulatorProcessOptions> = {}): Promise<SimulatorHandle> {
  const tmp = options.dir === undefined ? await mkdtemp(path.join(tmpdir(), 'yxt-simulator-')) : null;
  const full: SimulatorProcessOptions = { port: 0, controlPort: 0, dir: tmp ?? '', ...options };
  const child = spawn(process.execPath, [ENTRY, JSON.stringify(full)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await firstLine(child);
  const { control } = address;
  const get = async <T>(where: string): Promise<T> =>
    (await checked(await fetch(control + where))).json() as Promise<T>;
  const post = async <T>(where: string, body: unknown = {}): Promise<T> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(control + where, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await checked(answer)).json() as Promise<T>;
  };
  return {
    url: address.url,
    caFile: address.ca,
    control,
    pid: child.pid ?? 0,
    mo: async (messages) => (await post<{ ids: string[] }>('/mo', messages)).ids,
    faults: async (rules, seed) => {
      const script: FaultScript = { rules: [...rules], ...(seed !== undefined && { seed }) };
      await post('/faults', script);
    },
    options: async (patch) => {
      await post('/options', patch);
    },
    stats: () => get<SimulatorStats>('/stats'),
    ledger: async () => {
      const all: LedgerEntry[] = [];
      for (;;) {
        const page = await get<{ total: number; entries: LedgerEntry[] }>(`/ledger?from=${all.length}`);
        all.push(...page.entries);
        if (page.entries.length === 0 || all.length >= page.total) return all;
      }
    },
    phones: async () => (await get<{ phones: Phone[] }>('/phones')).phones,
    down: async () => {
      await post('/down');
    },
    up: async () => {
      await post('/up');
    },
    unlock: async () => {
      await post('/unlock');
    },
    forget: async () => {
      await post('/forget');
    },
    reset: async () => {
      await post('/reset');
    },
    waitFor: (fits, deadlineMs = 15_000) => waitFor(control, fits, deadlineMs),
    async stop() {
      child.stdin.end();
      await ended;
      if (tmp !== null) await rm(tmp, { recursive: true, force: true });
    },
  };
}

async function firstLine(child: ChildProcess): Promise<SimulatorAddress> {
  if (!child.stdout) throw new Error('the simulator process has no standard output');
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as SimulatorAddress;
  throw new Error('the simulator process ended before it was ready');
}

async function checked(answer: Response): Promise<Response> {
  if (!answer.ok) throw new Error(`simulator control: ${answer.status} ${await answer.text()}`);
  return answer;
}

async function waitFor(
  control: string,
  fits: (stats: SimulatorStats) => boolean,
  deadlineMs: number,
): Promise<SimulatorStats> {
  let last: SimulatorStats | null = null;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), deadlineMs);
  try {
    const { body } = await fetch(`${control}/events`, { signal: stop.signal });
    let text = '';
    for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        last = JSON.parse(event.slice(event.indexOf('data: ') + 6)) as SimulatorStats;
        if (fits(last)) return last;
      }
    }
    throw new Error('the simulator ended');
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    const seen = JSON.stringify(last);
    throw new Error(`the simulator did not come to the awaited state within ${deadlineMs} ms: ${seen}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
