import type { RecordId } from '../../base/ids.ts';
import type { ScanReport } from '../ground/scan-report.ts';
import { createTimer } from '../ground/timer.ts';
import type { KeptWatch } from './kept-watch.ts';
import { createRootLookout } from './root-lookout.ts';
import { scan } from './scan.ts';
import { createSharedPass } from './shared-pass.ts';
import type { SourceState } from './source-state.ts';
import type { Turns } from './turns.ts';

const defaultRescanEveryMs = 60_000;
const newFolderDelayMs = 1000;

/** Passes over the whole folder: the first, the regular ones, and those that somebody asks for. */
export interface WholePasses {
  /** Calls that come together share one pass. */
  request(thorough: boolean, isAsked?: boolean): Promise<ScanReport>;
  /** Nobody waits for the answer. */
  requestSoon(): void;
  /** In the turn of whoever calls. */
  now(thorough: boolean, isAsked: boolean): Promise<ScanReport>;
  readonly phase: 'scanning' | 'following' | 'paused' | 'stopped';
  readonly last: { readonly report: ScanReport; readonly atMs: number } | undefined;
  stop(): void;
}

export interface WholePassesDeps {
  readonly state: SourceState;
  readonly turns: Turns;
  readonly watch: KeptWatch;
  lookAgain(id: RecordId): void;
}

export function createWholePasses({ state, turns, watch, lookAgain }: WholePassesDeps): WholePasses {
  const { options } = state;
  const rescanEveryMs = options.tuning?.rescanEveryMs ?? defaultRescanEveryMs;
  let phase: WholePasses['phase'] = 'scanning';
  let last: WholePasses['last'];
  const request = createSharedPass(turns, now);
  const inBackground = (thorough: boolean): void => turns.inBackground(request(thorough, false));
  const regular = createTimer(() => inBackground(false));
  const soon = createTimer(() => inBackground(false));
  const lookout = createRootLookout(
    state,
    () => phase === 'paused',
    () => inBackground(true),
  );

  async function now(thorough: boolean, isAsked: boolean): Promise<ScanReport> {
    const isResuming = phase !== 'following';
    const before = state.paths.rules;
    // One that fails is followed by another too.
    planScan();
    const report = await scan(state, { thorough: thorough || isResuming, isAsked }, lookAgain);
    last = { report, atMs: options.nowMs() };
    if (state.stopped) {
      return report;
    }
    if (report.outcome === 'paused') {
      phase = 'paused';
      await watch.close();
      lookout.begin();
    } else {
      phase = 'following';
      if (isResuming) {
        await watch.close();
      }
      watch.open();
    }
    planScan();
    if (before.text !== state.paths.rules.text && !thorough && !isResuming) {
      inBackground(true);
    }
    return report;
  }

  function planScan(): void {
    regular.stop();
    if (!state.stopped) {
      regular.start(rescanEveryMs);
    }
  }

  return {
    request: (thorough, isAsked = false) => request(thorough, isAsked),
    now,
    requestSoon() {
      soon.start(newFolderDelayMs);
    },
    get phase() {
      return phase;
    },
    get last() {
      return last;
    },
    stop() {
      phase = 'stopped';
      regular.stop();
      soon.stop();
      lookout.end();
    },
  };
}
