import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { newPartOf, openDocument, withUpdate } from '../../../src/merge/crdt/crdt-document.ts';
import { openLiveDocument, stateVectorOf } from '../../../src/merge/crdt/crdt-live.ts';
import { giveDocument, keepDocuments, takeDocument } from '../../../src/merge/crdt/crdt-memo.ts';

const releases: (() => void)[] = [];

afterEach(() => {
  for (const release of releases.splice(0)) {
    release();
  }
});

function hold(): void {
  releases.push(keepDocuments());
}

function bytesOf(letter: string): Uint8Array {
  return Uint8Array.of(letter.charCodeAt(0));
}

/** Edits of two writers who hear of each other now and then, as updates in the order of their arrival. */
const editsOfTwo = fc.array(
  fc.record({
    writer: fc.nat(1),
    at: fc.nat(40),
    insert: fc.string({ minLength: 0, maxLength: 4 }),
    remove: fc.nat(3),
    meets: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);
type Edits = typeof editsOfTwo extends fc.Arbitrary<infer T> ? T : never;

function updatesOf(edits: Edits): { readonly start: Uint8Array; readonly updates: readonly Uint8Array[] } {
  const first = new Y.Doc();
  first.getMap('fields').set('text', new Y.Text('start'));
  const start = Y.encodeStateAsUpdate(first);
  const writers = [1, 2].map((clientID) => {
    const doc = new Y.Doc();
    doc.clientID = clientID;
    Y.applyUpdate(doc, start);
    return doc;
  });
  const updates: Uint8Array[] = [];
  for (const { writer, at, insert, remove, meets } of edits) {
    const doc = writers[writer] as Y.Doc;
    if (meets) {
      updates.forEach((update) => {
        Y.applyUpdate(doc, update);
      });
    }
    const known = Y.encodeStateVector(doc);
    const text = (doc.getMap('fields') as Y.Map<Y.Text>).get('text') as Y.Text;
    const place = Math.min(at, text.length);
    text.delete(place, Math.min(remove, text.length - place));
    text.insert(place, insert);
    updates.push(Y.encodeStateAsUpdate(doc, known));
  }
  return { start, updates };
}

/** The fields after each update, taken as a local write is: the new part drafted, then planned. */
function fieldsAfter({ start, updates }: ReturnType<typeof updatesOf>): readonly unknown[] {
  let document = start;
  return updates.map((update) => {
    const part = newPartOf(document, update);
    const next = part.ok && part.value !== undefined ? withUpdate(document, part.value) : undefined;
    document = next?.ok === true ? next.value.document : document;
    return [part.ok, next?.ok, next?.ok === true ? next.value.fields : null];
  });
}

describe('documents kept while somebody edits', () => {
  it('15a say what documents that are read anew say', () => {
    fc.assert(
      fc.property(editsOfTwo, (edits) => {
        const world = updatesOf(edits);
        const anew = fieldsAfter(world);
        const release = keepDocuments();
        const kept = fieldsAfter(world);
        release();
        expect(kept).toEqual(anew);
      }),
    );
  });

  it('15a none is kept when nobody holds, and none after the last who held', () => {
    giveDocument(bytesOf('a'), null, openDocument(null));
    expect(takeDocument(bytesOf('a'), null)).toBeUndefined();
    const [one, other] = [keepDocuments(), keepDocuments()];
    giveDocument(bytesOf('a'), null, openDocument(null));
    one();
    one();
    giveDocument(bytesOf('b'), null, openDocument(null));
    expect(takeDocument(bytesOf('b'), null)).toBeDefined();
    other();
    expect(takeDocument(bytesOf('a'), null)).toBeUndefined();
  });

  it('15a each is given out once, by its bytes and what was applied since', () => {
    hold();
    const document = openDocument(null);
    giveDocument(bytesOf('a'), bytesOf('u'), document);
    expect(takeDocument(bytesOf('a'), null)).toBeUndefined();
    expect(takeDocument(bytesOf('b'), bytesOf('u'))).toBeUndefined();
    expect(takeDocument(null, bytesOf('u'))).toBeUndefined();
    expect(takeDocument(bytesOf('a'), bytesOf('u'))).toBe(document);
    expect(takeDocument(bytesOf('a'), bytesOf('u'))).toBeUndefined();
  });

  it('15a two for each holder, the oldest goes first', () => {
    hold();
    for (const letter of 'abc') {
      giveDocument(bytesOf(letter), null, openDocument(null));
    }
    expect([...'abc'].map((letter) => takeDocument(bytesOf(letter), null) !== undefined)).toEqual([false, true, true]);
  });

  it('15a an update that is refused leaves nothing behind', () => {
    hold();
    const { start, updates } = updatesOf([
      { writer: 0, at: 0, insert: 'a', remove: 0, meets: false },
      { writer: 0, at: 0, insert: 'b', remove: 0, meets: false },
    ]);
    const late = updates[1] as Uint8Array;
    expect(newPartOf(start, late).ok).toBe(false);
    expect(withUpdate(start, late).ok).toBe(false);
    expect(fieldsAfter({ start, updates }).at(-1)).toEqual([true, true, { text: 'bastart' }]);
  });
});

describe('a live document', () => {
  it('15b takes quick edits as one update, without what was typed and deleted again', () => {
    const { start, updates } = updatesOf([
      { writer: 0, at: 5, insert: 'xy', remove: 0, meets: false },
      { writer: 0, at: 5, insert: '', remove: 2, meets: false },
      { writer: 0, at: 5, insert: 'z', remove: 0, meets: false },
    ]);
    const live = openLiveDocument(start);
    const part = live.absorb(updates);
    const text = Buffer.from((part.ok ? part.value : undefined) ?? []).toString('latin1');
    expect(text).toContain('z');
    expect(text).not.toContain('xy');
    expect(live.absorb(updates)).toEqual({ ok: true, value: undefined });
    live.close();
  });

  it('15a follows a stored document alike, whether it is decoded already or not', () => {
    fc.assert(
      fc.property(editsOfTwo, (edits) => {
        const { start, updates } = updatesOf(edits);
        const [following, reading] = [openLiveDocument(start), openLiveDocument(start)];
        let stored = start;
        for (const update of updates) {
          const next = withUpdate(stored, update);
          stored = next.ok ? next.value.document : stored;
          // The last one that was planned is decoded, and its copy is not.
          expect(following.follow(stored).ok).toBe(true);
          expect(reading.absorb([stored]).ok).toBe(true);
        }
        const [one, other] = [following, reading].map((live) => live.absorb([stored]));
        following.close();
        reading.close();
        expect([one, other]).toEqual([
          { ok: true, value: undefined },
          { ok: true, value: undefined },
        ]);
      }),
    );
  });

  it('15a tells what is new of a stored document that is decoded already', () => {
    const { start, updates } = updatesOf([{ writer: 0, at: 2, insert: 'new', remove: 1, meets: false }]);
    const live = openLiveDocument(start);
    const next = withUpdate(start, updates[0] as Uint8Array);
    const news = live.follow(next.ok ? next.value.document : start);
    const reader = new Y.Doc();
    Y.applyUpdate(reader, start);
    Y.applyUpdate(reader, (news.ok ? news.value : undefined) ?? new Uint8Array());
    expect(reader.getMap('fields').toJSON()).toEqual(next.ok ? next.value.fields : null);
    live.close();
  });

  it('says which fault it was', () => {
    const { start, updates } = updatesOf([
      { writer: 0, at: 0, insert: 'a', remove: 0, meets: false },
      { writer: 0, at: 0, insert: 'b', remove: 0, meets: false },
    ]);
    const incomplete = openLiveDocument(start);
    expect(incomplete.absorb([updates[1] as Uint8Array])).toEqual({ ok: false, error: 'crdt_incomplete' });
    incomplete.close();
    const malformed = openLiveDocument(start);
    expect(malformed.absorb([Uint8Array.of(1, 2, 3)])).toEqual({ ok: false, error: 'crdt_malformed' });
    malformed.close();
  });

  it('what somebody holds is told from the stored document alone', () => {
    const { start } = updatesOf([{ writer: 0, at: 0, insert: '', remove: 0, meets: false }]);
    const live = new Y.Doc();
    Y.applyUpdate(live, start);
    expect(stateVectorOf(start)).toEqual(Y.encodeStateVector(live));
    expect(stateVectorOf(null)).toEqual(Y.encodeStateVector(new Y.Doc()));
  });
});
