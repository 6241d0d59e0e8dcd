import { type ProgramSaid, runProgram } from '../ground/run-program.ts';

/** What systemd says of one unit. */
export interface UnitFacts {
  readonly isLoaded: boolean;
  readonly isEnabled: boolean;
  /** `active`, `activating`, `deactivating`, `inactive`, `failed`. */
  readonly active: string;
  readonly sinceMs: number | null;
  readonly pid: number | null;
  readonly restarts: number;
  readonly says: string | null;
}

/** The systemd of this user, or that of the machine. */
export interface ServiceManager {
  /** The number of its version; undefined where there is none. */
  version(): Promise<number | undefined>;
  /** What it says of a unit, or why it does not answer, in its own words. */
  show(unit: string): Promise<UnitFacts | { readonly silent: string }>;
  /** Undefined once it is done; or what it said. A start that takes longer than this waits goes on. */
  command(...words: readonly string[]): Promise<string | undefined>;
}

const shown = 'LoadState,UnitFileState,ActiveState,ActiveEnterTimestamp,MainPID,NRestarts,StatusText';
const askMs = 10_000;
const commandMs = 60_000;

export function createServiceManager(scope: 'user' | 'system', environment: NodeJS.ProcessEnv): ServiceManager {
  const run = async (patienceMs: number, words: readonly string[]): Promise<ProgramSaid> =>
    runProgram('systemctl', [`--${scope}`, ...words], { environment, patienceMs });
  return {
    async version() {
      const { stdout } = await run(askMs, ['--version']);
      const [, number] = /^systemd (\d+)/.exec(stdout) ?? [];
      return number === undefined ? undefined : Number(number);
    },
    async show(unit) {
      const { code, stdout, complaint } = await run(askMs, ['show', unit, `--property=${shown}`, '--timestamp=unix']);
      return code === 0 ? unitFacts(stdout) : { silent: complaint };
    },
    async command(...words) {
      const { code, complaint, isLate } = await run(commandMs, words);
      return code === 0 || isLate ? undefined : complaint;
    },
  };
}

/** From lines of `NAME=value`. */
export function unitFacts(text: string): UnitFacts {
  const value = new Map(
    text.split('\n').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, Math.max(at, 0)), line.slice(at + 1)];
    }),
  );
  const [, seconds] = /^@(\d+)$/.exec(value.get('ActiveEnterTimestamp') ?? '') ?? [];
  return {
    isLoaded: value.get('LoadState') === 'loaded',
    isEnabled: value.get('UnitFileState') === 'enabled',
    active: value.get('ActiveState') ?? '',
    sinceMs: seconds === undefined || seconds === '0' ? null : Number(seconds) * 1000,
    pid: Number(value.get('MainPID') ?? 0) || null,
    restarts: Number(value.get('NRestarts') ?? 0) || 0,
    says: value.get('StatusText') || null,
  };
}
