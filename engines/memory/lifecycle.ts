import { type JsonObject, type JsonValue, isJsonObject } from '../../src/base/json.ts';
import { isAgent } from '../../src/contract/agent.ts';
import type { Change } from '../../src/contract/change.ts';
import type { AuditedEvents } from '../../src/contract/engine.ts';
import { parsePatch } from '../../src/merge/values/json-patch.ts';

/** What stands behind a memory; nothing goes on without all of it. */
const required = ['provenance', 'confidence', 'sensitivity', 'retention', 'memoryScope'] as const;
/** Stages that somebody vouches for. */
const vouched: ReadonlySet<JsonValue | undefined> = new Set(['scoped', 'approved', 'promoted', 'synced']);
const lifecyclePath = '/lifecycle';

/** An agent's word on memory is a proposal, whatever it claims: also where it changes what was promoted. */
export function heard({ operation, value, authorId }: Pick<Change, 'operation' | 'value' | 'authorId'>): JsonValue {
  if (!isAgent(authorId)) {
    return value;
  }
  if (operation === 'put') {
    return isJsonObject(value) ? { ...value, lifecycle: 'proposed' } : value;
  }
  const patch = operation === 'patch' ? parsePatch(value) : undefined;
  if (patch === undefined) {
    return value;
  }
  const others = patch.filter(({ path }) => path !== lifecyclePath && !path.startsWith(`${lifecyclePath}/`));
  return [...others, { op: 'add', path: lifecyclePath, value: 'proposed' }] as unknown as JsonValue;
}

/** What lacks for a memory to be what it says, in words; undefined where nothing does. */
export function lacking(fields: JsonObject, authorId: string | null): string | undefined {
  if (!vouched.has(fields['lifecycle']) && (authorId === null || !isAgent(authorId))) {
    return undefined;
  }
  const missing = required.filter((name) => !Object.hasOwn(fields, name));
  return missing.length === 0
    ? undefined
    : `A memory that an agent proposes or that somebody vouches for says ${missing.join(', ')} too. Add what is missing.`;
}

/** A person's yes promotes a whole proposal; one that lacks something stays proposed. */
export function accepted(fields: JsonObject): JsonObject {
  const isWhole = required.every((name) => Object.hasOwn(fields, name));
  return fields['lifecycle'] === 'proposed' && isWhole ? { ...fields, lifecycle: 'promoted' } : fields;
}

/** Stages at which a memory is relied on, and at which somebody thinks of it anew. */
const standing: ReadonlySet<JsonValue | undefined> = new Set(['proposed', 'promoted', 'synced']);

export const audited: AuditedEvents = {
  proposed: 'memory.proposed',
  changed(before, after) {
    const [was, is] = [before?.['lifecycle'], after?.['lifecycle']];
    if (was === is) {
      return undefined;
    }
    if (is === 'revoked' || ((was === 'promoted' || was === 'synced') && !standing.has(is))) {
      return 'memory.revoked';
    }
    return is === 'proposed' ? 'memory.proposed' : is === 'promoted' ? 'memory.promoted' : undefined;
  },
};
