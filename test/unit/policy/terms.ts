import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { ruleKinds } from '../../../src/policy/lattice.ts';

/** Patterns that meet in one target in many ways, and maps of them. */
const patterns = fc.constantFrom('*', 'tool:*', 'tool:Ba*', 'tool:Bash', 'tool:b*', 'tool:*sh', 'file:x');
export const anyMap: fc.Arbitrary<JsonObject> = fc.dictionary(patterns, fc.constantFrom('allow', 'ask', 'deny'), {
  maxKeys: 4,
});

const members = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 });

/** Rules that make sense, and rules that do not. */
export const anyRule: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.record({ kind: fc.constant('decision'), value: fc.constantFrom('allow', 'require_review', 'deny') }),
  fc.record({ kind: fc.constantFrom('max', 'min'), value: fc.constantFrom(-1.5, -0, 0, 2, 3) }),
  fc.record({ kind: fc.constant('map'), value: fc.oneof(anyMap, fc.array(anyMap, { maxLength: 3 })) }),
  fc.record({ kind: fc.constantFrom('allowset', 'denyset'), value: members }),
  fc.record({
    kind: fc.oneof(fc.constantFrom(...ruleKinds, 'regex'), fc.jsonValue() as fc.Arbitrary<JsonValue>),
    value: fc.jsonValue() as fc.Arbitrary<JsonValue>,
  }),
  fc.jsonValue() as fc.Arbitrary<JsonValue>,
);

export const decision = (value: string): JsonValue => ({ kind: 'decision', value });
