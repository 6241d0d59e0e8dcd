import type { ChangeId } from '../../base/ids.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import { agentsCollection } from '../../contract/agent.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { applyPatch, parsePatch } from '../../merge/values/json-patch.ts';
import { widenings } from '../../policy/widened.ts';

/** What is older was looked at long ago, and what stands on more versions stands beside them. */
const mostLooked = 32;
const mostParents = 2;

/**
 * By change of an agent's record, oldest first, what the agent may use since that it could not before. Of a change that
 * rests on several, what is wider than each of them; of one whose past is not known, nothing.
 */
export function widenedBy(changes: readonly LoggedChange[]): ReadonlyMap<ChangeId, readonly string[]> {
  const fields = new Map<ChangeId, JsonObject | null>();
  const widened = new Map<ChangeId, readonly string[]>();
  const ofAgents = changes.filter(({ collection }) => collection === agentsCollection);
  for (const [index, change] of ofAgents.entries()) {
    const before = change.parents.slice(0, mostParents).map((parent) => fields.get(parent));
    const after = fieldsAfter(change, before);
    if (after === undefined) {
      continue;
    }
    fields.set(change.changeId, after);
    if (index < ofAgents.length - mostLooked) {
      continue;
    }
    const [first = [], ...others] = before.map((one) => (one === undefined ? [] : widenings(one, after)));
    const words = first.filter((word) => others.every((other) => other.includes(word)));
    if (words.length > 0) {
      widened.set(change.changeId, words);
    }
  }
  return widened;
}

/** The record as the change leaves it; null for a deletion, undefined where that is not known. */
function fieldsAfter(
  { operation, value }: LoggedChange,
  before: readonly (JsonObject | null | undefined)[],
): JsonObject | null | undefined {
  switch (operation) {
    case 'put':
      return isJsonObject(value) ? value : undefined;
    case 'delete':
    case 'tombstone':
      return null;
    case 'command':
      return before[0];
    case 'patch': {
      const [parent] = before;
      const patch = parsePatch(value);
      const patched = patch && parent && applyPatch(parent, patch);
      return patched?.ok === true ? patched.value : undefined;
    }
  }
}
