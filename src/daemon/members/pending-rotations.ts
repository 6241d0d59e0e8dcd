import { type DeviceId, type ScopeId, parseDeviceId, parseScopeId } from '../../base/ids.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import type { Store } from '../../store/ground/port.ts';

/** One scope's part of a revocation or rotation that a person asked for and that is not in its log yet. */
export interface PendingRotation {
  readonly scopeId: ScopeId;
  /** Null where keys are rotated for everybody. */
  readonly subject: DeviceId | null;
  /** The epoch in force when it was asked for: a later one means that it has happened. */
  readonly fromEpoch: number;
}

/** What was begun, durably: a process that dies at any step finds here what is left to do. */
export interface PendingRotations {
  list(): readonly PendingRotation[];
  add(rotations: readonly PendingRotation[]): void;
  remove(rotation: PendingRotation): void;
}

const setting = 'membership.pending';

export function createPendingRotations(store: Pick<Store, 'settings'>): PendingRotations {
  function list(): readonly PendingRotation[] {
    const saved = store.settings.get(setting);
    return Array.isArray(saved) ? (saved as readonly JsonValue[]).flatMap((item) => rotationOf(item) ?? []) : [];
  }

  const save = (rotations: readonly PendingRotation[]): void =>
    store.settings.set(
      setting,
      rotations.map(({ scopeId, subject, fromEpoch }) => ({ scopeId, subject, fromEpoch })),
    );

  return {
    list,
    add(rotations) {
      const fresh = rotations.filter((rotation) => !list().some((known) => isSame(known, rotation)));
      save([...list(), ...fresh]);
    },
    remove(rotation) {
      save(list().filter((known) => !isSame(known, rotation)));
    },
  };
}

function isSame(left: PendingRotation, right: PendingRotation): boolean {
  return left.scopeId === right.scopeId && left.subject === right.subject;
}

function rotationOf(value: JsonValue): PendingRotation | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { scopeId, subject, fromEpoch } = value;
  const scope = typeof scopeId === 'string' ? parseScopeId(scopeId) : undefined;
  const device = typeof subject === 'string' ? parseDeviceId(subject) : null;
  return scope === undefined || device === undefined || typeof fromEpoch !== 'number'
    ? undefined
    : { scopeId: scope, subject: device, fromEpoch };
}
