import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { ServiceWanted } from '../../cli/ground/service-commands.ts';
import { type Program, programFault, programOf } from './program.ts';
import { relayData, relayUnit, relayUser, relayUserText } from './relay-unit.ts';
import { runProgram } from '../ground/run-program.ts';
import { removeServiceFile, writeServiceFile } from './service-file.ts';
import { createServiceManager } from './service-manager.ts';
import type { SystemdService } from './systemd-service.ts';

type RelayWanted = Extract<ServiceWanted, { kind: 'relay' }>;

const unit = 'sourcesync-relay.service';
const userFile = '/etc/sysusers.d/sourcesync-relay.conf';

export const relayKept: string = `Its data in ${relayData} and its user ${relayUser} stay. To remove them too: rm -r ${relayData}; userdel ${relayUser}`;

/** The system unit of a relay. */
export function relayService(environment: NodeJS.ProcessEnv): SystemdService {
  return {
    unit,
    path: join('/etc/systemd/system', unit),
    manager: createServiceManager('system', environment),
    words: {
      install: 'sourcesync service install --relay',
      start: `systemctl start ${unit}`,
      enable: `systemctl enable ${unit}`,
      log: `journalctl -u ${unit}`,
      linger: '',
      elsewhere: 'Run this as root on the machine that is to serve; where there is no systemd: sourcesync relay serve',
    },
    isLingering: () => null,
  };
}

/** The text of its unit, or why none can be made. */
export async function relayUnitText(
  { words, tls }: RelayWanted,
  service: SystemdService,
): Promise<string | CommandFault> {
  const program = programOf('sourcesync.js');
  const certificate = tls && { certFile: resolve(tls.certFile), keyFile: resolve(tls.keyFile) };
  const missing = certificate && [certificate.certFile, certificate.keyFile].find((path) => !isReadable(path));
  if (missing !== undefined) {
    return {
      exitCode: exitCodes.failed,
      message: `${missing} cannot be read. Name the certificate and its key (PEM), and run this as root.`,
    };
  }
  return (
    programFault(program, [...words, ...(certificate === undefined ? [] : Object.values(certificate))]) ??
    relayUnit({ unit, program, words, tls: certificate, systemd: await service.manager.version() })
  );
}

/** Makes the user as which it runs, who must be able to read the program. */
export async function prepareRelay(environment: NodeJS.ProcessEnv, force: boolean): Promise<CommandFault | undefined> {
  const closed = closedToOthers(programOf('sourcesync.js'));
  if (closed !== undefined) {
    return {
      exitCode: exitCodes.failed,
      message: `The relay runs as a user of its own (${relayUser}), who cannot read ${closed}. Install Node and SourceSync for the whole machine, outside of home folders, and run this again with them.`,
    };
  }
  const written = writeServiceFile(userFile, relayUserText(), force);
  if (typeof written !== 'boolean') {
    return written;
  }
  const made = await runProgram('systemd-sysusers', [userFile], { environment, patienceMs: 30_000 });
  return made.code === 0
    ? undefined
    : { exitCode: exitCodes.failed, message: `The user ${relayUser} could not be made: ${made.complaint}` };
}

export function removeRelayUserFile(force: boolean): CommandFault | undefined {
  const removed = removeServiceFile(userFile, force);
  return typeof removed === 'boolean' ? undefined : removed;
}

/** The first folder or file on the way to the program that other users cannot read; undefined where they can. */
export function closedToOthers({ node, entry }: Program): string | undefined {
  const onTheWay = (path: string): readonly string[] =>
    dirname(path) === path ? [path] : [...onTheWay(dirname(path)), path];
  const isClosed = (path: string): boolean => {
    const stats = statSync(path);
    return (stats.mode & (stats.isDirectory() ? 0o001 : 0o004)) === 0;
  };
  return [node, entry].flatMap(onTheWay).find(isClosed);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
