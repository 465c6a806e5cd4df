import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { SERVICE, type ServicePlan } from '../src/service/plan.ts';
import { BUNDLE_FILE } from '../src/service/program.ts';
import { systemdUnit } from '../src/service/systemd.ts';
import { WINSW, WINSW_NAME, winswXml } from '../src/service/winsw.ts';
import { copyModules, type Target } from './modules.ts';
import { copyRuntime } from './runtime.ts';
import type { Sbom } from './sbom.ts';

/** From the repository as they are. */
const FILES = [
  ...['bin', 'dist', 'schema', 'data', 'docs', 'package.json', 'config.example.yaml'],
  ...['README.md', 'README.zh-CN.md', 'CHANGELOG.md', 'LICENSE'],
];
const MACHINES: Readonly<Record<Target, string>> = { 'linux-x64': 'x86_64', 'linux-arm64': 'aarch64', 'win-x64': '' };

export interface Source {
  readonly root: string;
  readonly version: string;
  /** Of the modules and the Node of this version. */
  readonly sbom: (node: string) => Sbom;
}

/** The unpacked bundle as the folder `stage`. */
export async function fillStage(
  { root, version, sbom }: Source,
  stage: string,
  target: Target,
  work: string,
): Promise<void> {
  mkdirSync(stage, { recursive: true });
  const node = await copyRuntime(root, stage, target, work);
  for (const name of FILES) {
    if (!existsSync(join(root, name))) throw new Error(`${name} is missing`);
    cpSync(join(root, name), join(stage, name), { recursive: true, filter: (file) => !file.endsWith('.map') });
  }
  copyModules(root, stage, target);
  writeLauncher(root, stage, target);
  writeServiceFile(stage, target);
  writeJson(join(stage, 'sbom.cdx.json'), sbom(node));
  writeJson(join(stage, BUNDLE_FILE), { version, target, node });
  writeFileSync(join(stage, 'SHA256SUMS'), sums(stage));
}

function writeLauncher(root: string, stage: string, target: Target): void {
  const name = target === 'win-x64' ? 'yxt-mw.cmd' : 'yxt-mw';
  const text = readFileSync(join(root, 'bundle', 'launchers', name), 'utf8').replaceAll('@MACHINE@', MACHINES[target]);
  writeFileSync(join(stage, name), target === 'win-x64' ? text.replace(/\r?\n/g, '\r\n') : text);
  chmodSync(join(stage, name), 0o755);
}

/** For reading and for installing by hand, with the places that docs/install.md names; `service install` writes its own. */
function writeServiceFile(stage: string, target: Target): void {
  mkdirSync(join(stage, 'service'));
  const windows = target === 'win-x64';
  const file = windows ? `${WINSW_NAME}.xml` : `${SERVICE}.service`;
  const text = windows ? winswXml(WINDOWS_PLAN) : systemdUnit(LINUX_PLAN);
  writeFileSync(join(stage, 'service', file), text);
  if (windows) writeJson(join(stage, 'service', 'winsw.json'), WINSW);
}

/** Of the defaults: platform.timeout 15s. */
const STOP_MS = 50_000;

const LINUX_PLAN: ServicePlan = {
  command: ['/opt/yxt-mw/current/runtime/bin/node', '/opt/yxt-mw/current/bin/yxt-mw.js'],
  config: '/etc/yxt-mw/config.yaml',
  stateDir: '/var/lib/yxt-mw',
  logDir: '/var/log/yxt-mw',
  databaseFile: null,
  reads: [],
  stopMs: STOP_MS,
};

const WINDOWS_PLAN: ServicePlan = {
  command: [
    'C:\\Program Files\\yxt-mw\\current\\runtime\\node.exe',
    'C:\\Program Files\\yxt-mw\\current\\bin\\yxt-mw.js',
  ],
  config: 'C:\\ProgramData\\yxt-mw\\config.yaml',
  stateDir: 'C:\\ProgramData\\yxt-mw\\state',
  logDir: 'C:\\ProgramData\\yxt-mw\\logs',
  databaseFile: null,
  reads: [],
  stopMs: STOP_MS,
};

const writeJson = (file: string, value: unknown): void => writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);

/** For `sha256sum -c SHA256SUMS` in the unpacked folder. */
function sums(stage: string): string {
  return filesIn(stage)
    .map((file) => `${sha256(join(stage, file))}  ${file}\n`)
    .join('');
}

export const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Paths of all files below `folder`, with slashes, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Bytes of all files below `folder`. */
export const sizeOf = (folder: string): number =>
  filesIn(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
