import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ProgramSaid, runProgram } from '../ground/run-program.ts';

export interface Notification {
  readonly title: string;
  readonly text: string;
}

/** Undefined once a notification is shown; or in words why it is not, and what to do. */
export type ShowOnDesktop = (notification: Notification) => Promise<string | undefined>;

const name = 'org.freedesktop.Notifications';
const path = '/org/freedesktop/Notifications';
const busSeconds = 5;
/** The bus is given its own time first. */
const patienceMs = (busSeconds + 2) * 1000;

/** Programs that call what is on the bus of a session: one comes with systemd, the other with GLib. */
const callers: readonly (readonly [program: string, words: (shown: Notification) => readonly string[]])[] = [
  [
    'busctl',
    ({ title, text }) => [
      ...['--user', `--timeout=${busSeconds}`, 'call', name, path, name, 'Notify', 'susssasa{sv}i'],
      ...['--', 'SourceSync', '0', '', title, text, '0', '0', '-1'],
    ],
  ],
  [
    'gdbus',
    ({ title, text }) => [
      ...['call', '--session', '--timeout', String(busSeconds), '--dest', name, '--object-path', path],
      ...[
        '--method',
        `${name}.Notify`,
        '--',
        'SourceSync',
        'uint32 0',
        '',
        title,
        text,
        '@as []',
        '@a{sv} {}',
        'int32 -1',
      ],
    ],
  ],
];

/** The desktop of a session, by its bus (Desktop Notifications Specification 1.2). */
export function desktopOf(environment: NodeJS.ProcessEnv): ShowOnDesktop {
  return async (notification) => {
    if (!hasBus(environment)) {
      return 'There is no bus of a session (D-Bus) here: the daemon was started outside of a desktop. Start it in one, or as a service of this user: sourcesync service install';
    }
    for (const [program, words] of callers) {
      const said = await runProgram(program, words(notification), { environment, patienceMs });
      if (said.isThere) {
        return said.code === 0 ? undefined : whyNot(said);
      }
    }
    return 'Neither busctl (systemd) nor gdbus (GLib) is installed, by which a desktop is told.';
  };
}

function hasBus({ DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtime }: NodeJS.ProcessEnv): boolean {
  return (address ?? '') !== '' || (runtime !== undefined && existsSync(join(runtime, 'bus')));
}

function whyNot({ complaint, isLate }: ProgramSaid): string {
  if (isLate || /timed? ?out|did not receive a reply/i.test(complaint)) {
    return 'The bus of the session, or the desktop on it, did not answer in time.';
  }
  return /not activatable|not provided|ServiceUnknown|not found|does not exist/i.test(complaint)
    ? 'No program of this session shows notifications. A desktop brings one; elsewhere install one, such as dunst or mako.'
    : `The bus of the session refused: ${complaint}`;
}
