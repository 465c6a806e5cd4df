import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DOMParser, onErrorStopParsing, type Element } from '@xmldom/xmldom';
import { DaemonError } from '../../src/lib/errors.ts';
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
    assert.equal(parsed(winswXml({ ...PLAN, logDir: null })).has('logpath'), false);
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
});
