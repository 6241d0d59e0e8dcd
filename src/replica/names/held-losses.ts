import type { JsonObject } from '../../base/json.ts';
import type { LossKind } from '../../policy/loss.ts';
import { type LossKey, keysIn } from '../../policy/window.ts';

/** What a held change does to a record: a loss, or any change where a person wanted to see each. */
export type HeldKind = LossKind | 'changed';

/** Records of which something is held, each by its short name and once. */
export type HeldLosses = ReadonlyMap<LossKey, HeldKind>;

export type LossCounts = Readonly<Record<HeldKind, number>>;

const kinds = ['removed', 'emptied', 'replaced', 'changed'] as const satisfies readonly HeldKind[];

export function countsOf(held: Iterable<HeldKind>): LossCounts {
  const counts = { removed: 0, emptied: 0, replaced: 0, changed: 0 };
  for (const kind of held) {
    counts[kind] += 1;
  }
  return counts;
}

/** `delete 50, empty 2 and replace 3` */
export function countsInWords(counts: LossCounts): string {
  const verbs = { removed: 'delete', emptied: 'empty', replaced: 'replace', changed: 'change' } as const;
  const parts = kinds.filter((kind) => counts[kind] > 0).map((kind) => `${verbs[kind]} ${counts[kind]}`);
  const last = parts.at(-1) ?? 'delete 0';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** As it is kept: the names of each kind in one text. */
export function heldJson(held: HeldLosses): JsonObject {
  const texts = { removed: '', emptied: '', replaced: '', changed: '' };
  for (const [key, kind] of held) {
    texts[kind] += key;
  }
  return texts;
}

export function heldFromJson(texts: JsonObject): HeldLosses {
  return new Map(kinds.flatMap((kind) => keysIn(String(texts[kind] ?? '')).map((key) => [key, kind] as const)));
}
