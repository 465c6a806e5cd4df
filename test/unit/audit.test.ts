import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AUDIT_FILE, osUser } from '../../src/state/audit.ts';
import { openState, type State } from '../../src/state/open.ts';
import { fakeClock } from '../support/clock.ts';
import { temporaryDir } from '../support/temporary.ts';

describe('audit log', () => {
  let dir: string;
  let state: State;
  const file = (): string => join(dir, AUDIT_FILE);
  const lines = (): string[] => readFileSync(file(), 'utf8').split('\n').slice(0, -1);
  const write = (all: readonly string[]): void => writeFileSync(file(), all.map((line) => `${line}\n`).join(''));
  const act = (n: number): void => {
    for (let i = 1; i <= n; i++) state.audit.append({ who: 'os:admin', action: 'pause', facts: { i } });
  };

  beforeEach(() => {
    dir = temporaryDir();
    state = openState(dir, { clock: fakeClock() });
  });
  afterEach(() => {
    state.close();
  });

  it('keeps who, what and when, in a file of its owner’s', () => {
    assert.deepEqual(state.audit.verify(), { lines: 0, torn: 0, fault: null });
    act(3);
    assert.deepEqual(state.audit.verify(), { lines: 3, torn: 0, fault: null });
    assert.deepEqual(state.audit.list(1), [
      { n: 3, at: '2026-11-23T02:15:00.000Z', who: 'os:admin', action: 'pause', facts: { i: 3 } },
    ]);
    if (process.platform !== 'win32') assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('masks phones and passwords, whatever it is given', () => {
    state.audit.append({ who: 'sql:13000000001', action: 'pause', facts: { reason: 'for 13000000002 password=abc' } });
    const [line = ''] = lines();
    assert.doesNotMatch(line, /13000000001|13000000002|abc/);
    assert.match(line, /130\*\*\*\*0002/);
  });

  const deeds: readonly (readonly [string, (all: string[]) => string[], { line: number; fault: string }])[] = [
    ['an altered line', (all) => all.map((l) => l.replace('"i":3', '"i":9')), { line: 3, fault: 'altered' }],
    ['a line made unreadable', (all) => all.map((l, i) => (i === 2 ? '{"n":3' : l)), { line: 3, fault: 'altered' }],
    ['a removed line', (all) => all.filter((_, i) => i !== 1), { line: 2, fault: 'missing' }],
    ['a removed first line', (all) => all.slice(1), { line: 1, fault: 'missing' }],
    ['two lines that changed places', ([a = '', b = '', c = '', ...d]) => [a, c, b, ...d], { line: 2, fault: 'order' }],
    ['a line that is there twice', (all) => [...all, all[1] ?? ''], { line: 6, fault: 'order' }],
    ['lines cut off at the end', (all) => all.slice(0, 3), { line: 4, fault: 'cut' }],
    ['everything gone', () => [], { line: 1, fault: 'cut' }],
  ];
  for (const [what, deed, fault] of deeds) {
    it(`finds ${what}, and says which`, () => {
      act(5);
      write(deed(lines()));
      assert.deepEqual(state.audit.verify().fault, fault);
    });
  }

  it('finds a line that was written over with a hash that fits', () => {
    act(3);
    const all = lines();
    const body = JSON.parse(all[1] ?? '') as Record<string, unknown>;
    delete body['hash'];
    const forged = { ...body, who: 'os:other' };
    const hash = createHash('sha256').update(JSON.stringify(forged)).digest('hex');
    write([all[0] ?? '', JSON.stringify({ ...forged, hash }), all[2] ?? '']);
    assert.deepEqual(state.audit.verify().fault, { line: 2, fault: 'altered' });
    write([all[0] ?? '', all[1] ?? '', JSON.stringify({ ...forged, n: 3, hash })]);
    assert.equal(state.audit.verify().fault?.line, 3);
  });

  it('goes on behind what was cut off, and the gap stays', () => {
    act(5);
    write(lines().slice(0, 3));
    act(1);
    assert.deepEqual(state.audit.verify().fault, { line: 4, fault: 'missing' });
  });

  it('goes on after a power cut in the middle of a line', () => {
    act(2);
    appendFileSync(file(), '{"n":3,"at":"2026-');
    assert.deepEqual(state.audit.verify(), { lines: 3, torn: 1, fault: null });
    act(1);
    assert.deepEqual(state.audit.verify(), { lines: 4, torn: 1, fault: null });
    assert.deepEqual(
      state.audit.list(9).map(({ n }) => n),
      [1, 2, 3],
    );
  });

  it('is written by daemon and commands at the same time without a break', async function () {
    this.timeout(60_000);
    const program = `
      import { openState } from ${JSON.stringify(new URL('../../src/state/open.ts', import.meta.url).href)};
      const state = openState(${JSON.stringify(dir)});
      for (let i = 0; i < 20; i++) state.audit.append({ who: 'os:x', action: 'retry', facts: { i } });
      state.close();`;
    const one = (): Promise<unknown> =>
      promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', program]);
    await Promise.all([one(), one(), one()]);
    assert.deepEqual(state.audit.verify(), { lines: 60, torn: 0, fault: null });
  });

  it('names who called sudo', () => {
    assert.match(osUser({ SUDO_USER: 'zhang' }), /^os:\S+ \(zhang\)$/);
    assert.match(osUser({}), /^os:\S+$/);
  });
});
