import { canonicalText } from '../../base/canonical-json.ts';
import { parseRecordId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import { agentUrn, agentsCollection, nameOfAgent } from '../../contract/agent.ts';
import type { Manifest } from '../../contract/manifest.ts';
import type { RecordRow } from '../../contract/record.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import type { AgentMaps } from '../../policy/effective.ts';
import { type Term, termOf, unknownTerm } from '../../policy/lattice.ts';
import { readMap } from '../../policy/permission-map.ts';
import type { Store } from '../../store/ground/port.ts';

/** What the live records of agents say that each may use. */
export interface AgentPermissions {
  readonly of: AgentMaps;
  /** What a record of agents is about to become. Answers whether it says other permissions than what the store holds. */
  willTouch(row: RecordRow): boolean;
  forget(): void;
}

interface Said {
  readonly text: string;
  readonly term: Term | undefined;
}

/** Whoever signs may name agents that nobody knows. */
const mostKnown = 4096;

export function createAgentPermissions({ records }: Pick<Store, 'records'>): AgentPermissions {
  const known = new Map<string, Said>();

  function saidBy(agentId: string): Said {
    const before = known.get(agentId);
    if (before !== undefined) {
      return before;
    }
    const id = parseRecordId(nameOfAgent(agentId));
    const said = saidIn(id === undefined ? undefined : records.get(agentsCollection, id));
    if (known.size >= mostKnown) {
      known.clear();
    }
    known.set(agentId, said);
    return said;
  }

  return {
    of(agentId) {
      const { term } = saidBy(agentId);
      return term === undefined ? undefined : { source: nameOfAgent(agentId), term };
    },
    willTouch(row) {
      const agentId = agentUrn(row.id);
      const before = saidBy(agentId);
      const after = saidIn(row);
      known.set(agentId, after);
      return before.text !== after.text;
    },
    forget: () => known.clear(),
  };
}

/**
 * Why what an agent may use cannot be written so, in words; undefined where it can. What another build wrote may stay, and
 * what arrives is never refused for it: it denies.
 */
export function permissionsFault(
  { collection }: Pick<Manifest, 'collection'>,
  intended: Result<JsonObject, unknown>,
  before: JsonObject | null,
): string | undefined {
  const permissions = collection === agentsCollection && intended.ok ? intended.value['permissions'] : undefined;
  const read = permissions === undefined ? undefined : readMap(permissions);
  const isKept = permissions !== undefined && sameValue(permissions, before?.['permissions']);
  return read?.ok === false && !isKept
    ? `The permissions of this agent cannot be read. ${read.error.words} Nothing was written.`
    : undefined;
}

/** A record that cannot be read may forbid anything. */
function saidIn(row: RecordRow | 'damaged' | undefined): Said {
  if (row === 'damaged') {
    return { text: 'damaged', term: unknownTerm };
  }
  const permissions: JsonValue | undefined = row?.state === 'live' ? row.fields?.['permissions'] : undefined;
  return permissions === undefined
    ? { text: '', term: undefined }
    : { text: canonicalText(permissions), term: termOf({ kind: 'map', value: permissions }) };
}
