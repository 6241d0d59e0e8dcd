import type { MembershipPort } from '../../api/ports/membership-port.ts';
import { base64urlFromBytes } from '../../base/bytes.ts';
import type { ScopeId } from '../../base/ids.ts';
import { err, ok } from '../../base/result.ts';
import { parseGivenLabel } from '../../membership/parse/labels.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { createTurns } from '../ground/turns.ts';
import { scopesWithOldKeys } from '../keys/old-keys.ts';
import { homeSettings } from '../keys/open-home.ts';
import { scopeNameOf, travelling } from '../keys/scope-names.ts';
import type { AppendDeps } from './append-draft.ts';
import { carryOutPending } from './carry-out.ts';
import { findDevice } from './find-device.ts';
import { beginningsOf, holderOfName } from './names-taken.ts';
import { giveRoleEverywhere } from './give-role.ts';
import { createPendingRotations } from './pending-rotations.ts';
import { rotateScopes } from './rotate-scopes.ts';
import { verifyKeys } from './verify-keys.ts';

export interface MembershipHostDeps extends AppendDeps {
  readonly replica: AppendDeps['replica'] & Pick<Replica, 'nameDevice'>;
  readonly store: Store;
  readonly labelOf: (deviceId: string) => string;
}

export interface MembershipHost extends MembershipPort {
  /** Goes on with what is pending; called at start and whenever the relay answers again. */
  goOn(): Promise<void>;
  /** Begins new epochs where the keys are older than ninety days; each scope is tried once a day. */
  rotateOld(nowMs: number): Promise<void>;
}

const betweenTriesMs = 24 * 60 * 60 * 1000;

export function createMembershipHost(deps: MembershipHostDeps): MembershipHost {
  const { replica, store, labelOf } = deps;
  const rotateDeps = { ...deps, pending: createPendingRotations(store) };
  const triedAtMs = new Map<ScopeId, number>();
  // Two that draft for the same position would only get in each other's way.
  const inTurn = createTurns();

  return {
    async revoke(device, { execute }) {
      const found = findDevice(replica, labelOf, device);
      if (!found.ok) {
        return found;
      }
      const targets = travelling(replica).filter((state) => state.members.get(found.value)?.revoked === null);
      if (targets.length === 0) {
        return err({ kind: 'conflict', message: 'The device is revoked already in every scope that is held here.' });
      }
      return ok(await inTurn(async () => rotateScopes(rotateDeps, targets, found.value, execute)));
    },
    async rotate({ execute, scopeId }) {
      const targets = travelling(replica).filter((state) => scopeId === undefined || state.scopeId === scopeId);
      if (targets.length === 0) {
        return err({ kind: 'not_found', message: 'No such scope is held here. See: sourcesync scopes ls' });
      }
      return ok(await inTurn(async () => rotateScopes(rotateDeps, targets, null, execute)));
    },
    async setRole(device, grant) {
      const found = findDevice(replica, labelOf, device);
      return found.ok ? inTurn(async () => giveRoleEverywhere(deps, found.value, grant)) : found;
    },
    rename: (device, name) => renamed(deps, device, name),
    verifyKeys: async () => verifyKeys(replica, store),
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
        const { scopes } = await inTurn(async () => rotateScopes(rotateDeps, [state], null, true));
        const message = scopes[0]?.message ?? null;
        if (message !== null) {
          deps.warn('keys older than ninety days could not be replaced', { scopeId: state.scopeId, message });
        }
      }
    },
    goOn: async () => inTurn(async () => carryOutPending(rotateDeps)),
  };
}

function renamed(
  { replica, labelOf }: Pick<MembershipHostDeps, 'replica' | 'labelOf'>,
  device: string,
  name: string,
): ReturnType<MembershipPort['rename']> {
  const found = findDevice(replica, labelOf, device);
  const label = parseGivenLabel(name);
  if (!found.ok) {
    return found;
  }
  if (label === undefined) {
    return err({
      kind: 'invalid',
      message: 'A name has 1 to 127 bytes of plain text, without hidden characters or line ends. Nothing was changed.',
    });
  }
  const holder = holderOfName(replica, labelOf, label, found.value);
  if (holder !== undefined) {
    const [beginning] = beginningsOf([holder]);
    return err({
      kind: 'conflict',
      message: `Another device is called ${label} already: ${beginning}. Choose another name, or give that one another first: sourcesync devices rename ${beginning} NAME. Nothing was changed.`,
    });
  }
  const named = replica.nameDevice(found.value, label);
  return named.ok
    ? ok({ deviceId: found.value, label })
    : err({ kind: 'conflict', message: named.error.message, reasonCode: named.error.reasonCode });
}
