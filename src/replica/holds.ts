import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { CollectionName, DeviceId, ScopeId } from '../base/ids.ts';
import type { Store } from '../store/port.ts';
import type { Place } from './log-reader.ts';

/** A mass change that the brake stopped: where in its author's chain it stands, and what was decided about it. */
export interface Hold {
  readonly reviewId: string;
  readonly collection: CollectionName;
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
  /** Sequence numbers of the batches it came in, first and last of each run, ascending. */
  readonly spans: readonly (readonly [first: number, last: number])[];
  /** Live records that it would delete, and replace. */
  readonly removals: number;
  readonly replacements: number;
  /** open and rejected: what it holds has no effect. accepted: it passes the brake. */
  readonly status: 'open' | 'accepted' | 'rejected';
}

/** The list as the disk has it, kept in memory because it is asked for with every change. */
export interface HoldList {
  all(): readonly Hold[];
  /** The hold that a change of a collection falls into, the newest where there are several. */
  at(collection: CollectionName, place: Pick<Place, 'scopeId' | 'deviceId' | 'sequence'>): Hold | undefined;
  get(reviewId: string): Hold | undefined;
  put(hold: Hold): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

const setting = 'brake.holds';
/** Decided ones beyond it are forgotten, the oldest first. */
const mostDecided = 64;

export function createHoldList(store: Store): HoldList {
  let known: readonly Hold[] | undefined;

  function all(): readonly Hold[] {
    known ??= read(store.settings.get(setting));
    return known;
  }

  return {
    all,
    at(collection, { scopeId, deviceId, sequence }) {
      const holds = all();
      return holds.length === 0
        ? undefined
        : holds.findLast(
            (hold) =>
              hold.collection === collection &&
              hold.deviceId === deviceId &&
              hold.scopeId === scopeId &&
              hold.spans.some(([first, last]) => sequence >= first && sequence <= last),
          );
    },
    get: (reviewId) => all().find((hold) => hold.reviewId === reviewId),
    put(hold) {
      const next = [...all().filter(({ reviewId }) => reviewId !== hold.reviewId), hold];
      const decided = next.filter(({ status }) => status !== 'open');
      const dropped = new Set(decided.slice(0, Math.max(0, decided.length - mostDecided)));
      known = next.filter((one) => !dropped.has(one));
      store.settings.set(setting, known as unknown as JsonValue);
    },
    forget() {
      known = undefined;
    },
  };
}

/** Adds one batch to the runs of a hold. */
export function withSequence(spans: Hold['spans'], sequence: number): Hold['spans'] {
  const last = spans.at(-1);
  if (last === undefined || sequence > last[1] + 1) {
    return [...spans, [sequence, sequence]];
  }
  return spans.some(([first, end]) => sequence >= first && sequence <= end)
    ? spans
    : sequence === last[1] + 1
      ? [...spans.slice(0, -1), [last[0], sequence]]
      : [...spans, [sequence, sequence] as const].sort(([left], [right]) => left - right);
}

/** The device wrote these rows itself, sealed: their form is not asked for again. */
function read(saved: JsonValue | undefined): readonly Hold[] {
  return Array.isArray(saved) ? (saved.filter(isJsonObject) as unknown as readonly Hold[]) : [];
}
