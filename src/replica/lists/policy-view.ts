import type { JsonObject } from '../../base/json.ts';
import { pagesOf } from '../../base/pages.ts';
import { agentsCollection } from '../../contract/agent.ts';
import { isPolicyItself } from '../../contract/manifest.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import { majorOf } from '../../contract/schema-version.ts';
import { documentOf } from '../../policy/document.ts';
import { type EffectivePolicy, type LayeredDocument, effectivePolicy, floorDocument } from '../../policy/effective.ts';
import { type Gated, gatesText } from '../../policy/gates.ts';
import { createAgentPermissions } from './agent-permissions.ts';
import { type HeldDenials, createHeldDenials } from './held-denials.ts';
import type { CollectionBinding } from '../names/binding.ts';
import type { PolicyDeps } from './policy-deps.ts';

/** The policy in force, made again only when a policy record or the floor has changed. */
export interface PolicyView {
  current(): EffectivePolicy;
  /** What a record is about to become, while the store still holds what it was. */
  willTouch(row: RecordRow): void;
  /** An item of quarantine is another one now. */
  itemTouched(item: QuarantineItem): void;
  /** Collections that are gated otherwise than when this was asked last. */
  gateChanges(): readonly Gated[];
  /** A transaction that may have changed policy was taken back. */
  forget(): void;
}

export function createPolicyView(deps: PolicyDeps): PolicyView {
  let held: { readonly floor: JsonObject; readonly documents: readonly LayeredDocument[] } | undefined;
  let policy: EffectivePolicy | undefined;
  const denials = createHeldDenials(deps);
  const agents = createAgentPermissions(deps.store);

  function current(): EffectivePolicy {
    const floor = deps.floor();
    if (held?.floor !== floor) {
      held = { floor, documents: [floorDocument(floor), ...documentsIn(deps, denials)] };
      policy = undefined;
    }
    policy ??= effectivePolicy(held.documents, agents.of);
    return policy;
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
    willTouch(row) {
      if (policyBinding(deps, row.collection) !== undefined) {
        held = undefined;
      } else if (row.collection === agentsCollection && agents.willTouch(row)) {
        policy = undefined;
      }
    },
    itemTouched(item) {
      const binding = policyBinding(deps, item.collection);
      // What is about no change is about a record: it is damaged, or whole again.
      const isOfRecord = item.changeId === null && item.bytes === null;
      if (binding !== undefined && (isOfRecord || denials.touched(binding, item))) {
        held = undefined;
      } else if (item.collection === agentsCollection && isOfRecord) {
        agents.forget();
        policy = undefined;
      }
    },
    forget() {
      held = undefined;
      agents.forget();
      denials.forget();
    },
  };
}

function policyBinding({ bindings }: PolicyDeps, collection: string | null): CollectionBinding | undefined {
  const binding = collection === null ? undefined : bindings.ofCollection(collection);
  return binding !== undefined && isPolicyItself(binding.manifest) ? binding : undefined;
}

function documentsIn(deps: PolicyDeps, denials: HeldDenials): readonly LayeredDocument[] {
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
      return [...documents, ...denials.of(binding).map(unreadable)];
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
