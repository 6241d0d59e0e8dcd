import { type BatchId, type DeviceId, type ScopeId, parseBatchId, parseDeviceId, parseScopeId } from '../base/ids.ts';
import { type JsonValue, isJsonObject } from '../base/json.ts';
import type { ChainHead } from '../contract/chain.ts';
import type { Store } from '../store/port.ts';

/** Batches that peers say they hold and that have not arrived here: by scope and device the furthest. */
export interface Attested {
  of(scopeId: ScopeId, deviceId: DeviceId): ChainHead | undefined;
  list(scopeId: ScopeId): readonly { readonly deviceId: DeviceId; readonly head: ChainHead }[];
  /** Inside a transaction. */
  set(scopeId: ScopeId, deviceId: DeviceId, head: ChainHead): void;
  remove(scopeId: ScopeId, deviceId: DeviceId): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

const setting = 'frontier.attested';

type Heads = Map<ScopeId, Map<DeviceId, ChainHead>>;

export function createAttested(store: Store): Attested {
  let known: Heads | undefined;
  const all = (): Heads => (known ??= read(store.settings.get(setting)));

  function save(): void {
    const scopes = [...all()].map(([scopeId, heads]) => [
      scopeId,
      Object.fromEntries([...heads].map(([deviceId, head]) => [deviceId, [head.sequence, head.batchId]])),
    ]);
    store.settings.set(setting, Object.fromEntries(scopes) as JsonValue);
  }

  return {
    of: (scopeId, deviceId) => all().get(scopeId)?.get(deviceId),
    list: (scopeId) => [...(all().get(scopeId) ?? [])].map(([deviceId, head]) => ({ deviceId, head })),
    set(scopeId, deviceId, head) {
      const heads = all().get(scopeId) ?? new Map<DeviceId, ChainHead>();
      all().set(scopeId, heads.set(deviceId, head));
      save();
    },
    remove(scopeId, deviceId) {
      if (all().get(scopeId)?.delete(deviceId) === true) {
        save();
      }
    },
    forget() {
      known = undefined;
    },
  };
}

function read(saved: JsonValue | undefined): Heads {
  const heads: Heads = new Map();
  for (const [id, value] of saved !== undefined && isJsonObject(saved) ? Object.entries(saved) : []) {
    const scopeId = parseScopeId(id);
    const pairs = isJsonObject(value) ? Object.entries(value).flatMap(([device, head]) => headOf(device, head)) : [];
    if (scopeId !== undefined) {
      heads.set(scopeId, new Map(pairs));
    }
  }
  return heads;
}

function headOf(device: string, value: JsonValue): readonly (readonly [DeviceId, ChainHead])[] {
  const deviceId = parseDeviceId(device);
  const [sequence, id] = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  const batchId: BatchId | undefined = typeof id === 'string' ? parseBatchId(id) : undefined;
  const isWhole = deviceId !== undefined && typeof sequence === 'number' && batchId !== undefined;
  return isWhole ? [[deviceId, { sequence, batchId }]] : [];
}
