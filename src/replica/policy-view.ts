import type { JsonObject } from '../base/json.ts';
import { pagesOf } from '../base/pages.ts';
import type { RecordRow } from '../contract/record.ts';
import { documentOf } from '../policy/document.ts';
import { type EffectivePolicy, type LayeredDocument, effectivePolicy, floorDocument } from '../policy/effective.ts';
import type { Store } from '../store/port.ts';
import type { Bindings } from './port.ts';

/** The policy in force, made again only when a policy record or the floor has changed. */
export interface PolicyView {
  current(): EffectivePolicy;
  /** A policy record was written, or a transaction that may have written one was taken back. */
  forget(): void;
}

export function createPolicyView(deps: {
  readonly store: Store;
  readonly bindings: Bindings;
  readonly self: string;
  /** The floor of this device, which the same object says for as long as it does not change. */
  readonly floor: () => JsonObject;
}): PolicyView {
  let held: { readonly floor: JsonObject; readonly policy: EffectivePolicy } | undefined;
  return {
    current() {
      const floor = deps.floor();
      if (held?.floor !== floor) {
        held = { floor, policy: effectivePolicy([floorDocument(floor), ...documentsIn(deps)]) };
      }
      return held.policy;
    },
    forget() {
      held = undefined;
    },
  };
}

function documentsIn({
  store,
  bindings,
  self,
}: Pick<Parameters<typeof createPolicyView>[0], 'store' | 'bindings' | 'self'>): readonly LayeredDocument[] {
  return bindings
    .all()
    .filter(({ manifest }) => manifest.mergeStrategy === 'strongest_policy_wins')
    .flatMap(({ manifest }) => {
      const pages = pagesOf((cursor) => store.records.list(manifest.collection, { cursor, limit: 500 }));
      return [...pages].flatMap(({ items, damaged }) => [
        ...items.flatMap((row) => documentIn(row, self)),
        // A policy that cannot be read may say anything: it denies.
        ...(damaged > 0 ? [unreadable] : []),
      ]);
    });
}

function documentIn(row: RecordRow, self: string): readonly LayeredDocument[] {
  if (row.state !== 'live' || row.fields === null) {
    return [];
  }
  const document = documentOf(row.fields);
  const isRemote = row.deviceId !== self;
  return [document === undefined ? unreadable : { layer: document.layer, source: row.id, document, isRemote }];
}

const unreadable: LayeredDocument = {
  layer: 'org',
  source: 'unreadable',
  document: { rules: new Map(), readable: false },
  isRemote: true,
};
