import type { HookBody, HookRunBody } from '../../api/types/notices.ts';
import type { NumberedEvent } from '../../api/ports/port.ts';
import type { HookConfig } from '../ground/config.ts';
import type { HookEnd, HookRun, HookStart } from './run-hook.ts';

export interface HookDeps {
  readonly name: string;
  readonly settings: HookConfig;
  readonly run: (start: Omit<HookStart, 'environment'>) => HookRun;
  /** Why the program is not run as it stands; undefined where it is. */
  readonly faultOf: (file: string) => string | undefined;
  readonly nowMs: () => number;
  readonly ended: (name: string, end: HookEnd) => void;
}

/** One program of the person. It runs after the fact, once at a time, and nothing waits for it. */
export interface Hook {
  readonly settings: HookConfig;
  offer(event: NumberedEvent): void;
  /** False where it runs right now. */
  test(): boolean;
  body(): HookBody;
  /** Ends what runs; resolves once it has ended. */
  stop(): Promise<void>;
}

/** What waits for the next run; of what comes beyond it the oldest is dropped, and counted. */
export const mostWaiting = 100;
/** What comes in a burst is told in one run, and a hook that causes what it is told of does not spin. */
const gatherMs = 100;
const pauseMs = 1000;
const defaultTimeoutSeconds = 30;

/** What a hook reads: one line of JSON. Identifiers and reason codes, as the events of the API have them, and no content. */
interface HookInput {
  readonly hook: string;
  readonly test: boolean;
  /** Oldest first. */
  readonly events: readonly NumberedEvent[];
  /** How many came before these, and are not told any more. */
  readonly dropped: number;
}

export function createHook({ name, settings, run, faultOf, nowMs, ended }: HookDeps): Hook {
  const { command, events } = settings;
  const timeoutSeconds = settings.timeout_seconds ?? defaultTimeoutSeconds;
  const counts = { runs: 0, failures: 0, dropped: 0 };
  let waiting: NumberedEvent[] = [];
  let untold = 0;
  let current: HookRun | undefined;
  let last: HookRunBody | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function plan(delayMs: number): void {
    if (!isStopped && timer === undefined && current === undefined && waiting.length > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        const told = { events: waiting, dropped: untold };
        waiting = [];
        untold = 0;
        begin({ hook: name, test: false, ...told });
      }, delayMs);
    }
  }

  function begin(input: HookInput): void {
    const at = new Date(nowMs()).toISOString();
    const fault = faultOf(command[0]);
    if (fault !== undefined) {
      settle(at, { ok: false, message: fault, tookMs: 0, output: '' });
      return;
    }
    current = run({ command, input: `${JSON.stringify(input)}\n`, timeoutMs: timeoutSeconds * 1000 });
    void current.ended.then((end) => settle(at, end));
  }

  function settle(at: string, end: HookEnd): void {
    current = undefined;
    counts.runs += 1;
    counts.failures += end.ok ? 0 : 1;
    last = { at, ...end };
    ended(name, end);
    plan(pauseMs);
  }

  return {
    settings,
    offer(event) {
      if (isStopped || !events.includes(event.type as HookConfig['events'][number])) {
        return;
      }
      waiting.push(event);
      if (waiting.length > mostWaiting) {
        waiting.shift();
        untold += 1;
        counts.dropped += 1;
      }
      plan(gatherMs);
    },
    test() {
      if (current !== undefined) {
        return false;
      }
      begin({ hook: name, test: true, events: [madeEvent(settings, nowMs())], dropped: 0 });
      return true;
    },
    body: () => ({
      ...{ name, events, command, timeoutSeconds, last },
      running: current !== undefined,
      problem: faultOf(command[0]) ?? null,
      since: { ...counts, waiting: waiting.length },
    }),
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      waiting = [];
      current?.end();
      await current?.ended;
    },
  };
}

/** What a test is told: nothing happened. */
function madeEvent({ events }: HookConfig, nowMs: number): NumberedEvent {
  return { id: 0, type: events[0] as string, at: new Date(nowMs).toISOString(), data: {} };
}
