import type { DeviceId, ScopeId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { Refusal } from '../contract/verdict.ts';
import type { AnnouncedScope } from '../log/meta.ts';
import type { ScopeState } from '../membership/parse/state.ts';
import { authored } from './edit/authored.ts';
import type { Core } from './kernel/core.ts';
import { announceScopes, announcedScopes } from './members/announce.ts';
import { givenLabel, nameDevice } from './members/device-labels.ts';
import { receiveEntries, receiveResolution } from './members/membership.ts';
import type { CollectionBinding } from './names/binding.ts';
import type { ScopeSummary } from './names/reports.ts';
import { learning } from './receive/held-batches.ts';

/** Membership logs that are held, and the keys of their epochs. */
export interface ScopeKeeping {
  scopes(): readonly ScopeSummary[];
  scopeOf(binding: CollectionBinding): ScopeState | undefined;
  /** Adds a verified membership log and the epoch key it commits to, as one transaction. */
  adoptScope(
    entries: readonly Uint8Array[],
    epochKeys: ReadonlyMap<number, Uint8Array>,
    options?: { local: boolean },
  ): Result<ScopeState, Refusal>;
  /** Entries that follow the ones held; a fork or a gap is refused. */
  receiveEntries(scopeId: ScopeId, from: number, entries: readonly Uint8Array[]): Result<ScopeState, Refusal>;
  /** A whole other log of a scope, taken over where its root decided for it after a fork. */
  receiveResolution(scopeId: ScopeId, entries: readonly Uint8Array[]): Result<ScopeState, Refusal>;
  epochKey(scopeId: ScopeId, epoch: number): Uint8Array | undefined;
  /** Tells the person's other devices, inside the profile scope, of scopes in which they were enrolled. */
  announceScopes(scopes: readonly AnnouncedScope[]): void;
  /** Scopes this device was told of and has not joined yet. */
  announcedScopes(): readonly AnnouncedScope[];
  /** Gives a device of the own person another name, which the person's other devices take over. */
  nameDevice(deviceId: DeviceId, label: string): Result<void, Refusal>;
  /** The last name that a device was given after it entered; undefined where it has the one that it came with. */
  givenLabel(deviceId: string): string | undefined;
}

export function scopeKeepingOf(core: Core): ScopeKeeping {
  const { scopes } = core.logs;
  return {
    scopes: () =>
      scopes.all().map((state) => ({
        state,
        kind: state.kind,
        holdsKey: scopes.epochKey(state.scopeId, state.epochs.at(-1)?.epoch ?? 0) !== undefined,
        local: scopes.isLocal(state.scopeId),
      })),
    scopeOf: (binding) => scopes.serving(binding),
    adoptScope: (entries, epochKeys, options) =>
      learning(core, () => scopes.adopt(entries, epochKeys, options?.local ?? false)),
    receiveEntries: (scopeId, _from, entries) => learning(core, () => receiveEntries(core, scopeId, entries)),
    receiveResolution: (scopeId, entries) => learning(core, () => receiveResolution(core, scopeId, entries)),
    epochKey: (scopeId, epoch) => scopes.epochKey(scopeId, epoch),
    announceScopes: (announced) => {
      announceScopes(core, announced);
    },
    announcedScopes: () => announcedScopes(core),
    nameDevice: (deviceId, label) =>
      nameDevice(
        core,
        (profile, work) => {
          authored(core, profile, work);
        },
        deviceId,
        label,
      ),
    givenLabel: (deviceId) => givenLabel(core, deviceId),
  };
}
