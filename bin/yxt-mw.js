#!/usr/bin/env node
// Plain JavaScript that also an old Node can read: it finds a Node that is new enough, then hands over to dist/.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const NEEDED = [22, 19];
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** True when a Node version ("24.21.0") is at least NEEDED. */
function newEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** The Node 24 that `npm ci` brings as an optional package, or null where there is none for this machine. */
function ownNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', file);
  return existsSync(path) ? path : null;
}

/**
 * In the child of the process below: a signal that it passes on counts only when it has not come here by itself. To the daemon a
 * second one would mean "hurry".
 */
function hearSignalsOnce() {
  const heard = new Map();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      heard.set(signal, Date.now());
      // a listener switches the default off: without another one, nobody else would end the process
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
    });
  }
  process.on('message', (signal) => {
    if (SIGNALS.includes(signal) && Date.now() - (heard.get(signal) ?? 0) > 1000) process.emit(signal, signal);
  });
  process.channel.unref();
}

if (!newEnough(process.versions.node)) {
  const node = ownNode();
  if (!node) {
    process.stderr.write(
      `yxt-mw: 需要 Node.js ≥ ${NEEDED.join('.')}，当前是 ${process.versions.node}。请安装新版本 Node.js，或在本目录运行 npm ci（会带来自己的 Node 24）。\n` +
        `yxt-mw: needs Node.js >= ${NEEDED.join('.')}, this is ${process.versions.node}. Install a newer Node.js, or run "npm ci" here, which brings its own Node 24.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // a service manager or a container may know only this process, so what it is told the child is told. Ctrl+C, and whoever
  // ends a whole group, reaches both: the child is told a little later, and leaves out what it has heard itself
  for (const signal of SIGNALS) {
    process.on(signal, () => setTimeout(() => child.connected && child.send(signal), 300));
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
} else if (!existsSync(join(root, 'dist', 'cli', 'index.js'))) {
  process.stderr.write(
    `yxt-mw: 尚未编译，请先运行 npm run build。\nyxt-mw: not built yet, run "npm run build" first.\n`,
  );
  process.exit(1);
} else {
  if (process.send) hearSignalsOnce();
  const { main } = await import('../dist/cli/index.js');
  process.exitCode = await main(process.argv.slice(2));
}
