import type { AuditHead } from '../../log/audit.ts';
import { emptyAuditHead, verifyAuditChain } from '../../log/audit.ts';
import type { Store } from '../../store/ground/port.ts';
import type { Later } from '../ground/planned-step.ts';

/** A regular look at what the daemon claims: the audit chain is unbroken, every stored record opened not long ago. */
export interface Heartbeat {
  /** Verifies what was added since the last beat, the first verifies all: a page at once, the rest in turns of others. */
  beat(): void;
  readonly verified: boolean;
  readonly auditBroken: boolean;
  /** The last beat was not through within its time. It goes on, and counts once it is. */
  readonly timedOut: boolean;
  stop(): void;
}

export interface HeartbeatDeps {
  readonly store: Pick<Store, 'audit'>;
  readonly later: Later;
  readonly storeVerified: () => boolean;
  /** Called after each beat that found the audit chain unbroken. */
  readonly checkpoint: () => void;
  /** What a later turn found is to be told. */
  readonly changed: () => void;
  /** Runs what the disk may not take; false where it did not. */
  readonly guard: (work: () => void) => boolean;
  /** Of a clock that is never set. */
  readonly nowMs: () => number;
  readonly budgetMs?: number;
}

/** About 8 ms of work. */
const readSize = 250;
const defaultBudgetMs = 20_000;

type Verdict = 'unbroken' | 'broken' | 'more';

export function createHeartbeat(deps: HeartbeatDeps): Heartbeat {
  const { store, later, storeVerified, guard, nowMs, budgetMs = defaultBudgetMs } = deps;
  let verifiedTo: AuditHead = emptyAuditHead;
  let verified = false;
  let auditBroken = false;
  let timedOut = false;
  /** When the beat that is under way began. */
  let begunMs: number | undefined;
  let takeBack = (): void => undefined;

  function verifyPage(): Verdict {
    const rows = store.audit.read(verifiedTo.count, readSize);
    const chain = verifyAuditChain(rows, undefined, verifiedTo);
    if (!chain.ok) {
      return 'broken';
    }
    verifiedTo = chain.value;
    if (rows.length === readSize) {
      return 'more';
    }
    return verifiedTo.head === store.audit.head().head ? 'unbroken' : 'broken';
  }

  function step(startMs: number): void {
    const verdict = verifyPage();
    if (verdict === 'more') {
      if (!timedOut && nowMs() - startMs > budgetMs) {
        timedOut = true;
        verified = false;
        deps.changed();
      }
      takeBack = later(() => void guard(() => goOn(startMs)));
      return;
    }
    begunMs = undefined;
    timedOut = false;
    auditBroken = verdict === 'broken';
    verified = !auditBroken;
    if (verified) {
      deps.checkpoint();
    }
  }

  function goOn(startMs: number): void {
    step(startMs);
    if (begunMs === undefined) {
      deps.changed();
    }
  }

  return {
    beat() {
      takeBack();
      begunMs ??= nowMs();
      step(begunMs);
    },
    stop: () => takeBack(),
    get verified(): boolean {
      return verified && storeVerified();
    },
    get auditBroken(): boolean {
      return auditBroken;
    },
    get timedOut(): boolean {
      return timedOut;
    },
  };
}
