import { parseBatchId, parseDeviceId } from '../../base/ids.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import type { Party } from './entry.ts';
import { arrayOf, bytesOf, exactObject, integerOf, memberOf, sealedTextOf } from './json-fields.ts';
import { type Authority, type Cut, authorities } from './state.ts';

export const maximumWraps = 513;

const maximumDropped = 512;

export const maximumWrapBytes = 320;

export function wrapsFromJson(value: JsonValue | undefined): ReadonlyMap<Party, string> | undefined {
  const pairs = isJsonObject(value) ? Object.entries(value) : undefined;
  if (pairs === undefined || pairs.length > maximumWraps) {
    return undefined;
  }
  const wraps = new Map<Party, string>();
  for (const [name, item] of pairs) {
    const party = partyOf(name);
    const wrap = sealedTextOf(item, maximumWrapBytes);
    if (party === undefined || wrap === undefined) {
      return undefined;
    }
    wraps.set(party, wrap);
  }
  return wraps;
}

export function cutFromJson(value: JsonValue | undefined): Cut | undefined {
  const object = exactObject(value, ['seq', 'id']);
  const sequence = integerOf(object?.['seq'], 0, Number.MAX_SAFE_INTEGER);
  const id = object?.['id'];
  if (sequence === 0) {
    return id === null ? { sequence, batchId: null } : undefined;
  }
  const batchId = typeof id === 'string' ? parseBatchId(id) : undefined;
  return sequence !== undefined && batchId ? { sequence, batchId } : undefined;
}

/** At least one, ascending and each once. */
export function droppedFromJson(value: JsonValue | undefined): readonly Uint8Array[] | undefined {
  const drop = arrayOf(value, maximumDropped, (item) => bytesOf(item, 32));
  const ascends = drop?.every((hash, index) => index === 0 || Buffer.compare(drop[index - 1] as Uint8Array, hash) < 0);
  return drop !== undefined && drop.length > 0 && ascends === true ? drop : undefined;
}

export function authoritiesFromJson(value: JsonValue | undefined): readonly Authority[] | undefined {
  const held = arrayOf(value, authorities.length, (item) => memberOf(item, authorities));
  return held?.every((name, index) => index === 0 || (held[index - 1] as string) < name) ? held : undefined;
}

export function partyOf(value: JsonValue | undefined): Party | undefined {
  return value === 'root' ? 'root' : deviceIdFromJson(value);
}

export function deviceIdFromJson(value: JsonValue | undefined): ReturnType<typeof parseDeviceId> {
  return typeof value === 'string' ? parseDeviceId(value) : undefined;
}
