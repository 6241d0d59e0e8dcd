import type { Logger } from 'pino';
import type { EventSource } from '../../api/ports/port.ts';
import type { NoticesPort } from '../../api/ports/notices-port.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { HookBody } from '../../api/types/notices.ts';
import type { HookConfig } from '../ground/config.ts';
import type { ConfigInForce } from '../ground/live-config.ts';
import { type Hook, createHook } from './hook.ts';
import { configFault, programFault } from './hook-trust.ts';
import { type HookEnd, runHook } from './run-hook.ts';

export interface HooksDeps {
  readonly events: Pick<EventSource, 'subscribe'>;
  readonly config: Pick<ConfigInForce, 'current' | 'onReload'>;
  /** The file of the configuration, which nobody else may write. */
  readonly configPath: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn'>;
  readonly nowMs: () => number;
}

export interface Hooks extends Pick<NoticesPort, 'hooks' | 'testHook'> {
  /** Names of those whose last run failed, or that are not run as they stand. */
  failing(): readonly string[];
  start(): void;
  /** Ends what runs; resolves once nothing does. */
  stop(): Promise<void>;
}

/** The hooks of the configuration, followed as it changes. */
export function createHooks({ events, config, configPath, environment, log, nowMs }: HooksDeps): Hooks {
  let hooks: ReadonlyMap<string, Hook> = new Map();
  let fault: string | undefined;
  let isRunning = false;
  let leave = (): void => undefined;
  const ended = tellerOf(log);
  const parting = new Set<Promise<void>>();
  const hookEnvironment = environmentOf(environment);

  function create(name: string, settings: HookConfig): Hook {
    return createHook({
      ...{ name, settings, nowMs, ended, faultOf: programFault },
      run: (start) => runHook({ ...start, environment: { ...hookEnvironment, SOURCESYNC_HOOK: name } }),
    });
  }

  /** Those that are written as they were go on as they are. */
  function follow(): void {
    if (!isRunning) {
      return;
    }
    fault = configFault(configPath);
    const wanted = fault === undefined ? Object.entries(config.current().hooks) : [];
    const before = hooks;
    hooks = new Map(
      wanted.map(([name, settings]): [string, Hook] => {
        const known = before.get(name);
        return [name, known !== undefined && isSame(known.settings, settings) ? known : create(name, settings)];
      }),
    );
    const kept = new Set(hooks.values());
    [...before.values()].filter((hook) => !kept.has(hook)).forEach(part);
  }

  function part(hook: Hook): void {
    const gone = hook.stop().finally(() => parting.delete(gone));
    parting.add(gone);
  }

  function testHook(name: string): Result<HookBody, ControlFault> {
    const hook = hooks.get(name);
    if (hook === undefined) {
      const message = fault ?? `There is no hook ${name}. See: sourcesync hooks ls`;
      return err({ kind: fault === undefined ? 'not_found' : 'not_ready', message });
    }
    return hook.test()
      ? ok(hook.body())
      : err({ kind: 'conflict', message: `The hook ${name} runs right now, and never twice at once. Try again.` });
  }

  config.onReload(follow);
  return {
    start() {
      isRunning = true;
      follow();
      leave = events.subscribe((event) => {
        for (const hook of hooks.values()) {
          hook.offer(event);
        }
      });
    },
    async stop() {
      isRunning = false;
      leave();
      [...hooks.values()].forEach(part);
      await Promise.all(parting);
    },
    failing: () =>
      fault === undefined
        ? [...hooks].filter(([, hook]) => isFailing(hook.body())).map(([name]) => name)
        : Object.keys(config.current().hooks),
    hooks: () => ({ items: [...hooks.values()].map((hook) => hook.body()), problem: fault ?? null }),
    testHook,
  };
}

/** Says in the log how a run ended; of a hook that fails, once for each way: it may run every second. */
function tellerOf(log: HooksDeps['log']): (hook: string, end: HookEnd) => void {
  const lastFault = new Map<string, string>();
  return (hook, { ok: isWell, ...end }) => {
    if (isWell) {
      lastFault.delete(hook);
      log.info({ hook, ...end }, 'a hook has run');
      return;
    }
    const isKnown = lastFault.get(hook) === end.message;
    lastFault.set(hook, end.message);
    log[isKnown ? 'debug' : 'warn']({ hook, ...end }, 'a hook failed');
  };
}

function isFailing({ problem, last }: HookBody): boolean {
  return problem !== null || last?.ok === false;
}

function isSame(one: HookConfig, other: HookConfig): boolean {
  const text = ({ events, command, timeout_seconds: seconds }: HookConfig): string =>
    JSON.stringify([events, command, seconds]);
  return text(one) === text(other);
}

/** What a hook gets of the environment: nothing that speaks for the daemon, or opens what it opens. */
function environmentOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isKept = ([name]: [string, unknown]): boolean =>
    name === 'SOURCESYNC_HOME' || !/^(SOURCESYNC_|NOTIFY_SOCKET$|WATCHDOG_|CREDENTIALS_DIRECTORY$)/.test(name);
  return Object.fromEntries(Object.entries(environment).filter(isKept));
}
