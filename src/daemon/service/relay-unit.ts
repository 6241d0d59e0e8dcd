import type { Program } from './program.ts';
import { checksumPlace, withChecksum } from './checksum.ts';
import { notified, restarts, startLimit } from './daemon-unit.ts';
import { plain, type UnitLine, unitCommand, unitText } from './unit-text.ts';

export interface RelayUnitFacts {
  readonly unit: string;
  readonly program: Program;
  /** What `relay serve` is given beside its folder and its certificate. */
  readonly words: readonly string[];
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly systemd: number | undefined;
}

/** The user of the machine as which the relay runs, and the folder of its data below /var/lib. */
export const relayUser = 'sourcesync-relay';

/** Where its data lies, for those who make tokens. */
export const relayData: string = `/var/lib/${relayUser}`;

/** What makes the user of the relay (sysusers.d). */
export function relayUserText(): string {
  return withChecksum(
    `# Written by: sourcesync service install --relay. Checksum: ${checksumPlace}\nu ${relayUser} - "SourceSync relay" ${relayData}\n`,
  );
}

/** The system unit of a relay, which sees nothing of the machine but its own folder. */
export function relayUnit({ unit, program, words, tls, systemd }: RelayUnitFacts): string {
  const command = unitCommand([program.node, program.entry, 'relay', 'serve', ...words, '--data', relayData]);
  // Read by the manager, so that the key of the certificate may be root's alone; the folder is named by the unit itself.
  const credentials = '--tls-cert ${CREDENTIALS_DIRECTORY}/cert.pem --tls-key ${CREDENTIALS_DIRECTORY}/key.pem';
  return withChecksum(
    unitText(
      [
        'Written by: sourcesync service install --relay. It is written anew with each version.',
        `To change something, leave this file and use: systemctl edit ${unit}`,
        `Checksum: ${checksumPlace}`,
      ],
      [
        [
          'Unit',
          [
            ['Description', 'SourceSync relay'],
            ['Documentation', 'man:sourcesync(1)'],
            ['Wants', 'network-online.target'],
            ['After', 'network-online.target'],
            ...startLimit,
          ],
        ],
        [
          'Service',
          [
            ...notified,
            ['ExecStart', tls === undefined ? command : `${command} ${credentials}`],
            ...(tls === undefined ? [] : [credential('cert.pem', tls.certFile), credential('key.pem', tls.keyFile)]),
            ['User', relayUser],
            ['StateDirectory', relayUser],
            ['StateDirectoryMode', '0700'],
            ['UMask', '0077'],
            ...restarts(systemd),
            ...confined,
          ],
        ],
        ['Install', [['WantedBy', 'multi-user.target']]],
      ],
    ),
  );
}

function credential(name: string, path: string): UnitLine {
  return ['LoadCredential', `${name}:${plain(path)}`];
}

const confined: readonly UnitLine[] = [
  ['NoNewPrivileges', 'yes'],
  ['ProtectSystem', 'strict'],
  ['ProtectHome', 'read-only'],
  ['PrivateTmp', 'yes'],
  ['PrivateDevices', 'yes'],
  ['ProtectClock', 'yes'],
  ['ProtectControlGroups', 'yes'],
  ['ProtectHostname', 'yes'],
  ['ProtectKernelLogs', 'yes'],
  ['ProtectKernelModules', 'yes'],
  ['ProtectKernelTunables', 'yes'],
  ['ProtectProc', 'invisible'],
  ['RestrictNamespaces', 'yes'],
  ['LockPersonality', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['RestrictSUIDSGID', 'yes'],
  ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
  // A port below 1024, where the relay is given one.
  ['AmbientCapabilities', 'CAP_NET_BIND_SERVICE'],
  ['CapabilityBoundingSet', 'CAP_NET_BIND_SERVICE'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '@system-service'],
  ['SystemCallErrorNumber', 'EPERM'],
];
