import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DOMParser, onErrorStopParsing, type Element } from '@xmldom/xmldom';
import { DaemonError } from '../../src/lib/errors.ts';
import { systemShell } from '../../src/service/shell.ts';
import { WindowsService } from '../../src/service/windows.ts';
import { winswXml } from '../../src/service/winsw.ts';
import { fakeShell, freshSite, nothing, PLAN } from '../support/service.ts';

describe('service of Windows', () => {
  const site = freshSite();

  const EXE = 'yxt-mw-service.exe';

  /** Name → texts, in the order of the document. */
  function parsed(xml: string): Map<string, string[]> {
    const { documentElement } = new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'text/xml');
    const found = new Map<string, string[]>();
    for (const node of Array.from(documentElement?.childNodes ?? [])) {
      if (node.nodeType !== 1) continue;
      const { tagName, textContent } = node as Element;
      found.set(tagName, [...(found.get(tagName) ?? []), (textContent ?? '').trim()]);
    }
    return found;
  }

  it('is described to WinSW: start, stop by our own command, time to stop, restart', () => {
    const config = 'C:\\ProgramData\\yxt <&> "mw"\\config.yaml';
    const xml = parsed(
      winswXml({ ...PLAN, command: ['C:\\p\\node.exe', 'C:\\p\\bin\\yxt-mw.js'], config, logDir: 'D:\\logs' }),
    );
    const common = ['C:\\p\\bin\\yxt-mw.js', '--config', config];
    assert.deepEqual(xml.get('executable'), ['C:\\p\\node.exe']);
    assert.deepEqual(xml.get('stopexecutable'), ['C:\\p\\node.exe']);
    assert.deepEqual(xml.get('startargument'), [...common, 'start']);
    assert.deepEqual(xml.get('stopargument'), [...common, 'stop']);
    assert.deepEqual(
      [xml.get('id'), xml.get('stoptimeout'), xml.get('logpath')],
      [['yxt-mw'], ['47 sec'], ['D:\\logs']],
    );
    assert.equal(xml.get('onfailure')?.length, 2);
    assert.equal(xml.has('argument'), false, 'WinSW takes startargument only in its absence');
    assert.deepEqual(parsed(winswXml({ ...PLAN, logDir: null })).get('logpath'), [PLAN.stateDir]);
  });

  it('names WinSW exactly where it is missing, and does nothing else', () => {
    const { shell, ran } = fakeShell([]);
    assert.throws(
      () => new WindowsService(shell, site.dir).install(PLAN, nothing),
      (error) =>
        error instanceof DaemonError &&
        [error.text.zh, error.text.en].every(
          (text) => /WinSW 2\.12\.0.*MIT.*WinSW-x64\.exe/.test(text) && text.includes(EXE),
        ),
    );
    assert.deepEqual(ran, []);
  });

  it('is installed under an account of its own, which alone may write its folders, and renewed', () => {
    writeFileSync(path.join(site.dir, EXE), '');
    const here = { ...PLAN, config: site.file, stateDir: path.join(site.dir, 'state'), logDir: null };
    const { shell, ran } = fakeShell([[/^sc\.exe query /, { code: 1060, said: '' }]]);
    new WindowsService(shell, site.dir).install(here, () => undefined);
    assert.deepEqual(
      ran.filter((line) => !/^sc\.exe q/.test(line)),
      [
        `${EXE} install`,
        'sc.exe config yxt-mw obj= NT SERVICE\\yxt-mw',
        `icacls ${here.stateDir} /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F NT SERVICE\\yxt-mw:(OI)(CI)M`,
        `icacls ${here.config} /inheritance:r /grant:r *S-1-5-18:F *S-1-5-32-544:F NT SERVICE\\yxt-mw:R`,
        `${EXE} start`,
      ],
    );
    assert.equal(readFileSync(path.join(site.dir, 'yxt-mw-service.xml'), 'utf8'), winswXml(here));
    const again = fakeShell([[/^sc\.exe query /, { code: 0, said: 'STATE              : 4  RUNNING' }]]);
    new WindowsService(again.shell, site.dir).install(here, () => undefined);
    assert.ok(again.ran.indexOf(`${EXE} uninstall`) < again.ran.indexOf(`${EXE} install`));
    new WindowsService(again.shell, site.dir).uninstall(() => undefined);
    assert.equal(existsSync(path.join(site.dir, 'yxt-mw-service.xml')), false);
  });

  it('gets what it needs of key, secrets and an SQLite folder, which others go on using', () => {
    writeFileSync(path.join(site.dir, EXE), '');
    for (const name of ['yxt-mw.key', 'secrets.json']) writeFileSync(path.join(site.dir, name), '');
    const here = { ...PLAN, config: site.file, stateDir: path.join(site.dir, 'state'), logDir: null };
    const { shell, ran } = fakeShell([[/^sc\.exe query /, { code: 1060, said: '' }]]);
    new WindowsService(shell, site.dir).install({ ...here, databaseFile: 'D:/data/sms.db' }, () => undefined);
    for (const name of ['yxt-mw.key', 'secrets.json']) {
      const grant = `icacls ${path.join(site.dir, name)} /inheritance:r /grant:r`;
      assert.ok(ran.some((line) => line.startsWith(grant) && line.endsWith('NT SERVICE\\yxt-mw:R')));
    }
    assert.deepEqual(
      ran.filter((line) => line.includes('D:/data')),
      ['icacls D:/data /grant NT SERVICE\\yxt-mw:(OI)(CI)M'],
    );
  });

  it('has its programs understood, in UTF-8 and as a Chinese Windows writes', () => {
    const says = (hex: string): string =>
      systemShell(process.execPath, ['-e', `process.stdout.write(Buffer.from('${hex}', 'hex'))`]).said;
    assert.equal(says('e68b92e7bb9d'), '拒绝');
    assert.equal(says('bedcbef8'), '拒绝');
  });
});
