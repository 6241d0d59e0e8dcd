import type { EngineId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { pointerTo, valueAt } from '../../base/json-pointer.ts';
import type { EncryptionScope } from '../../contract/manifest.ts';
import type { OwnerStatus } from '../../contract/owner.ts';
import type { RecordState } from '../../contract/record.ts';
import type { ReferenceField } from '../../contract/references.ts';
import { secretIdIn } from '../../contract/secrets.ts';
import { type SaidOfItself, type Wanted, unmetBy, wantedIn } from './wanted.ts';

export type ReferenceOutcome = 'present' | 'declared-but-unavailable' | 'optional-skipped' | 'denied';
/** registry-only: an engine is known that would serve it. gateway-only: it has arrived here, and is not live. */
export type ReferenceVerification = 'verified' | 'registry-only' | 'gateway-only' | 'unavailable';

/** One reference as a record makes it. */
export interface Reference {
  /** JSON pointer of what refers. */
  readonly path: string;
  /** The type of an edge, the name of a field, or `secret`. */
  readonly type: string;
  /** `collection/id`; for a secret `secrets/id`. */
  readonly to: string;
  readonly required: boolean;
  /** Absent where any live target will do. */
  readonly wants?: Wanted;
}

/** The set of an owner that does not stand as its owner pushed it last, and that brings the target. */
export interface LateSet {
  readonly collection: string;
  /** `TYPE:ID` */
  readonly owner: string;
  readonly status: OwnerStatus;
  /** What the target itself requires and has not, as `collection/id`, where that is why. */
  readonly lacks?: string;
  /** What became of it, and what to do next. */
  readonly message: string;
  readonly remedy: string;
}

/** What this device knows of the other end. */
export interface ReferenceFacts {
  /** Why it is denied here, in words: by policy, or because who asks may not read the collection. */
  readonly denied: string | undefined;
  /** The engine that serves the collection; undefined where no manifest here does. */
  readonly engine:
    | {
        readonly engineId: EngineId;
        readonly enabled: boolean;
        readonly scope: EncryptionScope;
        /** A scope of that kind is held here. */
        readonly scopeHeld: boolean;
      }
    | undefined;
  /** waiting: it has arrived and waits for a decision or a release. unknown: nothing of it has arrived. */
  readonly target: Exclude<RecordState, 'absent'> | 'waiting' | 'damaged' | 'unknown';
  /** Of a live target; one that says nothing meets nothing that is wanted. */
  readonly says?: SaidOfItself;
  readonly set?: LateSet;
}

export interface ResolvedReference extends Reference {
  readonly outcome: ReferenceOutcome;
  readonly verification: ReferenceVerification;
  /** The engine that would make it present; null where none is known. */
  readonly owner: EngineId | null;
  readonly fatal: boolean;
  /** What would make it present; null where it is. */
  readonly remedy: string | null;
  /** What of that which is wanted is not met or not understood: `is 1.4.0, wanted ^2`. Absent where nothing is. */
  readonly detail?: string;
  /** Also of a target that is present: what its owner pushed last is not what is here. */
  readonly set?: LateSet;
}

/** Every reference of a record, in the order of its pointers. What dangles is listed like everything else. */
export function referencesOf(fields: JsonObject, marked: readonly ReferenceField[]): readonly Reference[] {
  const found = marked.flatMap((field) => (field.form === 'edges' ? edgesAt(fields, field) : fieldAt(fields, field)));
  return [...found, ...secretsIn(fields, '')].sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** Denied is always fatal; what is unavailable is fatal unless the reference is optional. Nothing else decides it. */
export function isFatal({
  outcome,
  required,
}: {
  readonly outcome: ReferenceOutcome;
  readonly required: boolean;
}): boolean {
  return outcome === 'denied' || (outcome === 'declared-but-unavailable' && required);
}

/** What becomes of one reference. The first row that holds decides. */
export function resolveReference(reference: Reference, facts: ReferenceFacts): ResolvedReference {
  const { denied, engine, target, set } = facts;
  const owner = engine?.engineId ?? null;
  const detail = detailOf(reference, facts);
  const beside = { ...(detail === null ? {} : { detail }), ...(set === undefined ? {} : { set }) };
  const answer = (
    outcome: 'present' | 'denied' | 'unavailable',
    verification: ReferenceVerification,
    remedy: string | null,
  ): ResolvedReference => {
    const named =
      outcome !== 'unavailable' ? outcome : reference.required ? 'declared-but-unavailable' : 'optional-skipped';
    const fatal = isFatal({ outcome: named, required: reference.required });
    return { ...reference, outcome: named, verification, owner, fatal, remedy, ...beside };
  };
  const collection = reference.to.split('/', 1)[0] ?? '';
  if (denied !== undefined) {
    return answer('denied', engine === undefined ? 'unavailable' : 'registry-only', denied);
  }
  if (engine === undefined) {
    return answer('unavailable', 'unavailable', `No engine here serves ${collection}. Add its manifest.`);
  }
  if (!engine.enabled) {
    return answer(
      'unavailable',
      'registry-only',
      `Switch on ${engine.engineId}: sourcesync engines enable ${engine.engineId}`,
    );
  }
  if (!engine.scopeHeld) {
    return answer('unavailable', 'registry-only', `Join a ${engine.scope} scope: sourcesync scopes ls`);
  }
  switch (target) {
    case 'live':
      return detail === null
        ? answer('present', 'verified', null)
        : answer('unavailable', 'registry-only', `Bring ${reference.to} to what is wanted, or change what is wanted.`);
    case 'waiting':
      return answer(
        'unavailable',
        'gateway-only',
        'It has arrived and waits: sourcesync reviews ls, sourcesync quarantine ls',
      );
    case 'tombstoned':
      return answer(
        'unavailable',
        'gateway-only',
        `It was deleted. Bring it back: sourcesync records rollback ${reference.to.replace('/', ' ')} --to VERSION`,
      );
    case 'damaged':
      return answer('unavailable', 'gateway-only', 'Its stored row is damaged: sourcesync store rebuild');
    case 'unknown':
      return collection === 'secrets'
        ? answer(
            'unavailable',
            'registry-only',
            `Put it into the vault of this device: sourcesync secrets set ${reference.to.slice('secrets/'.length)}`,
          )
        : answer('unavailable', 'registry-only', 'No such record has arrived here: sourcesync sync now, or write it.');
  }
}

/** What cannot be understood is said of every reference; what is not met, of one whose target is live. */
function detailOf({ wants }: Reference, { denied, target, says }: ReferenceFacts): string | null {
  if (wants === undefined) {
    return null;
  }
  return target === 'live' && denied === undefined
    ? unmetBy(wants, says ?? { version: undefined, kind: undefined })
    : wants.faults.join('; ') || null;
}

function edgesAt(fields: JsonObject, { path, required }: ReferenceField): readonly Reference[] {
  const edges = valueAt(fields, path);
  return Object.entries(isJsonObject(edges) ? edges : {}).flatMap(([id, edge]) => {
    const to = isJsonObject(edge) ? edge['to'] : undefined;
    const says = isJsonObject(edge) ? edge['required'] : undefined;
    const type = isJsonObject(edge) && typeof edge['type'] === 'string' ? edge['type'] : '';
    const isRequired = typeof says === 'boolean' ? says : required;
    return isAddress(to)
      ? [{ path: pointerTo(path, id), type, to, required: isRequired, ...wantsOf(edge as JsonObject) }]
      : [];
  });
}

/** The address, or `{"$ref": address}` with what is wanted of it. */
function fieldAt(fields: JsonObject, { path, required }: ReferenceField): readonly Reference[] {
  const value = valueAt(fields, path);
  const to = isJsonObject(value) ? value['$ref'] : value;
  const type = path.slice(path.lastIndexOf('/') + 1);
  return isAddress(to) ? [{ path, type, to, required, ...(isJsonObject(value) ? wantsOf(value) : {}) }] : [];
}

function wantsOf(reference: JsonObject): Pick<Reference, 'wants'> {
  const wants = wantedIn(reference);
  return wants === undefined ? {} : { wants };
}

/** `{"$secretRef": …}` anywhere: a record that needs a secret is useless without it. */
function secretsIn(value: JsonValue, path: string): readonly Reference[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const secret = isJsonObject(value) ? value['$secretRef'] : undefined;
  const id = typeof secret === 'string' ? secretIdIn(secret) : undefined;
  if (id !== undefined) {
    return [{ path, type: 'secret', to: `secrets/${id}`, required: true }];
  }
  return Object.entries(value as JsonObject).flatMap(([name, member]) => secretsIn(member, pointerTo(path, name)));
}

function isAddress(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^[a-z0-9_.-]+\/./.test(value);
}
