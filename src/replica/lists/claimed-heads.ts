import { type BatchId, type DeviceId, type ScopeId, parseBatchId, parseDeviceId } from '../../base/ids.ts';
import type { JsonValue } from '../../base/json.ts';
import type { ChainHead } from '../../contract/chain.ts';
import type { Store } from '../../store/ground/port.ts';
import type { AlarmClaim } from '../names/alarm.ts';

/** A device says that it holds a batch of another one that has not arrived here. */
export interface HeadClaim {
  /** Who says so. */
  readonly by: DeviceId;
  readonly deviceId: DeviceId;
  readonly head: ChainHead;
  /** When it was heard here. */
  readonly atMs: number;
}

/**
 * What peers say they hold and has not arrived here: of each witness, for each device, the furthest. So a lie stands
 * beside what others said and never in its place, and there are no more of them than members times members.
 */
export interface ClaimedHeads {
  about(scopeId: ScopeId, deviceId: DeviceId): readonly HeadClaim[];
  list(scopeId: ScopeId): readonly HeadClaim[];
  /** Each in the place of what its witness said of that device before. Inside a transaction. */
  note(scopeId: ScopeId, claims: readonly HeadClaim[]): void;
  /** Inside a transaction. */
  drop(scopeId: ScopeId, isMeant: (claim: HeadClaim) => boolean): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

const setting = 'frontier.claims.';

/** By the device that they are about, then by who says so. */
type Claims = Map<DeviceId, Map<DeviceId, HeadClaim>>;

export function createClaimedHeads(store: Pick<Store, 'settings'>): ClaimedHeads {
  const known = new Map<ScopeId, Claims>();

  function of(scopeId: ScopeId): Claims {
    const claims = known.get(scopeId) ?? read(store.settings.get(setting + scopeId));
    known.set(scopeId, claims);
    return claims;
  }

  const list = (scopeId: ScopeId): readonly HeadClaim[] =>
    [...of(scopeId).values()].flatMap((claims) => [...claims.values()]);

  function save(scopeId: ScopeId): void {
    const rows = list(scopeId).map(({ by, deviceId, head, atMs }) => [by, deviceId, head.sequence, head.batchId, atMs]);
    store.settings.set(setting + scopeId, rows);
  }

  return {
    about: (scopeId, deviceId) => [...(of(scopeId).get(deviceId)?.values() ?? [])],
    list,
    note(scopeId, claims) {
      claims.forEach((claim) => put(of(scopeId), claim));
      if (claims.length > 0) {
        save(scopeId);
      }
    },
    drop(scopeId, isMeant) {
      const dropped = list(scopeId).filter(isMeant);
      dropped.forEach(({ by, deviceId }) => of(scopeId).get(deviceId)?.delete(by));
      if (dropped.length > 0) {
        save(scopeId);
      }
    },
    forget() {
      known.clear();
    },
  };
}

function put(claims: Claims, claim: HeadClaim): void {
  const about = claims.get(claim.deviceId) ?? new Map<DeviceId, HeadClaim>();
  claims.set(claim.deviceId, about.set(claim.by, claim));
}

function read(saved: JsonValue | undefined): Claims {
  const claims: Claims = new Map();
  for (const row of Array.isArray(saved) ? (saved as readonly JsonValue[]) : []) {
    const claim = claimFrom(row);
    if (claim !== undefined) {
      put(claims, claim);
    }
  }
  return claims;
}

function claimFrom(row: JsonValue): HeadClaim | undefined {
  const [by, deviceId, sequence, batchId, atMs] = Array.isArray(row) ? (row as readonly JsonValue[]) : [];
  const ids = { by: deviceFrom(by), deviceId: deviceFrom(deviceId), batchId: batchFrom(batchId) };
  const isWhole = ids.by !== undefined && ids.deviceId !== undefined && ids.batchId !== undefined;
  return isWhole && typeof sequence === 'number' && typeof atMs === 'number'
    ? {
        by: ids.by as DeviceId,
        deviceId: ids.deviceId as DeviceId,
        head: { sequence, batchId: ids.batchId as BatchId },
        atMs,
      }
    : undefined;
}

function deviceFrom(value: JsonValue | undefined): DeviceId | undefined {
  return typeof value === 'string' ? parseDeviceId(value) : undefined;
}

function batchFrom(value: JsonValue | undefined): BatchId | undefined {
  return typeof value === 'string' ? parseBatchId(value) : undefined;
}

/** What an alarm says of it. */
export function alarmClaimOf({ by, head, atMs }: HeadClaim): AlarmClaim {
  return { by, sequence: head.sequence, atMs, against: [] };
}
