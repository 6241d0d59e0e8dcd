import { setTimeout as pause } from 'node:timers/promises';
import type { LocalCommands } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { ServiceCommands } from '../../cli/ground/service-commands.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { withoutKeys } from '../keys/not-set-up.ts';
import { type HomeOptions, homeService, homeUnitText, serviceEnvironment } from '../service/home-service.ts';
import { createLaunchdService } from '../service/launchd-service.ts';
import { prepareRelay, relayKept, relayService, relayUnitText, removeRelayUserFile } from '../service/relay-service.ts';
import { installUnit, uninstallUnit, unitStatus } from '../service/systemd-service.ts';

const lookMs = 50;

/** Services of this platform: systemd on Linux, launchd on macOS. */
export function createServiceCommands(options: HomeOptions, client: LocalCommands['client']): ServiceCommands {
  const takeOver = async (): Promise<boolean | CommandFault> => stopDaemonOf(client);
  switch (process.platform) {
    case 'linux':
      return systemdCommands(options, takeOver);
    case 'darwin':
      return launchdCommands(options, takeOver);
    default:
      return faulty({
        exitCode: exitCodes.failed,
        message: `Services are not provided on ${process.platform}. Keep a daemon running with: sourcesync daemon run --supervised`,
      });
  }
}

function systemdCommands(options: HomeOptions, takeOver: () => Promise<boolean | CommandFault>): ServiceCommands {
  const { paths, home, environment } = options;
  const ofHome = homeService(options);
  const ofRelay = relayService(environment);
  return {
    async plan(wanted) {
      const { unit, path } = wanted.kind === 'relay' ? ofRelay : ofHome;
      const text = wanted.kind === 'relay' ? await relayUnitText(wanted, ofRelay) : await homeUnitText(options, ofHome);
      return typeof text === 'string' ? { unit, path, text } : text;
    },
    async install(wanted, force) {
      if (wanted.kind === 'relay') {
        const text = await relayUnitText(wanted, ofRelay);
        const prepare = async (): Promise<CommandFault | undefined> => prepareRelay(environment, force);
        return typeof text === 'string'
          ? installUnit(ofRelay, { text, force, environment: [], prepare, takeOver: async () => false })
          : text;
      }
      const text = await homeUnitText(options, ofHome);
      const keys = readKeyFile(paths.keys);
      if (!keys.ok) {
        return withoutKeys(paths, keys.error);
      }
      const names = Object.keys(serviceEnvironment(home, environment));
      const prepare = async (): Promise<undefined> => undefined;
      return typeof text === 'string'
        ? installUnit(ofHome, { text, force, environment: names, prepare, takeOver })
        : text;
    },
    async uninstall(kind, force) {
      if (kind === 'daemon') {
        return uninstallUnit(ofHome, force, 'The home and everything in it stay.');
      }
      const removed = await uninstallUnit(ofRelay, force, relayKept);
      return 'exitCode' in removed ? removed : (removeRelayUserFile(force) ?? removed);
    },
    async status(kind) {
      if (kind === 'relay') {
        return unitStatus(ofRelay, undefined);
      }
      const text = await homeUnitText(options, ofHome);
      return unitStatus(ofHome, typeof text === 'string' ? text : undefined);
    },
  };
}

function launchdCommands(options: HomeOptions, takeOver: () => Promise<boolean | CommandFault>): ServiceCommands {
  const agent = createLaunchdService(options);
  const noRelay: CommandFault = {
    exitCode: exitCodes.failed,
    message: 'A relay as a service is provided on Linux alone. Run it with: sourcesync relay serve',
  };
  return {
    plan: async ({ kind }) => {
      const text = agent.text();
      return kind === 'relay'
        ? noRelay
        : typeof text === 'string'
          ? { unit: agent.label, path: agent.path, text }
          : text;
    },
    install: async ({ kind }, force) => (kind === 'relay' ? noRelay : agent.install(force, takeOver)),
    uninstall: async (kind, force) => (kind === 'relay' ? noRelay : agent.uninstall(force)),
    status: async (kind) => (kind === 'relay' ? noRelay : agent.status()),
  };
}

/** Ends a daemon that somebody started by hand; false where none answers. */
async function stopDaemonOf(client: LocalCommands['client']): Promise<boolean | CommandFault> {
  const asked = await client();
  if ('exitCode' in asked) {
    return asked.exitCode === exitCodes.unreachable ? false : asked;
  }
  if (!(await asked.status()).ok) {
    return false;
  }
  const stopped = await asked.stopDaemon();
  if (!stopped.ok) {
    return { exitCode: exitCodes.failed, message: 'A daemon runs and could not be stopped: sourcesync daemon stop' };
  }
  while ((await asked.status()).ok) {
    await pause(lookMs);
  }
  return true;
}

function faulty(fault: CommandFault): ServiceCommands {
  const answer = async (): Promise<CommandFault> => fault;
  return { plan: answer, install: answer, uninstall: answer, status: answer };
}
