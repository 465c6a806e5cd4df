// npm run bundle [-- TARGET…]: what is unpacked on a machine without network, compiler and Node. See docs/install.md.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packTar, packZip } from './archive.ts';
import { productionModules, lockIn, type Target } from './modules.ts';
import { sbomOf } from './sbom.ts';
import { fillStage, sha256, sizeOf, type Source } from './stage.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = process.env['YXT_BUNDLE_DIR'] ?? join(ROOT, 'dist-bundle');
const TARGETS: readonly Target[] = ['linux-x64', 'linux-arm64', 'win-x64'];
const MB = 2 ** 20;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const megabytes = (bytes: number): string => `${(bytes / MB).toFixed(1).padStart(7)} MB`;

/** The parts of an unpacked bundle, the heaviest modules by name. */
function weigh(stage: string): void {
  for (const name of readdirSync(stage)) {
    if (name !== 'node_modules' && statSync(join(stage, name)).isDirectory()) {
      say(`  ${megabytes(sizeOf(join(stage, name)))}  ${name}`);
    }
  }
  const modules = productionModules(lockIn(ROOT))
    .filter((module) => !module.includes('/node_modules/', 1))
    .map((module) => ({ module, size: sizeOf(join(stage, module)) }))
    .sort((a, b) => b.size - a.size);
  say(`  ${megabytes(sizeOf(join(stage, 'node_modules')))}  node_modules, of which`);
  for (const { module, size } of modules.slice(0, 8)) {
    say(`    ${megabytes(size)}  ${module.replace('node_modules/', '')}`);
  }
}

async function bundle(source: Source, target: Target): Promise<void> {
  const name = `yxt-mw-${source.version}-${target}`;
  const work = mkdtempSync(join(tmpdir(), 'yxt-bundle-'));
  try {
    const stage = join(work, name);
    await fillStage(source, stage, target, work);
    const file = join(OUT, target === 'win-x64' ? `${name}.zip` : `${name}.tar.gz`);
    await (target === 'win-x64' ? packZip : packTar)(stage, file);
    say(`${name}: ${megabytes(statSync(file).size).trim()} packed, ${megabytes(sizeOf(stage)).trim()} unpacked`);
    weigh(stage);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function wanted(names: readonly string[]): Target[] {
  const unknown = names.filter((name) => !TARGETS.some((target) => target === name));
  if (unknown.length > 0) throw new Error(`no such target: ${unknown.join(', ')}; there are ${TARGETS.join(', ')}`);
  return TARGETS.filter((target) => names.length === 0 || names.includes(target));
}

const targets = wanted(process.argv.slice(2));
if (!existsSync(join(ROOT, 'dist', 'cli', 'index.js'))) throw new Error('dist/ is missing: run "npm run build" first');
mkdirSync(OUT, { recursive: true });
const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
  'name' | 'version',
  string
>;
const source: Source = { root: ROOT, version, sbom: sbomOf(ROOT, name) };
for (const target of targets) {
  try {
    await bundle(source, target);
  } catch (error) {
    // one that cannot be made does not keep the others from being made
    process.exitCode = 1;
    process.stderr.write(`${target} was not made: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
const archives = readdirSync(OUT).filter((name) => /\.(?:tar\.gz|zip)$/.test(name));
writeFileSync(join(OUT, 'SHA256SUMS'), archives.map((name) => `${sha256(join(OUT, name))}  ${name}\n`).join(''));
