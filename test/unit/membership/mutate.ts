import { concat, u32 } from '../../../src/base/bytes.ts';
import type { JsonValue } from '../../../src/base/json.ts';

/** One to three damages: a bit, a byte, a cut, an insertion, a piece copied elsewhere, bytes appended. */
export function mutate(bytes: Uint8Array, pick: (below: number) => number): Uint8Array {
  let mutated = Uint8Array.from(bytes);
  for (let count = pick(3) + 1; count > 0 && mutated.length > 0; count--) {
    const at = pick(mutated.length);
    const size = Math.min(1 + pick(16), mutated.length - at);
    switch (pick(6)) {
      case 0:
        mutated[at] = (mutated[at] ?? 0) ^ (1 << pick(8));
        break;
      case 1:
        mutated[at] = pick(256);
        break;
      case 2:
        mutated = concat([mutated.subarray(0, at), mutated.subarray(at + size)]) as Uint8Array<ArrayBuffer>;
        break;
      case 3:
        mutated = concat([
          mutated.subarray(0, at),
          u32(pick(2 ** 31)),
          mutated.subarray(at),
        ]) as Uint8Array<ArrayBuffer>;
        break;
      case 4:
        mutated.copyWithin(pick(mutated.length), at, at + size);
        break;
      default:
        mutated = concat([mutated, u32(pick(2 ** 31)).subarray(0, 1 + pick(4))]) as Uint8Array<ArrayBuffer>;
    }
  }
  return mutated;
}

const odd: readonly JsonValue[] = [null, true, -1, 0, 1, 2, 2 ** 53 - 1, '', 'root', 'AAAA', [], {}, [[]], { seq: 1 }];

/** The same JSON with one value somewhere replaced, removed or doubled. */
export function damage(json: JsonValue, pick: (below: number) => number): JsonValue {
  if (typeof json !== 'object' || json === null || pick(4) === 0) {
    return odd[pick(odd.length)] ?? null;
  }
  const entries = Object.entries(json);
  const [name, value] = entries[pick(Math.max(1, entries.length))] ?? ['', null];
  const damaged = damage(value as JsonValue, pick);
  if (Array.isArray(json)) {
    return json.map((item: JsonValue, index) => (String(index) === name ? damaged : item));
  }
  const rest = Object.fromEntries(entries.filter(([key]) => key !== name));
  return pick(8) === 0 ? rest : { ...rest, [pick(12) === 0 ? `${name}x` : name]: damaged };
}
