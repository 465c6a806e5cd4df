import { environmentFile } from './environment.ts';
import { SERVICE, writableOf, type ServicePlan } from './plan.ts';

/**
 * The unit for `start`. Directives that an older systemd does not know are ignored by it with a line in its log, so the list is that
 * of a new one.
 */
export function systemdUnit(plan: ServicePlan): string {
  const {
    command: [node, script],
    config,
    stopMs,
  } = plan;
  const run = (command: string): string =>
    [path(node), ...[script, '--config', config, command].map(argument)].join(' ');
  return `# Written by "yxt-mw service install", which overwrites it. Changes of your own: systemctl edit ${SERVICE}
[Unit]
Description=yxt-mw, SMS outbox to China Unicom
Wants=network-online.target
After=network-online.target mariadb.service mysqld.service mysql.service postgresql.service
# it goes on trying for as long as the database is down
StartLimitIntervalSec=0

[Service]
Type=exec
User=${SERVICE}
Group=${SERVICE}
ExecStart=${run('start')}
# not by SIGHUP: this waits, and tells why not
ExecReload=${run('reload')}
EnvironmentFile=-${environmentFile(config).replaceAll('%', '%%')}
SyslogIdentifier=${SERVICE}
# 2: usage or configuration, which no restart mends
Restart=on-failure
RestartPreventExitStatus=2
RestartSec=10
# a reload has this long, too: an orderly stop and a start
TimeoutStartSec=${Math.ceil(stopMs / 1000) + 60}
# platform.timeout and what an orderly stop needs beside it
TimeoutStopSec=${Math.ceil(stopMs / 1000)}
KillMode=mixed
UMask=0077

# Files: all read-only but these
ProtectSystem=strict
ProtectHome=${needsHome(plan) ? 'read-only' : 'yes'}
${writableOf(plan)
  .map((dir) => `ReadWritePaths=${path(dir)}`)
  .join('\n')}
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed

# Rights
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictSUIDSGID=yes
PrivateUsers=yes
PrivateIPC=yes
RemoveIPC=yes
KeyringMode=private

# Kernel; no MemoryDenyWriteExecute: the JIT compiler of Node writes code
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
ProcSubset=pid
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
# AF_NETLINK: the C library asks for the addresses of this machine when it looks up a name
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK

[Install]
WantedBy=multi-user.target
`;
}

/** True where the program or its files lie in a place that ProtectHome would hide. */
export function needsHome(plan: ServicePlan): boolean {
  return [...plan.command, plan.config, ...writableOf(plan)].some((each) => /^\/(home|root|run\/user)\//.test(each));
}

/** One word of a list. */
const path = (name: string): string =>
  /^[\w./:@+-]+$/.test(name) ? name : `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`;

/** One argument of a command line, where `$` has a meaning of its own. */
const argument = (word: string): string => path(word).replaceAll('$', '$$$$');
