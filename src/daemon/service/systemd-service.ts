import type {
  ServiceInstalled,
  ServiceRemoved,
  ServiceState,
  ServiceStatus,
} from '../../cli/ground/service-commands.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { type ServiceWords, nextStep } from './next-step.ts';
import { fileStanding, removeServiceFile, writeServiceFile } from './service-file.ts';
import type { ServiceManager, UnitFacts } from './service-manager.ts';

/** One service of systemd, of this user or of the machine. */
export interface SystemdService {
  readonly unit: string;
  readonly path: string;
  readonly manager: ServiceManager;
  readonly words: ServiceWords;
  /** True where it runs without a session too; null where that is no question. */
  readonly isLingering: () => boolean | null;
}

export interface InstallParts {
  readonly text: string;
  readonly force: boolean;
  readonly environment: readonly string[];
  /** Before the unit is written: what it rests on. */
  readonly prepare: () => Promise<CommandFault | undefined>;
  /** Before the unit is started: ends what runs in its place; true where something did. */
  readonly takeOver: () => Promise<boolean | CommandFault>;
}

/** Writes the unit, has it started with the session or the machine, and starts it; once more changes nothing. */
export async function installUnit(
  service: SystemdService,
  { text, force, environment, prepare, takeOver }: InstallParts,
): Promise<ServiceInstalled | CommandFault> {
  const { unit, path, manager } = service;
  const before = await manager.show(unit);
  if ('silent' in before) {
    return noManager(before.silent, service.words);
  }
  const fault = await prepare();
  if (fault !== undefined) {
    return fault;
  }
  const written = writeServiceFile(path, text, force);
  if (typeof written !== 'boolean') {
    return written;
  }
  const refused = (await manager.command('daemon-reload')) ?? (await manager.command('enable', unit));
  if (refused !== undefined) {
    return refusedBy(unit, refused);
  }
  const isUp = before.active === 'active' || before.active === 'activating';
  const tookOver = isUp ? false : await takeOver();
  if (typeof tookOver !== 'boolean') {
    return tookOver;
  }
  if (written || !isUp) {
    // Whatever failed before does not count any more.
    await manager.command('reset-failed', unit);
    const notStarted = await manager.command('restart', unit);
    if (notStarted !== undefined) {
      return {
        exitCode: exitCodes.failed,
        message: `${unit} is installed and did not start. See: ${service.words.log}`,
      };
    }
  }
  const status = await unitStatus(service, text);
  return { unit, path, written, tookOver, environment, status };
}

/** Stops it, and takes its file away; once more changes nothing. */
export async function uninstallUnit(
  { unit, path, manager }: SystemdService,
  force: boolean,
  kept: string | null,
): Promise<ServiceRemoved | CommandFault> {
  const facts = await manager.show(unit);
  const standing = fileStanding(path, undefined);
  if (!('silent' in facts) && facts.isLoaded && (standing !== 'hand_changed' || force)) {
    const refused = await manager.command('disable', '--now', unit);
    if (refused !== undefined) {
      return refusedBy(unit, refused);
    }
  }
  const removed = removeServiceFile(path, force);
  if (typeof removed !== 'boolean') {
    return removed;
  }
  await manager.command('daemon-reload');
  await manager.command('reset-failed', unit);
  return { unit, path, removed, kept: removed ? kept : null };
}

/** `wanted` is the text that would be written; undefined where it is not known. */
export async function unitStatus(service: SystemdService, wanted: string | undefined): Promise<ServiceStatus> {
  const { unit, path, manager, words, isLingering } = service;
  const file = fileStanding(path, wanted);
  const facts = await manager.show(unit);
  const known = 'silent' in facts ? undefined : facts;
  const status = {
    ...{ unit, path, file, installed: file !== 'absent' },
    enabled: known?.isEnabled ?? false,
    process: {
      state: file === 'absent' ? 'not_installed' : stateOf(known),
      since: known === undefined || known.sinceMs === null ? null : new Date(known.sinceMs).toISOString(),
      pid: known?.pid ?? null,
      restarts: known?.restarts ?? 0,
      says: known?.says ?? null,
    },
    lingering: isLingering(),
  } as const;
  return { ...status, next: nextStep(status, words) };
}

function stateOf(facts: UnitFacts | undefined): ServiceState {
  if (facts === undefined) {
    return 'unknown';
  }
  if (!facts.isLoaded) {
    return 'not_installed';
  }
  switch (facts.active) {
    case 'active':
      return 'running';
    case 'activating':
      return 'starting';
    case 'deactivating':
      return 'stopping';
    case 'failed':
      return 'failed';
    default:
      return 'stopped';
  }
}

function noManager(said: string, { elsewhere, install }: ServiceWords): CommandFault {
  return {
    exitCode: exitCodes.failed,
    message: `No systemd answers here (${said}), and nothing was written. ${elsewhere}. What would be written: ${install} --dry-run`,
  };
}

function refusedBy(unit: string, said: string): CommandFault {
  return { exitCode: exitCodes.failed, message: `systemd refused ${unit}: ${said}` };
}
