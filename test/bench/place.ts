import { once } from 'node:events';
import { askDaemon } from '../../src/daemon/control.ts';
import type { StatusReport } from '../../src/daemon/status.ts';
import { daemonPlace, until, type DaemonPlace, type RunningDaemon } from '../support/daemon.ts';
import { freshDatabase, type Client, type FreshDatabase } from '../support/databases.ts';
import { startSimulatorProcess, type SimulatorHandle } from '../support/simulator.ts';

const METER = new URL('meter.js', import.meta.url);

/** What `meter.js` tells of the daemon's process. */
export interface Meter {
  readonly statements: number;
  /** Seconds of user and system time, all threads. */
  readonly cpuS: number;
  /** Resident memory, bytes. */
  readonly rss: number;
}

/** A database, a platform and room for a daemon, each in a process of its own. */
export interface Place {
  readonly client: Client;
  readonly database: FreshDatabase;
  readonly simulator: SimulatorHandle;
  /** Starts the real program with these settings and waits until it has said hello to the platform. */
  start(values?: Record<string, unknown>): Promise<Running>;
  remove(): Promise<void>;
}

export interface Running {
  meter(): Promise<Meter>;
  status(): Promise<StatusReport>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Stops it as a service manager does. */
  stop(): Promise<void>;
}

export interface PlaceOptions {
  /** Folder for `--cpu-prof`; null: none. */
  readonly profile: string | null;
}

export async function openPlace(client: Client, options: PlaceOptions): Promise<Place> {
  const simulator = await startSimulatorProcess({ settings: { ledger: 'light', receipts: false } });
  const database = await freshDatabase(client);
  const places: DaemonPlace[] = [];
  return {
    client,
    database,
    simulator,
    async start(values = {}) {
      const place = daemonPlace(database, simulator, { 'log.level': 'warn', ...values });
      places.push(place);
      const profile = options.profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
      const daemon = place.start({ nodeArgs: ['--import', `${METER.href}?client=${client}`, ...profile], ipc: true });
      return running(place, daemon);
    },
    async remove() {
      for (const place of places) await place.remove();
      await database.drop();
      await simulator.stop();
    },
  };
}

async function running(place: DaemonPlace, daemon: RunningDaemon): Promise<Running> {
  const ask = (verb: 'status' | 'pause' | 'resume'): Promise<unknown> => askDaemon(place.stateDir, { verb });
  await until('the daemon answers', async () => {
    if (daemon.process.exitCode !== null) throw new Error(`the daemon ended:\n${daemon.log()}`);
    return ask('status').then(
      () => true,
      () => false,
    );
  });
  return {
    async meter() {
      daemon.process.send('meter');
      const [meter] = (await once(daemon.process, 'message')) as [Meter];
      return meter;
    },
    status: async () => (await ask('status')) as StatusReport,
    async pause() {
      await ask('pause');
    },
    async resume() {
      await ask('resume');
    },
    async stop() {
      daemon.process.kill('SIGTERM');
      const code = await daemon.exited;
      if (code !== 0) throw new Error(`the daemon ended with ${code}:\n${daemon.log()}`);
    },
  };
}
