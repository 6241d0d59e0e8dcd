import { concat, viewOf } from '../../src/base/bytes.ts';
import type { JsonValue } from '../../src/base/json.ts';

/** Integers below a bound; the same ones for the same seed. */
export type Pick = (below: number) => number;

/** Integers that only the seed decides (mulberry32): quick, for fuzzing. */
export function seededIntegers(seed: number): Pick {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const edges = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

/**
 * One to three damages: a bit, a byte, a cut, an insertion, a repetition, an integer at its edges where a length may
 * stand, a piece of another object, an end cut off, bytes appended.
 */
export function mutate(bytes: Uint8Array, pick: Pick, other: Uint8Array = bytes): Uint8Array {
  let mutated = bytes.slice();
  for (let count = pick(3) + 1; count > 0; count--) {
    mutated = damageBytes(mutated, pick, other);
  }
  return mutated;
}

function damageBytes(bytes: Uint8Array, pick: Pick, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const kind = pick(10);
  if (bytes.length === 0 || kind === 9) {
    return joined(bytes, randomBytes(pick, 1 + pick(8)));
  }
  const at = pick(bytes.length);
  const end = Math.min(bytes.length, at + 1 + pick(16));
  switch (kind) {
    case 0:
    case 1:
      return changed(bytes, at, (bytes[at] as number) ^ (1 << pick(8)));
    case 2:
      return changed(bytes, at, pick(256));
    case 3:
      return joined(bytes.subarray(0, at), bytes.subarray(end));
    case 4:
      return joined(bytes.subarray(0, at), randomBytes(pick, 1 + pick(8)), bytes.subarray(at));
    case 5:
      return joined(bytes.subarray(0, end), bytes.subarray(at, end), bytes.subarray(end));
    case 6:
      return withInteger(bytes, at, edges[pick(edges.length)] as number);
    case 7: {
      const from = pick(other.length + 1);
      return joined(bytes.subarray(0, at), other.subarray(from, pick(2) === 0 ? undefined : from + 40));
    }
    default:
      return bytes.slice(0, at);
  }
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

function withInteger(bytes: Uint8Array, at: number, value: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  if (at + 4 <= copy.length) {
    viewOf(copy).setUint32(at, value);
  }
  return copy;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(parts) as Uint8Array<ArrayBuffer>;
}

function randomBytes(pick: Pick, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, () => pick(256));
}

const oddValues: readonly JsonValue[] = [
  ...[null, true, false, -1, 0, 1, 2, 255, 256, 0x7fffffff, 0xffffffff, 2 ** 32, 2 ** 53 - 1],
  ...['', 'root', 'AAAA', 'admin', '\u0000', '../..', 'x'.repeat(300), '9'.repeat(20)],
  ...[[], {}, [[]], { seq: 1 }, [null], { __proto__: null, a: [] }],
];
const oddNames = ['__proto__', 'constructor', 'v', 't', 'x', ''];

/** The same JSON with one value somewhere replaced, removed, added or doubled. */
export function mutateJson(json: JsonValue, pick: Pick): JsonValue {
  if (typeof json !== 'object' || json === null || pick(6) === 0) {
    return oddOf(json, pick);
  }
  const entries = Object.entries(json) as readonly (readonly [string, JsonValue])[];
  const [name, value] = entries[pick(Math.max(1, entries.length))] ?? ['', null];
  const damaged = mutateJson(value, pick);
  if (Array.isArray(json)) {
    const items: readonly JsonValue[] = json.map((item: JsonValue, index) => (String(index) === name ? damaged : item));
    return pick(6) === 0 ? [...items, damaged] : items;
  }
  const rest = Object.fromEntries(entries.filter(([key]) => key !== name));
  switch (pick(12)) {
    case 0:
      return rest;
    case 1:
      return { ...json, [oddNames[pick(oddNames.length)] as string]: damaged };
    case 2:
      return { ...rest, [`${name}x`]: damaged };
    default:
      return { ...rest, [name]: damaged };
  }
}

/** Something that is not what stood there: another kind, or the same kind a little off. */
function oddOf(json: JsonValue, pick: Pick): JsonValue {
  if (typeof json === 'number' && pick(2) === 0) {
    return json + pick(3) - 1;
  }
  if (typeof json === 'string' && json.length > 0 && pick(2) === 0) {
    const at = pick(json.length);
    return pick(2) === 0 ? json.slice(0, at) : `${json.slice(0, at)}A${json.slice(at + 1)}`;
  }
  return oddValues[pick(oddValues.length)] as JsonValue;
}
