import { setTimeout as pause } from 'node:timers/promises';
import type { MembershipPort } from '../../api/ports/membership-port.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { RotatedScopeBody, RotationBody } from '../../api/types/membership.ts';
import { base64urlFromBytes } from '../../base/bytes.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, reasonText } from '../../contract/verdict.ts';
import { activeMembers, currentEpoch } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Replica } from '../../replica/port.ts';
import type { EntryDraft } from '../../replica/members/rotation.ts';
import type { HeldReport } from '../../replica/members/verify-held.ts';
import type { Store } from '../../store/ground/port.ts';
import { findDevice } from './find-device.ts';
import { scopesWithOldKeys } from '../keys/old-keys.ts';
import { homeSettings } from '../keys/open-home.ts';
import { type PendingRotation, createPendingRotations } from './pending-rotations.ts';
import type { RelayHost } from '../relays/relay-host.ts';
import { scopeNameOf, travelling } from '../keys/scope-names.ts';
import { examineHeld, missingKeys, holdsCommitted } from './held-keys.ts';

export interface MembershipHostDeps {
  readonly replica: Replica;
  readonly store: Store;
  /** The relay that orders membership; undefined where nothing is ever sent. */
  readonly relay: () => Pick<RelayHost, 'appendEntry' | 'state'> | undefined;
  readonly labelOf: (deviceId: string) => string;
  readonly warn: (message: string, facts: object) => void;
}

export interface MembershipHost extends MembershipPort {
  /** Goes on with what is pending; called at start and whenever the relay answers again. */
  goOn(): Promise<void>;
  /** Begins new epochs where the keys are older than ninety days; each scope is tried once a day. */
  rotateOld(nowMs: number): Promise<void>;
}

/** More administrators than this do not change one log within a few seconds, nor does a device write as fast. */
const attempts = 8;
const betweenAttemptsMs = 50;
const betweenTriesMs = 24 * 60 * 60 * 1000;

type Outcome = { readonly state: 'pending' | 'done' | 'refused'; readonly message: string | null };

