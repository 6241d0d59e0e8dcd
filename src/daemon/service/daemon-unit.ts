import type { Program } from './program.ts';
import { checksumPlace, withChecksum } from './checksum.ts';
import { plain, quoted, type UnitLine, unitCommand, unitText } from './unit-text.ts';

/** What the unit of one home is made of. */
export interface DaemonUnitFacts {
  readonly unit: string;
  readonly program: Program;
  /** An absolute folder; undefined for the home that needs no name. */
  readonly home: string | undefined;
  /** Variables that say where this home is and what it does, by name. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
  /** The version of systemd; undefined where it does not say. */
  readonly systemd: number | undefined;
}

/** Since this version systemd can wait longer each time. */
const growingPauseSince = 254;

/** The user unit of a daemon. */
export function daemonUnit({ unit, program, home, environment, log, systemd }: DaemonUnitFacts): string {
  const words = [program.node, program.entry, ...(home === undefined ? [] : ['--home', home])];
  return withChecksum(
    unitText(
      [
        'Written by: sourcesync service install. It is written anew with each version.',
        `To change something, leave this file and use: systemctl --user edit ${unit}`,
        `Checksum: ${checksumPlace}`,
      ],
      [
        [
          'Unit',
          [
            ['Description', plain(home === undefined ? 'SourceSync' : `SourceSync of ${home}`)],
            ['Documentation', 'man:sourcesync(1)'],
            ...startLimit,
          ],
        ],
        [
          'Service',
          [
            ...notified,
            ['ExecStart', unitCommand(words)],
            ...Object.entries(environment).map(
              ([name, value]): UnitLine => ['Environment', quoted(`${name}=${value}`)],
            ),
            // Where `sourcesync logs` reads it; the daemon bounds it.
            ['StandardOutput', 'null'],
            ['StandardError', `append:${plain(log)}`],
            // A large database may have to be mended first.
            ['TimeoutStartSec', '15min'],
            ...restarts(systemd),
            ...confined,
          ],
        ],
        ['Install', [['WantedBy', 'default.target']]],
      ],
    ),
  );
}

/** Nine ends in a row, as `daemon run --supervised` counts them. */
export const startLimit: readonly UnitLine[] = [
  ['StartLimitIntervalSec', '15min'],
  ['StartLimitBurst', '9'],
];

/** How the program says that it is ready and alive: by systemd-notify, which is another process of the unit. */
export const notified: readonly UnitLine[] = [
  ['Type', 'notify'],
  ['NotifyAccess', 'all'],
  ['WatchdogSec', '3min'],
  // What it started is its own to end; whatever is left then goes.
  ['KillMode', 'mixed'],
  ['TimeoutStopSec', '60s'],
];

/** Ever later where systemd can. What cannot run as it is set up is not tried again. */
export function restarts(systemd: number | undefined): readonly UnitLine[] {
  const pause: readonly UnitLine[] =
    systemd !== undefined && systemd >= growingPauseSince
      ? [
          ['RestartSec', '1s'],
          ['RestartSteps', '6'],
          ['RestartMaxDelaySec', '60s'],
        ]
      : [['RestartSec', '10s']];
  return [['Restart', 'on-failure'], ...pause, ['RestartPreventExitStatus', '2 5']];
}

/**
 * As far as a user unit can confine a program whose work is files all over the home folder of its user. Left out on purpose:
 * name spaces of mounts (a linked folder may be anywhere, and be mounted later), UMask (files of linked folders have the
 * modes that they would have without a service) and MemoryDenyWriteExecute (V8 compiles).
 */
const confined: readonly UnitLine[] = [
  // A hook that ran out of memory ends alone.
  ['OOMPolicy', 'continue'],
  ['NoNewPrivileges', 'yes'],
  ['LockPersonality', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['RestrictSUIDSGID', 'yes'],
  ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '~@clock @cpu-emulation @debug @module @obsolete @raw-io @reboot @swap'],
  ['SystemCallErrorNumber', 'EPERM'],
];
