import type { DeviceId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import type { KeyPair } from '../../crypto/keys.ts';
import type { NewEpoch, Party, ScopeEntry } from '../parse/entry.ts';
import { parseEntry } from '../parse/entry-codec.ts';
import { openPreviousKey, openWrap } from './epoch.ts';
import { epochAt } from '../parse/standing.ts';
import type { EpochCommitment, ScopeState } from '../parse/state.ts';

export interface OpenedEpochs {
  /** By epoch number: every key this recipient can reach. Each was checked against its commitment. */
  readonly keys: ReadonlyMap<number, Uint8Array>;
  /** One for each epoch that was offered to this recipient but did not open. */
  readonly faults: readonly Refusal[];
}

/**
 * Opens the epoch keys that a log holds for one recipient: its own wraps, and from each key the one before.
 * `entries` is the verified log of which `state` is the fold. Never throws.
 */
export function openEpochKeys(options: {
  readonly state: ScopeState;
  readonly entries: readonly Uint8Array[];
  /** A device's id, or `root`. */
  readonly recipient: DeviceId | 'root';
  readonly box: KeyPair;
}): OpenedEpochs {
  const { state } = options;
  const keys = new Map<number, Uint8Array>();
  const faults: Refusal[] = [];
  let later: { readonly carrier: NewEpoch; readonly key: Uint8Array } | undefined;
  for (const commitment of state.epochs.toReversed()) {
    const carrier = epochOf(entryAt(options.entries, commitment.since));
    const opened = openOne({ ...options, commitment, wrap: wrapFor(options, commitment, carrier), carrier, later });
    if (opened?.ok === false) {
      faults.push(opened.error);
    }
    const key = opened?.ok === true ? opened.value : undefined;
    if (key !== undefined) {
      keys.set(commitment.epoch, key);
    }
    later = key !== undefined && carrier !== undefined ? { carrier, key } : undefined;
  }
  return { keys, faults };
}

/** Own wrap first, then the key of the epoch after, then the printed key of a public scope. */
function openOne(options: {
  readonly state: ScopeState;
  readonly recipient: Party;
  readonly box: KeyPair;
  readonly commitment: EpochCommitment;
  readonly wrap: string | undefined;
  readonly carrier: NewEpoch | undefined;
  readonly later: { readonly carrier: NewEpoch; readonly key: Uint8Array } | undefined;
}): Result<Uint8Array, Refusal> | undefined {
  const { genesisNonce } = options.state;
  const { epoch, commitment } = options.commitment;
  let answer: Result<Uint8Array, Refusal> | undefined;
  if (options.wrap !== undefined) {
    const { recipient, box, wrap } = options;
    answer = openWrap({ genesisNonce, epoch, recipient, box, commitment, wrap });
  }
  const sealed = options.later?.carrier.previousKey;
  if (answer?.ok !== true && options.later !== undefined && typeof sealed === 'string') {
    const { key } = options.later;
    answer = openPreviousKey({ key, genesisNonce, epoch: epoch + 1, sealed, previousCommitment: commitment });
  }
  const printed = options.carrier?.printedKey ?? undefined;
  if (answer?.ok !== true && printed !== undefined) {
    return ok(printed);
  }
  return answer;
}

function wrapFor(
  options: { readonly state: ScopeState; readonly entries: readonly Uint8Array[]; readonly recipient: Party },
  commitment: EpochCommitment,
  carrier: NewEpoch | undefined,
): string | undefined {
  const wrap = carrier?.wraps.get(options.recipient);
  if (wrap !== undefined || options.recipient === 'root') {
    return wrap;
  }
  const member = options.state.members.get(options.recipient);
  if (member === undefined || epochAt(options.state, member.addedAt).epoch !== commitment.epoch) {
    return undefined;
  }
  const entry = entryAt(options.entries, member.addedAt);
  return entry?.t === 'add' && entry.device.deviceId === options.recipient ? entry.wrap : undefined;
}

function entryAt(entries: readonly Uint8Array[], sequence: number): ScopeEntry | undefined {
  const bytes = entries[sequence];
  const parsed = bytes === undefined ? undefined : parseEntry(bytes);
  return parsed?.ok === true ? parsed.value.entry : undefined;
}

function epochOf(entry: ScopeEntry | undefined): NewEpoch | undefined {
  const startsEpoch = entry?.t === 'genesis' || entry?.t === 'revoke' || entry?.t === 'rotate';
  return startsEpoch ? entry.epoch : undefined;
}

/** The key in force, or why it is not there. */
export function currentKey(state: ScopeState, opened: OpenedEpochs): Result<Uint8Array, Refusal> {
  const key = opened.keys.get(state.epochs.length);
  return key === undefined ? err(opened.faults[0] ?? keyMissing) : ok(key);
}

const keyMissing: Refusal = refuse(
  'quarantine',
  'signature_invalid',
  'wrap_foreign',
  'The log holds no key of the epoch in force for this device. Ask an administrator to add the device.',
);