export function createMembershipHost(deps: MembershipHostDeps): MembershipHost {
  const { replica, store } = deps;
  const pending = createPendingRotations(store);
  const triedAtMs = new Map<ScopeId, number>();
  let tail: Promise<unknown> = Promise.resolve();

  /** One at a time: two that draft for the same position would only get in each other's way. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = tail.then(work, work);
    tail = turn.catch(() => undefined);
    return turn;
  }

  async function rotateScopes(
    targets: readonly ScopeState[],
    subject: DeviceId | null,
    execute: boolean,
  ): Promise<RotationBody> {
    const examined: { readonly state: ScopeState; readonly held: HeldReport }[] = [];
    for (const state of targets) {
      examined.push({ state, held: await examineHeld(replica, state) });
    }
    const begun = execute && examined.every(({ held }) => held.missingEpochs.length === 0);
    if (begun) {
      pending.add(targets.map((state) => pendingOf(state, subject)));
    }
    const scopes: RotatedScopeBody[] = [];
    for (const { state, held } of examined) {
      scopes.push(await rotatedBody(state, held, subject, begun));
    }
    const readable = {
      batches: examined.reduce((sum, { held }) => sum + held.batches, 0),
      changes: examined.reduce((sum, { held }) => sum + held.changes, 0),
    };
    return {
      subject: subject && { deviceId: subject, label: deps.labelOf(subject) },
      executed: begun,
      scopes,
      readable: subject && readable,
    };
  }

  async function rotatedBody(
    state: ScopeState,
    held: HeldReport,
    subject: DeviceId | null,
    begun: boolean,
  ): Promise<RotatedScopeBody> {
    const { scopeId, kind } = state;
    const outcome = begun ? await carryOut(pendingOf(state, subject)) : planned(scopeId, held, subject);
    const after = stateOf(replica, scopeId) ?? state;
    const isDone = outcome.state === 'done';
    const cut = subject && (after.members.get(subject)?.revoked?.cut ?? store.log.heads(scopeId).get(subject));
    return {
      ...{ scopeId, kind, name: scopeNameOf(store, scopeId), state: outcome.state, message: outcome.message, held },
      epoch: currentEpoch(after).epoch + (isDone ? 0 : 1),
      devices: activeMembers(after).filter(({ deviceId }) => deviceId !== subject).length,
      cut: subject === null ? null : (cut?.sequence ?? 0),
    };
  }

  /** What would be drafted, without any effect. */
  function planned(
    scopeId: ScopeId,
    held: HeldReport,
    subject: DeviceId | null,
  ): { readonly state: 'planned' | 'refused'; readonly message: string | null } {
    if (held.missingEpochs.length > 0) {
      return { state: 'refused', message: missingKeys(held) };
    }
    const draft = replica.draftRotation(scopeId, subject);
    return draft.ok ? { state: 'planned', message: null } : { state: 'refused', message: draft.error.message };
  }

  /** Brings one pending rotation into the log: by compare-and-swap, drafted anew whenever something came first. */
  async function carryOut(rotation: PendingRotation): Promise<Outcome> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (hasHappened(rotation)) {
        pending.remove(rotation);
        return { state: 'done', message: null };
      }
      const draft = replica.draftRotation(rotation.scopeId, rotation.subject);
      if (!draft.ok) {
        pending.remove(rotation);
        return { state: 'refused', message: draft.error.message };
      }
      const appended = await append(draft.value);
      if (appended === 'unreachable') {
        return { state: 'pending', message: 'The relay does not answer. It goes on by itself when it does.' };
      }
      if (appended === 'refused') {
        await pause(betweenAttemptsMs);
      }
    }
    return { state: 'pending', message: 'Others are changing this scope as well. It goes on by itself.' };
  }

  function hasHappened({ scopeId, subject, fromEpoch }: PendingRotation): boolean {
    const state = stateOf(replica, scopeId);
    if (state === undefined) {
      return true;
    }
    return subject === null
      ? currentEpoch(state).epoch > fromEpoch
      : (state.members.get(subject)?.revoked ?? null) !== null;
  }

  /** The relay orders membership; without any, this device is the only one who changes the log. */
  async function append({ scopeId, sequence, entry }: EntryDraft): Promise<'appended' | 'refused' | 'unreachable'> {
    const relay = deps.relay();
    if (relay !== undefined && relay.state.state !== 'online') {
      return 'unreachable';
    }
    if (relay !== undefined && !(await relay.appendEntry(scopeId, sequence, entry))) {
      return relay.state.state === 'online' ? 'refused' : 'unreachable';
    }
    const taken = replica.receiveEntries(scopeId, sequence, [entry]);
    if (!taken.ok) {
      deps.warn('an own membership entry was not taken in', { scopeId, reason: reasonText(taken.error) });
    }
    return taken.ok ? 'appended' : 'refused';
  }

  async function giveRole(
    scopeId: ScopeId,
    subject: DeviceId,
    grant: Parameters<MembershipPort['setRole']>[1],
  ): Promise<Result<void, ControlFault>> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const draft = replica.draftRole(scopeId, subject, grant);
      if (!draft.ok) {
        return err(denied(draft.error.message));
      }
      const appended = await append(draft.value);
      if (appended === 'appended') {
        return ok(undefined);
      }
      if (appended === 'unreachable') {
        return err({ kind: 'relay_away', message: 'The relay does not answer. Try again when it does.' });
      }
      await pause(betweenAttemptsMs);
    }
    return err({ kind: 'conflict', message: 'Others are changing this scope as well. Try again.' });
  }

  return {
    async revoke(device, { execute }) {
      const found = findDevice(replica, deps.labelOf, device);
      if (!found.ok) {
        return found;
      }
      const targets = travelling(replica).filter((state) => state.members.get(found.value)?.revoked === null);
      if (targets.length === 0) {
        return err({ kind: 'conflict', message: 'The device is revoked already in every scope that is held here.' });
      }
      return ok(await inTurn(async () => rotateScopes(targets, found.value, execute)));
    },
    async rotate({ execute, scopeId }) {
      const targets = travelling(replica).filter((state) => scopeId === undefined || state.scopeId === scopeId);
      if (targets.length === 0) {
        return err({ kind: 'not_found', message: 'No such scope is held here. See: sourcesync scopes ls' });
      }
      return ok(await inTurn(async () => rotateScopes(targets, null, execute)));
    },
    async setRole(device, grant) {
      const found = findDevice(replica, deps.labelOf, device);
      if (!found.ok) {
        return found;
      }
      const subject = found.value;
      return inTurn(async () => {
        const scopes = [];
        let fault: ControlFault | undefined;
        for (const { scopeId, members } of travelling(replica)) {
          if (members.get(subject)?.revoked === null) {
            const given = await giveRole(scopeId, subject, grant);
            fault ??= given.ok ? undefined : given.error;
            scopes.push({ scopeId, done: given.ok, message: given.ok ? null : given.error.message });
          }
        }
        return scopes.some(({ done }) => done)
          ? ok({ deviceId: subject, ...grant, scopes })
          : err(fault ?? denied('The device is revoked already in every scope that is held here.'));
      });
    },
    async verifyKeys() {
      const scopes = [];
      for (const { state } of replica.scopes()) {
        const { scopeId, kind, epochs } = state;
        const held = await examineHeld(replica, state);
        const epochsHeld = epochs.filter((epoch) => holdsCommitted(replica, state, epoch)).length;
        const isWhole = held.missingEpochs.length === 0 && holdsCommitted(replica, state, currentEpoch(state));
        const name = scopeNameOf(store, scopeId);
        scopes.push({ ...{ scopeId, kind, name, held, epochsHeld }, epoch: epochs.length, ok: isWhole });
      }
      return { ok: scopes.every((scope) => scope.ok), scopes };
    },
    log(scopeId) {
      const state = travelling(replica).find((scope) => scope.scopeId === scopeId);
      const sealedRoot = state && store.settings.get(`${homeSettings.scopeRoot}${state.scopeId}`);
      return (
        state && {
          ...{ scopeId: state.scopeId, kind: state.kind, name: scopeNameOf(store, state.scopeId) },
          entries: store.scopes.entries(state.scopeId).map(({ bytes }) => base64urlFromBytes(bytes)),
          sealedRoot: typeof sealedRoot === 'string' ? sealedRoot : null,
        }
      );
    },
    async rotateOld(nowMs) {
      const isDue = ({ scopeId }: ScopeState): boolean => nowMs - (triedAtMs.get(scopeId) ?? 0) >= betweenTriesMs;
      const due = deps.relay()?.state.state === 'online' ? scopesWithOldKeys(replica, store, nowMs).filter(isDue) : [];
      for (const state of due) {
        triedAtMs.set(state.scopeId, nowMs);
        const { scopes } = await inTurn(async () => rotateScopes([state], null, true));
        const message = scopes[0]?.message ?? null;
        if (message !== null) {
          deps.warn('keys older than ninety days could not be replaced', { scopeId: state.scopeId, message });
        }
      }
    },
    goOn: async () =>
      inTurn(async () => {
        for (const rotation of pending.list()) {
          const { state, message } = await carryOut(rotation);
          if (state === 'refused') {
            deps.warn('a rotation that was begun cannot be finished', { scopeId: rotation.scopeId, message });
          }
        }
      }),
  };
}

function pendingOf(state: ScopeState, subject: DeviceId | null): PendingRotation {
  return { scopeId: state.scopeId, subject, fromEpoch: currentEpoch(state).epoch };
}

function stateOf(replica: Replica, scopeId: ScopeId): ScopeState | undefined {
  return replica.scopes().find(({ state }) => state.scopeId === scopeId)?.state;
}

function denied(message: string): ControlFault {
  const reasonCode: Refusal['reasonCode'] = 'policy_denied';
  return { kind: 'conflict', message, reasonCode };
}
