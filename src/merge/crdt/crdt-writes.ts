import * as Y from 'yjs';
import type { ChangeId } from '../../base/ids.ts';
import { pointerTo } from '../../base/json-pointer.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ChangeGraph } from '../values/causal.ts';
import { openDocument } from './crdt-document.ts';

/** One place that a change wrote, as a JSON pointer. */
export interface CrdtWrite {
  readonly path: string;
  /** True for a text that was begun there, or edited: texts have a merge of their own. */
  readonly isText: boolean;
}

/**
 * What each change beyond the common line wrote where its author stood. Every update is applied once, to the document
 * that its author had; a document is copied only where the record's history forks. Nothing, where Yjs gives up on one.
 * @param updateOf the inspected update of a change; undefined for one that brings none
 * @param lineDocument the document at the end of the common line
 */
export function writesBeyondLine(
  graph: ChangeGraph,
  updateOf: (change: LoggedChange) => Uint8Array | undefined,
  lineDocument: Uint8Array | undefined,
): ReadonlyMap<ChangeId, readonly CrdtWrite[]> {
  const writes = new Map<ChangeId, readonly CrdtWrite[]>();
  const documents = authorsDocuments(graph, lineDocument ?? null);
  try {
    for (const change of graph.ordered.slice(graph.lineLength)) {
      const document = documents.before(change);
      const update = updateOf(change);
      writes.set(change.changeId, update === undefined ? [] : applied(document, update));
      documents.keep(change, document);
    }
    return writes;
  } catch {
    return new Map();
  } finally {
    documents.close();
  }
}

/** Documents as authors had them, each kept for as long as a change that stands on it is still to come. */
function authorsDocuments(graph: ChangeGraph, lineDocument: Uint8Array | null) {
  const after = new Map<ChangeId, Y.Doc>();
  const awaited = new Map<ChangeId, number>();
  for (const parent of graph.ordered.slice(graph.lineLength).flatMap((change) => graph.parentsOf(change))) {
    awaited.set(parent.changeId, (awaited.get(parent.changeId) ?? 0) + 1);
  }

  /** The document of a parent; given away by the last who asks. */
  function taken(id: ChangeId): { readonly document: Y.Doc; readonly isLast: boolean } | undefined {
    const document = after.get(id);
    const left = (awaited.get(id) ?? 1) - 1;
    awaited.set(id, left);
    if (left === 0) {
      after.delete(id);
    }
    return document && { document, isLast: left === 0 };
  }

  return {
    before(change: LoggedChange): Y.Doc {
      const [first, ...others] = graph.parentsOf(change).flatMap(({ changeId }) => taken(changeId) ?? []);
      const document =
        first?.isLast === true
          ? first.document
          : openDocument(first === undefined ? lineDocument : Y.encodeStateAsUpdate(first.document));
      for (const other of others) {
        Y.applyUpdate(document, Y.encodeStateAsUpdate(other.document));
        if (other.isLast) {
          other.document.destroy();
        }
      }
      return document;
    },
    keep(change: LoggedChange, document: Y.Doc): void {
      if (awaited.has(change.changeId)) {
        after.set(change.changeId, document);
      } else {
        document.destroy();
      }
    },
    close: () => after.forEach((document) => document.destroy()),
  };
}

/** What an update changes of a document, which it is applied to. */
function applied(document: Y.Doc, update: Uint8Array): readonly CrdtWrite[] {
  const writes: CrdtWrite[] = [];
  document.once('afterTransaction', ({ changed }: Y.Transaction) => {
    for (const [type, names] of changed) {
      const path = pathOf(type);
      if (path !== undefined && type instanceof Y.Map) {
        writes.push(...[...names].flatMap((name) => (name === null ? [] : writeOf(type, path, name))));
      } else if (path !== undefined) {
        writes.push({ path, isText: true });
      }
    }
  });
  Y.applyUpdate(document, update);
  return writes;
}

function writeOf(map: Y.Map<unknown>, parent: string, name: string): CrdtWrite {
  return { path: pointerTo(parent, name), isText: map.get(name) instanceof Y.Text };
}

/** Undefined for what stands in nothing that is there. */
function pathOf({ _item }: Pick<Y.AbstractType<unknown>, '_item'>): string | undefined {
  const names: string[] = [];
  for (let item = _item; item !== null; ) {
    if (item.deleted || item.parentSub === null) {
      return undefined;
    }
    names.push(item.parentSub);
    item = (item.parent as Y.AbstractType<unknown>)._item;
  }
  return names.reverse().reduce(pointerTo, '');
}
