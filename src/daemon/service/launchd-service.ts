import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { asShellWord } from '../../base/shell-word.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { ServiceInstalled, ServiceRemoved, ServiceStatus } from '../../cli/ground/service-commands.ts';
import { type HomeOptions, homeAgentText, serviceEnvironment, serviceName } from './home-service.ts';
import { nextStep } from './next-step.ts';
import { type ProgramSaid, runProgram } from '../ground/run-program.ts';
import { fileStanding, removeServiceFile, writeServiceFile } from './service-file.ts';

const patienceMs = 30_000;

/** The agent of a home for launchd. Rendered and checked as text; nobody has tried it on a Mac. */
export interface LaunchdService {
  readonly label: string;
  readonly path: string;
  text(): string | CommandFault;
  install(force: boolean, takeOver: () => Promise<boolean | CommandFault>): Promise<ServiceInstalled | CommandFault>;
  uninstall(force: boolean): Promise<ServiceRemoved | CommandFault>;
  status(): Promise<ServiceStatus>;
}

export function createLaunchdService(options: HomeOptions): LaunchdService {
  const { home, environment } = options;
  const label = `org.sourcesync.${serviceName(home)}`;
  const path = join(homedir(), 'Library', 'LaunchAgents', `${label}.plist`);
  const domain = `gui/${userInfo().uid}`;
  const launchctl = async (...words: readonly string[]): Promise<ProgramSaid> =>
    runProgram('launchctl', words, { environment, patienceMs });
  const text = (): string | CommandFault => homeAgentText(options, label);

  async function status(): Promise<ServiceStatus> {
    const wanted = text();
    const file = fileStanding(path, typeof wanted === 'string' ? wanted : undefined);
    const { code, stdout } = await launchctl('print', `${domain}/${label}`);
    const pid = Number(/^\s*pid = (\d+)$/m.exec(stdout)?.[1] ?? 0) || null;
    const known = {
      ...{ unit: label, path, file, installed: file !== 'absent', enabled: code === 0, lingering: null },
      process: {
        state: file === 'absent' ? 'not_installed' : pid === null ? 'stopped' : 'running',
        ...{ pid, since: null, restarts: 0, says: null },
      },
    } as const;
    const flag = home === undefined ? '' : ` --home ${asShellWord(home)}`;
    return {
      ...known,
      next: nextStep(known, {
        install: `sourcesync service install${flag}`,
        start: `launchctl kickstart ${domain}/${label}`,
        enable: `launchctl bootstrap ${domain} ${asShellWord(path)}`,
        log: `sourcesync logs${flag}`,
        ...{ linger: '', elsewhere: '' },
      }),
    };
  }

  return {
    ...{ label, path, text, status },
    async install(force, takeOver) {
      const wanted = text();
      if (typeof wanted !== 'string') {
        return wanted;
      }
      const written = writeServiceFile(path, wanted, force);
      if (typeof written !== 'boolean') {
        return written;
      }
      const before = await status();
      const tookOver = before.process.state === 'running' ? false : await takeOver();
      if (typeof tookOver !== 'boolean') {
        return tookOver;
      }
      if (written || before.process.state !== 'running') {
        await launchctl('bootout', `${domain}/${label}`);
        const { code, complaint } = await launchctl('bootstrap', domain, path);
        if (code !== 0) {
          return { exitCode: exitCodes.failed, message: `launchd refused ${label}: ${complaint}` };
        }
      }
      const names = Object.keys(serviceEnvironment(home, environment));
      return { unit: label, path, written, tookOver, environment: names, status: await status() };
    },
    async uninstall(force) {
      if (fileStanding(path, undefined) !== 'hand_changed' || force) {
        await launchctl('bootout', `${domain}/${label}`);
      }
      const removed = removeServiceFile(path, force);
      return typeof removed === 'boolean' ? { unit: label, path, removed, kept: null } : removed;
    },
  };
}
