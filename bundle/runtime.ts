import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tar from 'tar';
import { lockIn, type Target } from './modules.ts';

/** Puts Node and its licence into `stage`; returns its version. @throws Error when it can be had from nowhere */
export async function copyRuntime(root: string, stage: string, target: Target, work: string): Promise<string> {
  const { folder, version } = await nodeFor(root, target, work);
  const binary = target === 'win-x64' ? 'node.exe' : 'node';
  const to = join(stage, 'runtime', ...(target === 'win-x64' ? [] : ['bin']));
  mkdirSync(to, { recursive: true });
  copyFileSync(join(folder, 'bin', binary), join(to, binary));
  // the package for Windows comes without it; the text is that of the version, whatever the system
  const licence = target === 'win-x64' ? (await nodeFor(root, 'linux-x64', work)).folder : folder;
  copyFileSync(join(licence, 'LICENSE'), join(stage, 'runtime', 'LICENSE'));
  return version;
}

/** The unpacked package with the Node of a system. */
async function nodeFor(root: string, target: Target, work: string): Promise<{ folder: string; version: string }> {
  const name = `node-${target}`;
  const { version, integrity } = lockIn(root).packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no ${name}`);
  const folder = installed(root, name, version) ?? (await fetched(`${name}@${version}`, integrity, join(work, name)));
  return { folder, version };
}

function installed(root: string, name: string, version: string): string | null {
  const folder = join(root, 'node_modules', name);
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return null;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version === version ? folder : null;
}

/** From the registry that npm is set to, held against the lock file. */
async function fetched(spec: string, integrity: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = npm(['pack', spec, '--pack-destination', folder, '--loglevel', 'error']);
  if (status !== 0) throw new Error(`npm pack ${spec}: ${stderr.trim().split('\n').slice(0, 4).join('; ')}`);
  const archive = readdirSync(folder).find((each) => each.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${spec} left no archive`);
  const file = join(folder, archive);
  const sum = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (sum !== integrity) throw new Error(`${spec} is not what package-lock.json says: ${sum}`);
  await tar.x({ file, cwd: folder, strip: 1, filter: (path) => /^package\/(?:bin\/|LICENSE$)/.test(path) });
  return folder;
}

export function npm(args: readonly string[], cwd?: string): { status: number | null; stdout: string; stderr: string } {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 26, cwd } as const;
  const script = process.env['npm_execpath'];
  const { status, stdout, stderr, error } =
    script === undefined
      ? spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [script, ...args], options);
  return error ? { status: null, stdout: '', stderr: error.message } : { status, stdout, stderr };
}
