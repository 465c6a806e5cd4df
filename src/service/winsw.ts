import { SERVICE, type ServicePlan } from './plan.ts';

/** Makes a Windows service of a program: stop by our own command, restart, event log. Not part of this repository. */
export const WINSW = {
  version: '2.12.0',
  file: 'WinSW-x64.exe',
  licence: 'MIT',
  url: 'https://github.com/winsw/winsw/releases/tag/v2.12.0',
} as const;

/** WinSW reads the XML file that is named as its own executable is, in the same folder. */
export const WINSW_NAME = `${SERVICE}-service`;

/**
 * The configuration of WinSW 2.12 for `start`. It stops the service with `yxt-mw stop`, which asks over the named pipe and returns when
 * the daemon is gone; failures and restarts go to the Windows event log (source yxt-mw).
 * What the daemon prints goes to files of WinSW, which has to find a folder that the service may write to.
 */
export function winswXml({ command: [node, script], config, stateDir, logDir, stopMs }: ServicePlan): string {
  const words = (tag: string, verb: string): string =>
    [script, '--config', config, verb].map((word) => element(tag, word)).join('\n  ');
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by "yxt-mw service install", which overwrites it. For WinSW ${WINSW.version} (${WINSW.url}). -->
<service>
  ${element('id', SERVICE)}
  ${element('name', SERVICE)}
  ${element('description', 'SMS outbox to China Unicom')}
  ${element('executable', node)}
  ${words('startargument', 'start')}
  ${element('stopexecutable', node)}
  ${words('stopargument', 'stop')}
  ${element('stoptimeout', `${Math.ceil(stopMs / 1000)} sec`)}
  <startmode>Automatic</startmode>
  <delayedAutoStart/>
  <onfailure action="restart" delay="10 sec"/>
  <onfailure action="restart" delay="1 min"/>
  <resetfailure>1 hour</resetfailure>
  ${element('logpath', logDir ?? stateDir)}
  <log mode="roll-by-size">
    <sizeThreshold>1024</sizeThreshold>
    <keepFiles>2</keepFiles>
  </log>
</service>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const element = (tag: string, text: string): string =>
  `<${tag}>${text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char)}</${tag}>`;
