import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { answerMessage, askMessage, presenceMessage, updateMessage } from '../../../../src/api/ports/messages.ts';
import { maximumUpdateBytes } from '../../../../src/merge/crdt/crdt-update.ts';
import { token } from '../setup-api.ts';
import { cleanUp, cleanups, note, pad, refused, serve, type Served } from './live-world.ts';

afterEach(cleanUp);

/** A socket that says what no provider says; resolves with the close frame. */
async function closeAfter(
  { server }: Served,
  messages: readonly (Uint8Array | string)[],
): Promise<{ code: number; reason: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server}/pad/live`, { headers: { authorization: `Bearer ${token}` } });
    socket.once('open', () => {
      for (const message of messages) {
        socket.send(message);
      }
    });
    socket.once('close', (code, reason) => {
      resolve({ code, reason: reason.toString('utf8') });
    });
    socket.once('error', reject);
  });
}

describe('bad editors', () => {
  const answered = answerMessage(Uint8Array.of(0, 0));

  function updateOf(edit: (doc: Y.Doc) => void, client?: number): Uint8Array {
    const doc = new Y.Doc();
    if (client !== undefined) {
      doc.clientID = client;
    }
    edit(doc);
    return Y.encodeStateAsUpdate(doc);
  }

  const missing = ((): Uint8Array => {
    const doc = new Y.Doc();
    doc.getMap('fields').set('a', 1);
    const before = Y.encodeStateVector(doc);
    doc.getMap('fields').set('a', 2);
    return Y.encodeStateAsUpdate(doc, before);
  })();

  it.each<[string, readonly (Uint8Array | string)[], number]>([
    ['text', ['hello'], 1003],
    ['no message at all', [new Uint8Array()], 4400],
    ['noise', [Uint8Array.of(9, 9, 9)], 4400],
    ['zero bytes for an update', [answered, updateMessage(new Uint8Array())], 4400],
    [
      'a truncated update',
      [answered, updateMessage(updateOf((doc) => doc.getText('x').insert(0, 'abc')).subarray(0, 9))],
      4400,
    ],
    ['30 million claimed structs', [answered, updateMessage(Uint8Array.of(1, 0x80, 0x87, 0xa7, 0x0e, 1, 0))], 4400],
    ['bytes behind an update', [answered, updateMessage(Uint8Array.of(0, 0, 0))], 4400],
    ['another root', [answered, updateMessage(updateOf((doc) => doc.getText('x').insert(0, 'abc')))], 4400],
    [
      'a kind that records have not',
      [answered, updateMessage(updateOf((doc) => doc.getMap('fields').set('a', new Y.XmlText())))],
      4400,
    ],
    [
      'a foreign client id',
      [answered, updateMessage(updateOf((doc) => doc.getMap('fields').set('a', 1), 2 ** 52 + 1))],
      4422,
    ],
    ['edits whose beginning is missing', [answered, ...Array.from({ length: 50 }, () => updateMessage(missing))], 4409],
    ['an unreadable state vector', [Uint8Array.of(0, 0, 1, 200)], 4400],
    ['an update that is too large', [new Uint8Array(maximumUpdateBytes + 100)], 1009],
  ])('LC5 %s closes the connection and leaves the record as it was', async (_name, messages, code) => {
    const served = await serve();
    expect((await closeAfter(served, messages)).code).toBe(code);
    expect(served.a.fields(pad)).toEqual(note);
    const editor = served.edit();
    await editor.synced();
    expect(editor.text().toString()).toBe('ab');
    expect(served.faults).toEqual([]);
  });

  it('LC2 edits wait until the editor has answered, so that none comes before its beginning', async () => {
    const served = await serve();
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    doc.getMap('fields').set('data', 1);
    doc.getMap('fields').set('data', { x: 2 });
    const other = served.edit();
    await other.synced();
    const socket = new WebSocket(`${served.server}/pad/live`, { headers: { authorization: `Bearer ${token}` } });
    cleanups.push(() => {
      socket.terminate();
    });
    socket.once('open', () => {
      socket.send(updateMessage(updates[1] as Uint8Array));
      socket.send(answerMessage(Y.encodeStateAsUpdate(doc)));
    });
    await other.when(() => other.doc.getMap('fields').has('data'));
    expect(served.a.fields(pad)?.['data']).toEqual({ x: 2 });
  });

  it('LC7 at most 64 editors are open at one record', async () => {
    const served = await serve();
    const sockets = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const socket = new WebSocket(`${served.server}/pad/live`, { headers: { authorization: `Bearer ${token}` } });
        cleanups.push(() => {
          socket.terminate();
        });
        await new Promise((resolve) => socket.once('open', resolve));
        return socket;
      }),
    );
    const more = { authorization: `Bearer ${token}` };
    expect(await refused(`${served.server}/pad/live`, more)).toBe(429);
    const gone = sockets[0] as WebSocket;
    await new Promise((resolve) => {
      gone.once('close', resolve);
      gone.close();
    });
    const editor = served.edit();
    await editor.synced();
  });
});

describe('a daemon in trouble', () => {
  it('LC6 a write that fails ends the connections, and the editors bring it again', async () => {
    const trouble = { isFull: true };
    const served = await serve((control) => ({
      ...control,
      edit: async (collection, writes) => {
        if (trouble.isFull) {
          throw new Error('the disk is full');
        }
        return control.edit(collection, writes);
      },
    }));
    const [one, other] = [served.edit(), served.edit()];
    await Promise.all([one.synced(), other.synced()]);
    const closed = one.closed();
    one.text().insert(2, '!');
    expect(await closed).toMatchObject({ code: 1011 });
    expect(served.faults).toHaveLength(1);
    expect(served.a.fields(pad)).toEqual(note);
    trouble.isFull = false;
    await other.when(() => other.doc.getMap('fields').toJSON()['text'] === 'ab!');
    expect(served.a.fields(pad)).toMatchObject({ text: 'ab!' });
  });

  it('LC4 after a refusal others still hear all that follows', async () => {
    const served = await serve();
    const [one, other] = [served.edit(), served.edit()];
    await Promise.all([one.synced(), other.synced()]);
    one.provider.shouldConnect = false;
    const closed = one.closed();
    one.doc.getMap('fields').set('kind', 'no kind that there is');
    await closed;
    await served.call('PATCH', '/v1/collections/presence/records/pad', { text: 'ab, and more' });
    await other.when(() => other.text().toString() === 'ab, and more');
    expect(other.doc.getMap('fields').get('kind')).toBe('note');
  });

  it.each([
    ['a question', askMessage(Uint8Array.of(0))],
    ['a question who is there', Uint8Array.of(3)],
    ['where an editor is', presenceMessage([])],
  ])('LC5 %s of a client that has ended is not answered', async (_name, message) => {
    const served = await serve();
    const added = served.clients.add({
      ...{ name: 'pad', capabilities: ['records.write'], collections: ['presence'], origin: null },
      ...{ publicKey: null, lifetimeMs: null },
    });
    const authorization = `Bearer ${added.ok ? added.value.token : ''}`;
    const editor = served.edit({ headers: { authorization } });
    await editor.synced();
    editor.provider.shouldConnect = false;
    const closed = editor.closed();
    served.clients.revoke('pad');
    editor.provider.ws?.send(message);
    expect(await closed).toMatchObject({ code: 4401 });
  });
});
