import type { LocalCommands, StartedDaemon } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { type HomeOptions, homeService } from './home-service.ts';
import { fileStanding } from './service-file.ts';

/**
 * Starts the daemon of a home whose service is installed, and that does not answer; undefined where it is not installed, or
 * no service manager answers.
 */
export async function startByService(
  options: HomeOptions,
  client: LocalCommands['client'],
): Promise<StartedDaemon | CommandFault | undefined> {
  if (process.platform !== 'linux') {
    return undefined;
  }
  const { unit, path, manager, words } = homeService(options);
  const before = fileStanding(path, undefined) === 'absent' ? { silent: '' } : await manager.show(unit);
  if ('silent' in before || !before.isLoaded) {
    return undefined;
  }
  await manager.command('reset-failed', unit);
  // One that is still on its way out would not be started again by `start`.
  const refused = await manager.command(before.active === 'activating' ? 'start' : 'restart', unit);
  const after = await manager.show(unit);
  if (refused !== undefined || 'silent' in after || after.pid === null) {
    const message = `The service ${unit} did not start${refused === undefined ? '' : `: ${refused}`}. See: ${words.log}`;
    return { exitCode: exitCodes.failed, message };
  }
  const daemon = await client();
  const asked = 'exitCode' in daemon ? undefined : await daemon.status();
  const keys = asked?.ok === true ? asked.value.keys : undefined;
  return {
    ...{ pid: after.pid, socket: options.paths.socket },
    ...{ locked: keys?.locked ?? false, message: keys?.message ?? null },
  };
}
