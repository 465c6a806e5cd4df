import path from 'node:path';
import { systemClock } from '../lib/clock.ts';
import { textOf } from '../lib/errors.ts';
import { type Locale, pick, type Text } from '../lib/text.ts';
import { certificatesIn } from './certificate-files.ts';
import { type ControlServer, startControl } from './control.ts';
import type { FaultScript } from './faults.ts';
import type { RecordedEvent } from './recording.ts';
import { replay, type Replayed, type ReplayParts } from './replay.ts';
import { type Simulator, startSimulator } from './server.ts';
import type { SettingsPatch } from './settings.ts';

export interface SimulatorProcessOptions {
  /** Port of the platform's interface; 0: a free one. */
  readonly port: number;
  /** Port of the page and the control interface; 0: a free one. */
  readonly controlPort: number;
  /** Where the certificates are kept. */
  readonly dir: string;
  readonly settings?: SettingsPatch;
  readonly faults?: FaultScript;
}

/** What a started simulator is reached by; printed as one line with `--json`. */
export interface SimulatorAddress {
  readonly url: string;
  /** Path of the PEM file to trust. */
  readonly ca: string;
  readonly control: string;
}

/** Runs the simulator and its control port until `stop`; `ready` is called once both listen. Rejects when a port is taken. */
export async function runSimulatorProcess(
  options: SimulatorProcessOptions,
  ready: (address: SimulatorAddress, simulator: Simulator) => void,
  stop: AbortSignal,
): Promise<void> {
  const { caFile, ...certificates } = await certificatesIn(options.dir);
  const simulator = await startSimulator({
    port: options.port,
    certificates,
    ...(options.settings && { settings: options.settings }),
    ...(options.faults && { faults: options.faults }),
  });
  let control: ControlServer | null = null;
  try {
    control = await startControl(simulator, options.controlPort);
    ready({ url: simulator.url, ca: caFile, control: control.url }, simulator);
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  } finally {
    await control?.close();
    await simulator.close();
  }
}

/** Aborts on SIGTERM and SIGINT. A second SIGINT ends the process the usual way, in case something does not let go. */
export function untilSignal(): AbortSignal {
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  process.once('SIGINT', () => stop.abort());
  return stop.signal;
}

export interface SimulatorCommandOptions {
  /** Default 9600. */
  readonly port?: number;
  /** Default 9601. */
  readonly controlPort?: number;
  /** Default `./simulator`. */
  readonly dir?: string;
  /** Code 11 above this many parts a second; default: no limit. */
  readonly rate?: number;
  readonly json?: boolean;
  readonly replay?: Replay;
}

/** A recorded day, played once the simulator listens. */
export interface Replay extends Pick<ReplayParts, 'speed' | 'insert'> {
  readonly events: readonly RecordedEvent[];
}

export interface CommandIo {
  /** One line to standard output. */
  readonly out: (line: string) => void;
  /** One line to standard error. */
  readonly err: (line: string) => void;
  readonly locale: Locale;
  /** Default: until SIGTERM or SIGINT. */
  readonly stop?: AbortSignal;
}

/** `yxt-mw simulator`: exit code 0 when stopped, 1 when it could not start. */
export async function simulatorCommand(options: SimulatorCommandOptions, io: CommandIo): Promise<number> {
  const port = options.port ?? 9600;
  const controlPort = options.controlPort ?? 9601;
  const dir = options.dir ?? 'simulator';
  const settings = options.rate === undefined ? {} : { ratePerSecond: options.rate };
  const stop = io.stop ?? untilSignal();
  try {
    await runSimulatorProcess(
      { port, controlPort, dir, settings },
      (address, simulator) => {
        if (options.json) io.out(JSON.stringify(address));
        else for (const line of welcome(address, simulator, dir)) io.out(pick(line, io.locale));
        if (options.replay) void play(options.replay, simulator, io, options.json === true, stop);
      },
      stop,
    );
    return 0;
  } catch (error) {
    io.err(pick(whyNot(error, { port, controlPort, dir }), io.locale));
    return 1;
  }
}

/** Tells how it went; the simulator stays, so that one can look. */
async function play(
  { events, speed, insert }: Replay,
  simulator: Simulator,
  io: CommandIo,
  json: boolean,
  stop: AbortSignal,
): Promise<void> {
  const citizenWrites: ReplayParts['citizenWrites'] = ({ phone, content, ext }) =>
    void simulator.citizenWrites(phone, content, ext);
  try {
    const done = await replay(events, { clock: systemClock, speed, citizenWrites, insert }, stop);
    io.out(json ? JSON.stringify({ replayed: done }) : pick(replayed(done), io.locale));
  } catch (error) {
    io.err(pick(textOf(error), io.locale));
  }
}

const replayed = ({ messages, rows, passedOver }: Replayed): Text => ({
  zh: `重放完毕：来信 ${messages} 条，写入 ${rows} 行${passedOver > 0 ? `，略过 ${passedOver} 行（加 --insert 才写库）` : ''}`,
  en: `replayed: ${messages} messages, ${rows} rows inserted${passedOver > 0 ? `, ${passedOver} passed over (--insert writes them)` : ''}`,
});

/** The file to trust as a `config.yaml` in the current folder names it; in full where the folder was given so, since another one is likely meant. */
function welcome(address: SimulatorAddress, simulator: Simulator, dir: string): Text[] {
  const near = path.relative('.', address.ca);
  const far = path.isAbsolute(dir) || path.isAbsolute(near) || near.startsWith('..');
  const ca = far ? address.ca : `./${near.replaceAll('\\', '/')}`;
  const { spCode, loginName, password, accessNo } = simulator.settings();
  return [
    {
      zh: `模拟平台已启动，页面：${address.control}`,
      en: `The simulated platform is running; page: ${address.control}`,
    },
    { zh: '在 config.yaml 中这样填写：', en: 'Put this into config.yaml:' },
    same('platform:'),
    same(`  url: ${address.url}`),
    same(`  spCode: "${spCode}"`),
    same(`  loginName: ${loginName}`),
    same(`  password: ${password}`),
    same(`  accessNo: "${accessNo}"`),
    same(`  tls: { ca: ${ca} }`),
    { zh: '按 Ctrl+C 结束。', en: 'Ctrl+C ends it.' },
  ];
}

function same(line: string): Text {
  return { zh: line, en: line };
}

function whyNot(error: unknown, options: { port: number; controlPort: number; dir: string }): Text {
  const { code, message, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    const flag = port === options.controlPort ? '--control-port' : '--port';
    return {
      zh: `端口 ${port ?? options.port} 已被占用或不允许使用；请用 ${flag} 另选。`,
      en: `Port ${port ?? options.port} is taken or not allowed; choose another by ${flag}.`,
    };
  }
  return {
    zh: `模拟平台没能启动：${message}。证书目录是 ${options.dir}。`,
    en: `The simulated platform could not start: ${message}. Its certificate directory is ${options.dir}.`,
  };
}
