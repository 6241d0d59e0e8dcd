import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { HomePaths } from '../../cli/ground/context.ts';
import { asShellWord } from '../../base/shell-word.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { daemonUnit } from './daemon-unit.ts';
import { launchAgent } from './launch-agent.ts';
import { type Program, programFault, programOf } from './program.ts';
import { createServiceManager } from './service-manager.ts';
import type { SystemdService } from './systemd-service.ts';

/** Whose variables a daemon obeys beside its configuration, and that its service has as well. */
const obeyed = ['SOURCESYNC_RELAY_URL', 'SOURCESYNC_LOG', 'SOURCESYNC_PASSPHRASE_FILE', 'SOURCESYNC_RELAY_TOKEN_FILE'];
/** Which say where a home lies that is not named. */
const placing = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME'];

export interface HomeOptions {
  readonly paths: HomePaths;
  readonly home: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** The user unit of a home. */
export function homeService({ home, environment }: HomeOptions): SystemdService {
  const unit = `${serviceName(home)}.service`;
  const flag = home === undefined ? '' : ` --home ${asShellWord(resolve(home))}`;
  return {
    unit,
    path: join(configFolder(environment), 'systemd', 'user', unit),
    manager: createServiceManager('user', environment),
    words: {
      install: `sourcesync service install${flag}`,
      start: `sourcesync daemon start${flag}`,
      enable: `systemctl --user enable ${unit}`,
      log: `sourcesync logs${flag}`,
      linger: 'loginctl enable-linger',
      elsewhere: 'Run this in a session of this user; where there is no systemd: sourcesync daemon run --supervised',
    },
    isLingering: () => existsSync(join('/var/lib/systemd/linger', userInfo().username)),
  };
}

/** The text of its unit, or why none can be made. */
export async function homeUnitText(options: HomeOptions, service: SystemdService): Promise<string | CommandFault> {
  const facts = programFacts(options);
  return 'exitCode' in facts
    ? facts
    : daemonUnit({ ...facts, unit: service.unit, systemd: await service.manager.version() });
}

/** The same for launchd. */
export function homeAgentText(options: HomeOptions, label: string): string | CommandFault {
  const facts = programFacts(options);
  return 'exitCode' in facts ? facts : launchAgent({ ...facts, label });
}

/** One name for each home of a user. */
export function serviceName(home: string | undefined): string {
  return home === undefined
    ? 'sourcesync'
    : `sourcesync-${createHash('sha256').update(resolve(home)).digest('hex').slice(0, 12)}`;
}

interface ProgramFacts {
  readonly program: Program;
  readonly home: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
}

function programFacts({ paths, home, environment }: HomeOptions): ProgramFacts | CommandFault {
  const program = programOf('sourcesyncd.js');
  const named = home === undefined ? undefined : resolve(home);
  const variables = serviceEnvironment(home, environment);
  const fault = programFault(program, [named ?? '', paths.log, ...Object.values(variables)]);
  return fault ?? { program, home: named, environment: variables, log: resolve(paths.log) };
}

/** The variables of this shell that the service is given; a file that one of them names is named in full. */
export function serviceEnvironment(
  home: string | undefined,
  environment: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  const taken = (home === undefined ? [...placing, ...obeyed] : obeyed).flatMap((name): readonly [string, string][] => {
    const value = environment[name] ?? '';
    if (value === '' || (placing.includes(name) && !isAbsolute(value))) {
      return [];
    }
    return [[name, name.endsWith('_FILE') ? resolve(value) : value]];
  });
  return Object.fromEntries(taken);
}

function configFolder(environment: NodeJS.ProcessEnv): string {
  const named = environment['XDG_CONFIG_HOME'] ?? '';
  return isAbsolute(named) ? named : join(homedir(), '.config');
}
