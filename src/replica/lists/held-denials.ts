import { pagesOf } from '../../base/pages.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import { type BatchHeader, decodeBatch } from '../../log/header.ts';
import { holdsAuthorityOver } from '../../membership/parse/collection-authority.ts';
import type { PolicyDeps } from './policy-deps.ts';
import type { CollectionBinding } from '../names/binding.ts';

/**
 * What an authority over policy wrote and this device cannot take in: it may forbid anything, so it does, until it can be
 * read or a person settles it. What anybody else wrote, or came through another scope, forbids nothing, and costs one
 * look however much of it is held.
 */
export interface HeldDenials {
  /** Ids of the items that deny, or of some of them where they are many: each denies everything. */
  of(binding: CollectionBinding): readonly string[];
  /** An item is another one now. Answers whether what denies is too. */
  touched(binding: CollectionBinding, item: QuarantineItem): boolean;
  /** A transaction that may have changed them was taken back. */
  forget(): void;
}

/** Whoever looks at a denial sees some that explain it. */
const mostNamed = 8;

interface Known {
  /** Where the membership log stood: who was an authority is another question after it went on. */
  readonly logSequence: number | undefined;
  readonly ids: Set<string>;
}

export function createHeldDenials(deps: PolicyDeps): HeldDenials {
  const known = new Map<string, Known>();
  const logSequence = (binding: CollectionBinding): number | undefined => deps.scopes.serving(binding)?.sequence;

  function knownOf(binding: CollectionBinding): Set<string> | undefined {
    const before = known.get(binding.manifest.collection);
    return before?.logSequence === logSequence(binding) ? before?.ids : undefined;
  }

  function idsOf(binding: CollectionBinding): Set<string> {
    const { collection } = binding.manifest;
    const before = knownOf(binding);
    if (before !== undefined) {
      return before;
    }
    const ids = new Set<string>();
    for (const { items } of pagesOf((cursor) => deps.store.quarantine.listHeld({ cursor, limit: 500 }, collection))) {
      items.filter((item) => denies(deps, binding, item)).forEach(({ id }) => ids.add(id));
    }
    known.set(collection, { logSequence: logSequence(binding), ids });
    return ids;
  }

  return {
    of: (binding) => named(idsOf(binding)),
    touched(binding, item) {
      const ids = knownOf(binding);
      if (ids === undefined) {
        return true;
      }
      const before = named(ids);
      ids.delete(item.id);
      if (item.status === 'held' && denies(deps, binding, item)) {
        ids.add(item.id);
      }
      return named(ids).join(' ') !== before.join(' ');
    },
    forget: () => known.clear(),
  };
}

function named(ids: ReadonlySet<string>): readonly string[] {
  const some: string[] = [];
  for (const id of ids) {
    if (some.length === mostNamed) {
      break;
    }
    some.push(id);
  }
  return some;
}

function denies(deps: PolicyDeps, binding: CollectionBinding, item: QuarantineItem): boolean {
  const scope = deps.scopes.serving(binding);
  const header = scope !== undefined && cannotBeTaken.has(item.reasonCode) ? headerOf(deps, item) : undefined;
  return (
    scope !== undefined &&
    header?.scopeId === scope.scopeId &&
    holdsAuthorityOver(scope, header.deviceId, binding.manifest.collection, header)
  );
}

/** Of the batch that brought a held change; a record of a later format keeps its batch with it. */
function headerOf({ store, reader }: PolicyDeps, { changeId, bytes }: QuarantineItem): BatchHeader | undefined {
  const row = changeId === null ? undefined : store.history.get(changeId);
  const batch = bytes === null ? undefined : decodeBatch(bytes);
  return row === undefined ? (batch?.ok === true ? batch.value.header : undefined) : reader.record(row)?.header;
}

const cannotBeTaken: ReadonlySet<string> = new Set(['schema_unknown', 'migration_required', 'secret_redacted']);
