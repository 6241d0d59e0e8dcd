import { canonicalText } from '../base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { type Term, join, ruleOf, termOf } from './lattice.ts';

/** The layers that sync, the outermost first. Beside them stands the floor of each device, which never does. */
export const syncedLayers = ['org', 'workspace', 'repo', 'profile'] as const;
export type SyncedLayer = (typeof syncedLayers)[number];
export type Layer = 'floor' | SyncedLayer;

/** What one layer says, as a record of the policy collection holds it. */
export interface PolicyDocument {
  readonly layer: SyncedLayer;
  /** A higher one replaces a lower one; equal ones join. */
  readonly generation: number;
  readonly rules: ReadonlyMap<string, Term>;
  /** False where it says more than is looked at: it then denies everything. */
  readonly readable: boolean;
}

export const mostRules = 256;

/** The document that a record's fields are, or undefined when they are none. */
export function documentOf(fields: JsonObject): PolicyDocument | undefined {
  const { layer, generation, rules } = fields;
  if (!isLayer(layer) || !isGeneration(generation) || !isJsonObject(rules)) {
    return undefined;
  }
  const entries = Object.entries(rules);
  const readable = entries.length <= mostRules;
  const read = readable ? entries.map(([key, rule]) => [key, termOf(rule)] as const) : [];
  return { layer, generation, rules: new Map(read), readable };
}

/**
 * One document as strong as all of these, which share a generation: rules join key by key. What else they hold is that
 * of the last, and so the order says nothing of rules. One document alone stays as it was written.
 */
export function joinedDocument(documents: readonly [JsonObject, ...JsonObject[]]): JsonObject {
  const [first, ...others] = documents;
  const text = canonicalText(first);
  if (others.every((other) => canonicalText(other) === text)) {
    return first;
  }
  const rules = new Map<string, Term>();
  for (const document of documents) {
    for (const [key, rule] of Object.entries(rulesOf(document))) {
      const known = rules.get(key);
      const term = termOf(rule);
      rules.set(key, known === undefined ? term : join(known, term));
    }
  }
  const joined = [...rules].sort(byKey).map(([key, term]): [string, JsonValue] => [key, ruleOf(term)]);
  const layers = documents.map(({ layer }) => syncedLayers.indexOf(layer as SyncedLayer));
  return {
    ...documents.at(-1),
    layer: syncedLayers[Math.min(...layers)] ?? 'org',
    rules: Object.fromEntries(joined),
  };
}

export function isLayer(value: unknown): value is SyncedLayer {
  return syncedLayers.includes(value as SyncedLayer);
}

function isGeneration(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function rulesOf({ rules }: JsonObject): JsonObject {
  return isJsonObject(rules) ? rules : {};
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
