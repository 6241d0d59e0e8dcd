import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import { maximumUpdateBytes } from '../../../src/merge/crdt/crdt-update.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const address = '/v1/collections/presence/records/pad';
const note = { kind: 'note', text: 'ab' };

/** An API with one note, and an editor that holds it. */
async function opened(): Promise<ApiSetup & { editor: Y.Doc; text: Y.Text }> {
  const setup = setupApi();
  expect((await setup.call('PUT', address, note)).statusCode).toBe(200);
  const editor = new Y.Doc();
  Y.applyUpdate(editor, new Uint8Array((await setup.call('GET', `${address}/document`)).rawPayload));
  return { ...setup, editor, text: (editor.getMap('fields') as Y.Map<Y.Text>).get('text') as Y.Text };
}

async function send(
  { call }: ApiSetup,
  update: Uint8Array,
  headers: Record<string, string> = {},
  url: string = address,
): Promise<LightMyRequestResponse> {
  const type = { 'content-type': 'application/octet-stream' };
  return call('POST', `${url}/updates`, Buffer.from(update), { ...type, ...headers });
}

describe('binary updates', () => {
  it('D1, D2 an editor reads the document, writes what is new, and reads what it lacks', async () => {
    const setup = await opened();
    const { call, editor, text } = setup;
    expect(text.toString()).toBe('ab');
    const known = Y.encodeStateVector(editor);
    text.insert(1, '-');
    const written = await send(setup, Y.encodeStateAsUpdate(editor, known));
    expect(written.json()).toMatchObject({ fields: { text: 'a-b' } });
    const whole = await call('GET', `${address}/document`);
    expect(whole.headers).toMatchObject({ 'content-type': 'application/octet-stream', etag: written.headers.etag });
    const missing = await call('GET', `${address}/document?stateVector=${base64urlFromBytes(known)}`);
    expect(missing.rawPayload.length).toBeLessThan(whole.rawPayload.length);
    const late = new Y.Doc();
    Y.applyUpdate(late, new Uint8Array(whole.rawPayload));
    expect(late.getMap('fields').toJSON()).toEqual({ kind: 'note', text: 'a-b' });
  });

  it('what is there already is written once: also a whole document with its deletions', async () => {
    const setup = await opened();
    setup.text.delete(0, 1);
    const whole = Y.encodeStateAsUpdate(setup.editor);
    const first = await send(setup, whole);
    const again = await send(setup, whole);
    expect(again.json()).toEqual(first.json());
    expect((await setup.call('GET', `${address}/history`)).json().items).toHaveLength(2);
  });

  it.each([2 ** 53, -1e300])('a number that is not told from its neighbours, %d: refused in words', async (number) => {
    const setup = await opened();
    const fields = setup.editor.getMap('fields');
    fields.set('data', { list: [1, { number }] });
    const refused = await send(setup, Y.encodeStateAsUpdate(setup.editor));
    expect([refused.statusCode, refused.json().detail]).toEqual([
      422,
      expect.stringContaining(`The number ${number} `),
    ]);
    fields.set('data', { list: [0.1, -0, Number.MAX_SAFE_INTEGER] });
    expect((await send(setup, Y.encodeStateAsUpdate(setup.editor))).statusCode).toBe(200);
  });

  it('makes a record, and nothing of nothing', async () => {
    const setup = setupApi();
    const editor = new Y.Doc();
    expect((await send(setup, Y.encodeStateAsUpdate(editor))).statusCode).toBe(422);
    editor.getMap('fields').set('kind', 'note');
    expect((await send(setup, Y.encodeStateAsUpdate(editor))).json()).toMatchObject({ fields: { kind: 'note' } });
  });

  it('obeys If-Match', async () => {
    const setup = await opened();
    setup.text.insert(0, '!');
    const update = Y.encodeStateAsUpdate(setup.editor);
    expect((await send(setup, update, { 'if-match': `"${'A'.repeat(43)}"` })).statusCode).toBe(412);
    expect((await send(setup, update, { 'if-match': 'x' })).statusCode).toBe(400);
  });

  it.each<[string, Uint8Array]>([
    ['noise', new Uint8Array([1, 2, 3, 255])],
    ['nothing', new Uint8Array()],
    [
      'another root',
      ((): Uint8Array => {
        const other = new Y.Doc();
        other.getText('elsewhere').insert(0, 'x');
        return Y.encodeStateAsUpdate(other);
      })(),
    ],
    [
      'an edit whose beginning is missing',
      ((): Uint8Array => {
        const other = new Y.Doc();
        other.getMap('fields').set('a', 1);
        const before = Y.encodeStateVector(other);
        other.getMap('fields').set('a', 2);
        return Y.encodeStateAsUpdate(other, before);
      })(),
    ],
  ])('%s is refused in words and leaves the document unharmed', async (_name, update) => {
    const setup = await opened();
    const answer = await send(setup, update);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().detail.length).toBeGreaterThan(20);
    expect((await setup.call('GET', address)).json().fields).toEqual(note);
  });

  it('1 MiB is the most that is read', async () => {
    const setup = await opened();
    const answer = await send(setup, new Uint8Array(maximumUpdateBytes + 1));
    expect(answer.statusCode).toBe(413);
    expect(answer.json().detail).toContain('1 MiB');
  });

  it('other content types are refused here, and bytes everywhere else', async () => {
    const setup = await opened();
    expect((await setup.call('POST', `${address}/updates`, {})).statusCode).toBe(415);
    expect((await setup.call('POST', `${address}/updates`)).statusCode).toBe(415);
    const type = { 'content-type': 'application/octet-stream' };
    expect((await setup.call('PUT', address, Buffer.from('{}'), type)).statusCode).toBe(415);
  });

  it.each([
    ['a collection that does not merge by crdt', '/v1/collections/shell/records/x', 409, 422],
    ['an unknown collection', '/v1/collections/nope/records/x', 404, 404],
    ['a bad id', '/v1/collections/presence/records/%00', 400, 400],
  ])('%s has no documents', async (_name, url, read, write) => {
    const setup = setupApi();
    const update = Y.encodeStateAsUpdate(new Y.Doc());
    expect((await setup.call('GET', `${url}/document`)).statusCode).toBe(read);
    expect((await send(setup, update, {}, url)).statusCode).toBe(write);
  });

  it('what is removed, absent or asked for with noise is told in words', async () => {
    const setup = await opened();
    for (const vector of ['%', 'AAA!', base64urlFromBytes(new Uint8Array([200]))]) {
      const url = `${address}/document?stateVector=${encodeURIComponent(vector)}`;
      expect((await setup.call('GET', url)).statusCode).toBe(400);
    }
    await setup.call('DELETE', address);
    expect((await setup.call('GET', `${address}/document`)).statusCode).toBe(404);
    expect((await setup.call('GET', '/v1/collections/presence/records/none/document')).statusCode).toBe(404);
  });

  it('an editor that is behind a removal and brings nothing new does not bring the record back', async () => {
    const setup = await opened();
    await setup.call('DELETE', address);
    await send(setup, Y.encodeStateAsUpdate(setup.editor));
    expect((await setup.call('GET', address)).json().state).toBe('tombstoned');
  });
});
