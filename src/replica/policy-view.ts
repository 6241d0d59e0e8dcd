import type { JsonObject } from '../base/json.ts';
import type { CollectionName } from '../base/ids.ts';
import { pagesOf } from '../base/pages.ts';
import { isPolicyItself } from '../contract/manifest.ts';
import type { RecordRow } from '../contract/record.ts';
import { holdsAuthorityOver } from '../membership/collection-authority.ts';
import { documentOf } from '../policy/document.ts';
import { type EffectivePolicy, type LayeredDocument, effectivePolicy, floorDocument } from '../policy/effective.ts';
import { type Gated, gatesText } from '../policy/gates.ts';
import type { Store } from '../store/port.ts';
import type { LogReader } from './log-reader.ts';
import type { Bindings } from './port.ts';
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
  const { store, bindings, self } = deps;
  return bindings
    .all()
    .filter(({ manifest }) => isPolicyItself(manifest))
    .flatMap(({ manifest }) => {
      const pages = pagesOf((cursor) => store.records.list(manifest.collection, { cursor, limit: 500 }));
      const documents = [...pages].flatMap(({ items, damaged }) => [
        ...items.flatMap((row) => documentIn(row, self)),
        // A policy that cannot be read may say anything: it denies.
        ...(damaged > 0 ? [unreadable('damaged')] : []),
      ]);
      return [...documents, ...heldByAuthority(deps, manifest.collection).map(unreadable)];
    });
}

function documentIn(row: RecordRow, self: string): readonly LayeredDocument[] {
  if (row.state !== 'live' || row.fields === null) {
    return [];
  }
  const document = documentOf(row.fields);
  const isRemote = row.deviceId !== self;
  return [document === undefined ? unreadable(row.id) : { layer: document.layer, source: row.id, document, isRemote }];
}

/** The outermost layer may have said it. */
function unreadable(source: string): LayeredDocument {
  return { layer: 'org', source, document: { rules: new Map(), readable: false }, isRemote: true };
}

/**
 * What an authority over policy wrote and this build cannot judge: it may forbid anything, so it does, until it can be
 * read or a person drops it. What anybody else wrote forbids nothing.
 */
function heldByAuthority({ store, reader, scopes }: Deps, collection: CollectionName): readonly string[] {
  const pages = pagesOf((cursor) => store.quarantine.listHeld({ cursor, limit: 500 }, collection));
  const items = [...pages].flatMap((page) => page.items);
  return items
    .filter(({ changeId, reasonCode }) => {
      const row = changeId === null || !cannotBeRead.has(reasonCode) ? undefined : store.history.get(changeId);
      const header = row && reader.record(row)?.header;
      const scope = row && scopes.get(row.scopeId);
      return (
        header !== undefined && scope !== undefined && holdsAuthorityOver(scope, header.deviceId, collection, header)
      );
    })
    .map(({ id }) => id);
}

const cannotBeRead: ReadonlySet<string> = new Set(['schema_unknown', 'migration_required']);
