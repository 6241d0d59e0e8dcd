import { base32FromBytes, utf8 } from '../../base/bytes.ts';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { type ChangeId, type CollectionName, type RecordId, parseRecordId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import type { Change } from '../../contract/change.ts';
import { hash } from '../../crypto/hash.ts';
import { putFields } from './plan.ts';

/**
 * What a command of manual_review says. merge and fork carry the fields that become live by it; a fork begins a record
 * beside the one that `keepBoth`, a change of that other record, decided about; undo takes back what it names.
 */
export type Decision =
  | { readonly decision: 'accept' | 'reject'; readonly proposals: readonly ChangeId[] }
  | { readonly decision: 'merge'; readonly fields: JsonObject; readonly proposals: readonly ChangeId[] }
  | { readonly decision: 'keep_both'; readonly as: RecordId; readonly proposals: readonly ChangeId[] }
  | Fork
  | { readonly decision: 'undo'; readonly undoes: readonly ChangeId[] };

export interface Fork {
  readonly decision: 'fork';
  readonly fields: JsonObject;
  readonly keepBoth: ChangeId;
  readonly proposals: readonly ChangeId[];
}

/** The decision that a command speaks, or undefined when it is none. */
export function parseDecision(value: JsonValue): Decision | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { decision, proposals, fields, as, keepBoth, undoes } = value;
  switch (typeof decision === 'string' ? decision : '') {
    case 'accept':
      return areIds(proposals) ? { decision: 'accept', proposals } : undefined;
    case 'reject':
      return areIds(proposals) ? { decision: 'reject', proposals } : undefined;
    case 'merge':
      return areIds(proposals) && isFields(fields) && hasMembers(value, 3)
        ? { decision: 'merge', fields, proposals }
        : undefined;
    case 'keep_both': {
      const id = typeof as === 'string' ? parseRecordId(as) : undefined;
      return areIds(proposals) && id !== undefined && hasMembers(value, 3)
        ? { decision: 'keep_both', as: id, proposals }
        : undefined;
    }
    case 'fork':
      return areIds(proposals) && isFields(fields) && typeof keepBoth === 'string' && hasMembers(value, 4)
        ? { decision: 'fork', fields, keepBoth: keepBoth as ChangeId, proposals }
        : undefined;
    case 'undo':
      return areIds(undoes) && hasMembers(value, 2) ? { decision: 'undo', undoes } : undefined;
    default:
      return undefined;
  }
}

export function decisionOf(change: Pick<Change, 'operation' | 'value'>): Decision | undefined {
  return change.operation === 'command' ? parseDecision(change.value) : undefined;
}

/** The fork that a command is, which stands on changes of another record. */
export function forkOf(change: Pick<Change, 'operation' | 'value'>): Fork | undefined {
  const decision = decisionOf(change);
  return decision?.decision === 'fork' ? decision : undefined;
}

/** The whole fields that a change puts into its record: of a put, or of a decision that carries them. */
export function wholeFieldsOf(change: Pick<Change, 'operation' | 'value'>): JsonObject | undefined {
  const decision = decisionOf(change);
  return decision?.decision === 'merge' || decision?.decision === 'fork' ? decision.fields : putFields(change);
}

/** One value that a change brings in, and the JSON pointer of its place in the record; empty for the whole record. */
export interface BroughtIn {
  readonly path: string;
  readonly value: JsonValue;
}

/**
 * Every value that a change brings into its record, for whoever judges content. Nothing for removals, for decisions
 * that name what is there already, and for CRDT updates, whose content is known only after they were merged.
 */
export function contentOf(change: Pick<Change, 'operation' | 'value'>): readonly BroughtIn[] {
  const fields = wholeFieldsOf(change);
  if (fields !== undefined) {
    return [{ path: '', value: fields }];
  }
  if (change.operation !== 'patch' || !Array.isArray(change.value)) {
    return [];
  }
  return change.value.flatMap((operation) =>
    isJsonObject(operation) && operation['op'] === 'add' && typeof operation['path'] === 'string'
      ? [{ path: operation['path'], value: operation['value'] ?? null }]
      : [],
  );
}

const longestIdBytes = 512;

/**
 * The id under which proposals of a record are kept beside it. It follows from what is forked, so that two devices that
 * fork the same make one record; the ending stays, so that a file stays one of its kind.
 */
export function forkIdOf(collection: CollectionName, id: RecordId, proposals: readonly ChangeId[]): RecordId {
  const about = canonicalBytes([collection, id, [...proposals].sort()]);
  const mark = base32FromBytes(hash('review-id', utf8('fork'), about).subarray(0, 10));
  const [, stem = id, ending = ''] = /^(.*[^/])(\.[^./]{1,16})$/s.exec(id) ?? [];
  const kept = `${stem}.kept-${mark}${ending}`;
  const fits = Buffer.byteLength(kept) <= longestIdBytes;
  return (fits ? kept : `kept-${mark}${ending}`) as RecordId;
}

function areIds(value: JsonValue | undefined): value is ChangeId[] {
  return Array.isArray(value) && value.length > 0 && value.every((id) => typeof id === 'string');
}

function isFields(value: JsonValue | undefined): value is JsonObject {
  return value !== undefined && isJsonObject(value);
}

function hasMembers(value: JsonObject, count: number): boolean {
  return Object.keys(value).length === count;
}
