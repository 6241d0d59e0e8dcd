import * as Y from 'yjs';
import { type GovernedOperation, type GovernedTurn, rowAt } from './governed-turn.ts';
import { token, writeOf } from './turn.ts';
import type { Process } from './process.ts';
import type { CollectionName } from '../../src/base/ids.ts';

const presence = 'presence' as CollectionName;
const documentIds = ['n1', 'n2'] as const;

export const documentWork = {
  update_document: (process, turn) => updateDocument(process, turn),
} as const satisfies Readonly<Record<string, GovernedOperation>>;

/** An editor that works on the document itself sends what it did, in the encoding of Yjs. */
function updateDocument(process: Process, turn: GovernedTurn): boolean {
  const { device, random } = turn;
  const id = random.pick(documentIds);
  const document = new Y.Doc({ guid: 'editor' });
  // Editors draw their client ids from 32 bits.
  document.clientID = 1 + random.below(2 ** 32 - 1);
  const held = rowAt(device, presence, id)?.document ?? null;
  if (held !== null) {
    Y.applyUpdate(document, held);
  }
  const before = Y.encodeStateVector(document);
  const fields = document.getMap('fields');
  document.transact(() => {
    fields.set('kind', 'note');
    const text = fields.get('text');
    if (text instanceof Y.Text) {
      text.insert(random.below(text.length + 1), token(turn));
    } else {
      fields.set('text', new Y.Text(token(turn)));
    }
  });
  // Some send what is new, some all that they have.
  const update = random.chance(0.5) ? Y.encodeStateAsUpdate(document, before) : Y.encodeStateAsUpdate(document);
  document.destroy();
  return process.replica.edit(presence, [writeOf(id, { kind: 'binary', update })])[0]?.ok === true;
}
