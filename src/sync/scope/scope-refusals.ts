import type { ScopeSyncState } from '../ground/session.ts';

type Refusal = NonNullable<ScopeSyncState['refused']>;

/** After a refusal that its operator may lift (no room, no leave to found), how long until the relay is asked again. */
const retryMs = 60_000;

/** What a relay refuses of one scope, what is shown of that, and when it is asked again. */
export interface ScopeRefusals {
  /** Something was refused since the relay was last asked. */
  readonly isRefused: boolean;
  /** The last refusal, until the relay takes something again: it stands also while it is asked once more. */
  readonly standing: Refusal | undefined;
  reset(): void;
  /** The first one since the relay was asked counts. */
  add(refusal: Refusal): void;
  /** The relay is asked again by itself. */
  retryLater(nowMs: number): void;
  /** True once, when it is time to ask again. */
  isRetryDue(nowMs: number): boolean;
  /** The relay took something. */
  taken(): void;
  /** Nothing is shown any more. */
  lift(): void;
}

export function createScopeRefusals(): ScopeRefusals {
  let refusal: Refusal | undefined;
  let standing: Refusal | undefined;
  let retryAtMs = Number.POSITIVE_INFINITY;

  return {
    get isRefused(): boolean {
      return refusal !== undefined;
    },
    get standing(): Refusal | undefined {
      return standing;
    },
    reset() {
      refusal = undefined;
      standing = undefined;
      retryAtMs = Number.POSITIVE_INFINITY;
    },
    add(added) {
      refusal ??= added;
      standing = refusal;
    },
    retryLater(nowMs) {
      retryAtMs = nowMs + retryMs;
    },
    isRetryDue(nowMs) {
      if (nowMs < retryAtMs) {
        return false;
      }
      retryAtMs = Number.POSITIVE_INFINITY;
      refusal = undefined;
      return true;
    },
    taken() {
      standing = refusal;
    },
    lift() {
      standing = undefined;
    },
  };
}
