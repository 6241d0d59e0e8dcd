import type { JsonObject } from '../base/json.ts';
import { pagesOf } from '../base/pages.ts';
import { isPolicyItself } from '../contract/manifest.ts';
import type { RecordRow } from '../contract/record.ts';
import type { QuarantineItem } from '../contract/review.ts';
import { majorOf } from '../contract/schema-version.ts';
import { type BatchHeader, decodeBatch } from '../log/header.ts';
import { holdsAuthorityOver } from '../membership/collection-authority.ts';
import { documentOf } from '../policy/document.ts';
import { type EffectivePolicy, type LayeredDocument, effectivePolicy, floorDocument } from '../policy/effective.ts';
import { type Gated, gatesText } from '../policy/gates.ts';
import type { Store } from '../store/port.ts';
import type { LogReader } from './log-reader.ts';
import type { Bindings, CollectionBinding } from './port.ts';
import type { Scopes } from './scopes.ts';

/** The policy in force, made again only when a policy record or the floor has changed. */
export interface PolicyView {
  current(): EffectivePolicy;
  /** A record, or a change that is held, of this collection is another one now. */
  touched(collection: string | null): void;
  /** Collections that are gated otherwise than when this was asked last. */
  gateChanges(): readonly Gated[];
  /** A transaction that may have changed policy was taken back. */
  forget(): void;
}

export function createPolicyView(deps: {
  readonly store: Store;
  readonly bindings: Bindings;
  readonly scopes: Scopes;
  readonly reader: LogReader;
  readonly self: string;
  /** The floor of this device, which the same object says for as long as it does not change. */
  readonly floor: () => JsonObject;
}): PolicyView {
  let held: { readonly floor: JsonObject; readonly policy: EffectivePolicy } | undefined;

  function current(): EffectivePolicy {
    const floor = deps.floor();
    if (held?.floor !== floor) {
      held = { floor, policy: effectivePolicy([floorDocument(floor), ...documentsIn(deps)]) };
    }
    return held.policy;
  }

  const gates = (): ReadonlyMap<string, string> =>
    new Map(deps.bindings.all().map(({ manifest }) => [manifest.collection, gatesText(current(), manifest)]));
  let seen = gates();

  return {
    current,
    gateChanges() {
      const before = seen;
      seen = gates();
      return deps.bindings
        .all()
        .map(({ manifest }) => manifest)
        .filter(({ collection }) => before.get(collection) !== seen.get(collection));
    },
    touched(collection) {
      const binding = collection === null ? undefined : deps.bindings.ofCollection(collection);
      if (binding !== undefined && isPolicyItself(binding.manifest)) {
        held = undefined;
      }
    },
    forget() {
      held = undefined;
    },
  };
}

type Deps = Parameters<typeof createPolicyView>[0];

function documentsIn(deps: Deps): readonly LayeredDocument[] {
  return deps.bindings
    .all()
    .filter(({ manifest }) => isPolicyItself(manifest))
    .flatMap((binding) => {
      const { collection } = binding.manifest;
      const pages = pagesOf((cursor) => deps.store.records.list(collection, { cursor, limit: 500 }));
      const documents = [...pages].flatMap(({ items, damaged }) => [
        ...items.flatMap((row) => documentIn(binding, row, deps.self)),
        // A policy that cannot be read may say anything: it denies.
        ...(damaged > 0 ? [unreadable('damaged')] : []),
      ]);
      return [...documents, ...heldByAuthority(deps, binding).map(unreadable)];
    });
}

function documentIn({ manifest }: CollectionBinding, row: RecordRow, self: string): readonly LayeredDocument[] {
  if (row.state !== 'live' || row.fields === null) {
    return [];
  }
  const isForeign = majorOf(row.schemaVersion) !== majorOf(manifest.schemaVersion);
  const document = isForeign ? undefined : documentOf(row.fields);
  const isRemote = row.deviceId !== self;
  return [document === undefined ? unreadable(row.id) : { layer: document.layer, source: row.id, document, isRemote }];
}

/** The outermost layer may have said it. */
function unreadable(source: string): LayeredDocument {
  return { layer: 'org', source, document: { rules: new Map(), readable: false }, isRemote: true };
}

/**
 * What an authority over policy wrote and this device cannot take in: it may forbid anything, so it does, until it can be
 * read or a person settles it. What anybody else wrote, or came through another scope, forbids nothing.
 */
function heldByAuthority(deps: Deps, { manifest, scope: kind }: CollectionBinding): readonly string[] {
  const { collection } = manifest;
  const scope = deps.scopes.serving(kind);
  const pages = pagesOf((cursor) => deps.store.quarantine.listHeld({ cursor, limit: 500 }, collection));
  const items = [...pages].flatMap((page) => page.items);
  return items
    .filter((item) => {
      const header = cannotBeTaken.has(item.reasonCode) ? headerOf(deps, item) : undefined;
      return (
        scope !== undefined &&
        header?.scopeId === scope.scopeId &&
        holdsAuthorityOver(scope, header.deviceId, collection, header)
      );
    })
    .map(({ id }) => id);
}

/** Of the batch that brought a held change; a record of a later format keeps its batch with it. */
function headerOf({ store, reader }: Deps, { changeId, bytes }: QuarantineItem): BatchHeader | undefined {
  const row = changeId === null ? undefined : store.history.get(changeId);
  const batch = bytes === null ? undefined : decodeBatch(bytes);
  return row === undefined ? (batch?.ok === true ? batch.value.header : undefined) : reader.record(row)?.header;
}

const cannotBeTaken: ReadonlySet<string> = new Set(['schema_unknown', 'migration_required', 'secret_redacted']);
