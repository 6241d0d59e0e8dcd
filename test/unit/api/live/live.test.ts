import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import type { PresenceState } from '../../../../src/api/ports/messages.ts';
import type { CollectionName, RecordId } from '../../../../src/base/ids.ts';
import { createPresenceHost } from '../../../../src/daemon/relays/presence-host.ts';
import { permitted, token } from '../setup-api.ts';
import { cleanUp, note, pad, refused, serve } from './live-world.ts';

afterEach(cleanUp);

describe('live editing', () => {
  it('LC4 two ordinary providers and the HTTP API see each other’s letters', async () => {
    const served = await serve();
    const [one, other] = [served.edit(), served.edit()];
    await Promise.all([one.synced(), other.synced()]);
    expect(other.text().toString()).toBe('ab');
    one.text().insert(1, '-');
    await other.when(() => other.text().toString() === 'a-b');
    other.text().insert(3, '!');
    await one.when(() => one.text().toString() === 'a-b!');
    expect(served.a.fields(pad)).toMatchObject({ text: 'a-b!' });
    await served.call('PATCH', '/v1/collections/presence/records/pad', { text: 'a-b! c' });
    await Promise.all([one, other].map(async (editor) => editor.when(() => editor.text().toString() === 'a-b! c')));
  });

  it('LC3 edits in quick succession are few changes, and none is lost', async () => {
    const served = await serve();
    const [one, other] = [served.edit(), served.edit()];
    await Promise.all([one.synced(), other.synced()]);
    const before = served.a.appended.length;
    const letters = 400;
    for (let index = 0; index < letters; index++) {
      one.text().insert(one.text().length, String(index % 10));
    }
    await other.when(() => other.text().length === 2 + letters);
    expect(served.a.appended.length - before).toBeLessThanOrEqual(3);
    expect(served.a.fields(pad)?.['text']).toBe(one.text().toString());
  });

  it('LC2 what an editor wrote while it was away comes with it', async () => {
    const served = await serve();
    const one = served.edit();
    await one.synced();
    one.provider.disconnect();
    one.text().insert(0, 'away ');
    await served.call('PATCH', '/v1/collections/presence/records/pad', { text: 'ab, meanwhile' });
    one.provider.connect();
    await one.when(() => one.text().toString() === 'away ab, meanwhile');
    const other = served.edit();
    await other.when(() => other.doc.getMap('fields').toJSON()['text'] === 'away ab, meanwhile');
    expect(served.a.fields(pad)).toMatchObject({ text: 'away ab, meanwhile' });
  });

  it('LC6 what was typed last is stored when an editor leaves, and when the daemon stops', async () => {
    const served = await serve();
    const [one, other] = [served.edit(), served.edit()];
    await Promise.all([one.synced(), other.synced()]);
    one.text().insert(2, '1');
    await other.when(() => other.text().toString() === 'ab1');
    // Inside the gathering of the first.
    one.text().insert(3, '2');
    one.provider.disconnect();
    await other.when(() => other.text().toString() === 'ab12');
    const watcher = served.edit();
    await watcher.synced();
    other.text().insert(4, '3');
    // Says behind it, on the same connection, that it has come.
    other.provider.awareness.setLocalState({ typed: true });
    await watcher.when(() => watcher.provider.awareness.getStates().get(other.doc.clientID)?.['typed'] === true);
    const closed = other.closed();
    other.provider.shouldConnect = false;
    watcher.provider.shouldConnect = false;
    await served.stop();
    expect(await closed).toMatchObject({ code: 1001 });
    expect(served.a.fields(pad)).toMatchObject({ text: 'ab123' });
  });

  it('LC3 makes a record that was never written, where what the editor brings is one', async () => {
    const served = await serve();
    const doc = new Y.Doc();
    doc.getMap('fields').set('kind', 'note');
    const editor = served.edit({ record: 'new', doc });
    const other = served.edit({ record: 'new' });
    await other.when(() => other.doc.getMap('fields').get('kind') === 'note');
    expect(served.a.fields(['presence', 'new'])).toEqual({ kind: 'note' });
    editor.close();
  });

  it('LC5 what the record may not become ends the connection of its author alone, with the reason', async () => {
    const served = await serve();
    const [one, other] = [served.edit(), served.edit()];
    await Promise.all([one.synced(), other.synced()]);
    const closed = one.closed();
    one.provider.shouldConnect = false;
    one.doc.getMap('fields').set('kind', 'no kind that there is');
    expect(await closed).toMatchObject({ code: 4422 });
    expect(served.a.fields(pad)).toEqual(note);
    other.text().insert(0, '>');
    const third = served.edit();
    await third.when(() => third.doc.getMap('fields').toJSON()['text'] === '>ab');
  });

  it('LC5 a workspace that is chosen ends them: what an editor has of the other one is not brought along', async () => {
    const served = await serve();
    await served.call('POST', '/v1/scopes', { kind: 'workspace', name: 'team' });
    const editor = served.edit();
    await editor.synced();
    const closed = editor.closed();
    editor.provider.shouldConnect = false;
    await served.call('POST', '/v1/scopes/team/use', { collection: 'presence', execute: true });
    expect(await closed).toMatchObject({ code: 4404 });
    expect(served.a.row(pad)).toBeUndefined();
  });

  it('LC5 a record that is removed ends its connections, and nothing of theirs brings it back', async () => {
    const served = await serve();
    const editor = served.edit();
    await editor.synced();
    const closed = editor.closed();
    editor.provider.shouldConnect = false;
    await served.call('DELETE', '/v1/collections/presence/records/pad');
    expect(await closed).toMatchObject({ code: 4404 });
    expect(await refused(`${served.server}/pad/live`, { authorization: `Bearer ${token}` })).toBe(404);
    expect(served.a.row(pad)?.state).toBe('tombstoned');
  });
});

describe('who may edit live', () => {
  it.each<[string, string, Record<string, string>, string[], number]>([
    ['no token', 'pad/live', {}, [], 401],
    ['a token in the address', `pad/live?token=${token}`, {}, [], 401],
    ['a wrong token as a protocol', 'pad/live', {}, ['sourcesync', 'sourcesync.bearer.wrong'], 401],
    ['a foreign host', 'pad/live', { ...permitted, host: 'evil.example' }, [], 421],
    ['a foreign page', 'pad/live', { ...permitted, origin: 'https://evil.example' }, [], 403],
    ['a bad id', '%00/live', permitted, [], 400],
    ['another collection', '../../shell/records/x/live', permitted, [], 409],
    ['an unknown collection', '../../nope/records/x/live', permitted, [], 404],
    ['a route that is none', 'pad/elsewhere', permitted, [], 501],
    ['a route over HTTP', 'pad', permitted, [], 200],
  ])('LC1 %s is answered over HTTP', async (_name, path, headers, protocols, status) => {
    const served = await serve();
    const { host, ...others } = headers;
    const given = host === undefined || host === 'localhost' ? others : headers;
    expect(await refused(`${served.server}/${path}`, given, protocols)).toBe(status);
  });

  it('LC1 a request that asks for no WebSocket is told to', async () => {
    const served = await serve();
    expect((await served.call('GET', '/v1/collections/presence/records/pad/live')).statusCode).toBe(426);
  });

  it('LC1 a web page offers its token as a protocol, which is not chosen', async () => {
    const served = await serve();
    const origin = 'https://pad.example';
    const added = served.clients.add({
      ...{ name: 'pad', capabilities: ['records.write'], collections: ['presence'], origin },
      ...{ publicKey: null, lifetimeMs: null },
    });
    const own = added.ok ? added.value : undefined;
    const protocols = ['sourcesync', `sourcesync.bearer.${own?.token}`];
    const page = served.edit({ protocols, headers: { origin } });
    await page.synced();
    expect(page.provider.ws?.protocol).toBe('sourcesync');
    expect(await refused(`${served.server}/pad/live`, {}, protocols)).toBe(403);
  });

  it('LC5 a client whose token ends is sent away before it is told or writes anything more', async () => {
    const served = await serve();
    const added = served.clients.add({
      ...{ name: 'pad', capabilities: ['records.write'], collections: ['presence'], origin: null },
      ...{ publicKey: null, lifetimeMs: null },
    });
    const own = added.ok ? added.value : undefined;
    const editor = served.edit({ headers: { authorization: `Bearer ${own?.token}` } });
    await editor.synced();
    served.clients.revoke('pad');
    const closed = editor.closed();
    editor.provider.shouldConnect = false;
    await served.call('PATCH', '/v1/collections/presence/records/pad', { text: 'secret' });
    expect(await closed).toMatchObject({ code: 4401 });
    expect(editor.text().toString()).toBe('ab');
  });

  it('LC1 who may only read cannot edit live', async () => {
    const served = await serve();
    const added = served.clients.add({
      ...{ name: 'eye', capabilities: ['records.read'], collections: 'all', origin: null },
      ...{ publicKey: null, lifetimeMs: null },
    });
    const own = added.ok ? added.value : undefined;
    expect(await refused(`${served.server}/pad/live`, { authorization: `Bearer ${own?.token}` })).toBe(403);
  });
});

describe('presence of editors here', () => {
  it('LC8 editors see each other come, move and go', async () => {
    const served = await serve();
    const [one, other] = [served.edit(), served.edit()];
    const seenOf = (): unknown => other.provider.awareness.getStates().get(one.doc.clientID);
    one.provider.awareness.setLocalState({ at: 1 });
    await other.when(() => JSON.stringify(seenOf()) === '{"at":1}');
    one.provider.awareness.setLocalState({ at: 2 });
    await other.when(() => JSON.stringify(seenOf()) === '{"at":2}');
    const late = served.edit();
    await late.when(() => late.provider.awareness.getStates().has(one.doc.clientID));
    one.provider.disconnect();
    await Promise.all(
      [late, other].map(async ({ when, provider }) =>
        when(() => !provider.awareness.getStates().has(one.doc.clientID)),
      ),
    );
    expect(JSON.stringify([...served.a.disk.log.heads(served.workspace)])).not.toContain('"at"');
  });
});

describe('presence of other devices', () => {
  it('LC8 editors of two devices see each other, until the device is gone', async () => {
    const served = await serve();
    const heard: { readonly deviceId: string; readonly states: readonly PresenceState[] }[] = [];
    const laptop = createPresenceHost({
      ...{ replica: served.b.replica, bindings: served.b.bindings, keys: served.b.keys },
      ...{ nowMs: () => served.clock.nowMs, randomBytes: served.random.bytes },
      whisper: (scopeId, body) => {
        served.presence.whispered(scopeId, body);
      },
    });
    laptop.listen({ told: (told) => heard.push(told), left() {} });
    const editor = served.edit();
    const { awareness } = editor.provider;
    awareness.setLocalState({ at: 'desk' });
    await editor.synced();
    laptop.tell('presence' as CollectionName, 'pad' as RecordId, [{ client: 77, clock: 1, state: '{"at":"laptop"}' }]);
    await editor.when(() => awareness.getStates().get(77)?.['at'] === 'laptop');
    // The desk has answered whoever came.
    await vi.waitUntil(() => served.whispers.length > 0);
    for (const { scopeId, body } of served.whispers) {
      laptop.whispered(scopeId, body);
    }
    expect(heard.at(-1)).toMatchObject({ states: [{ client: editor.doc.clientID, state: '{"at":"desk"}' }] });

    laptop.tell('presence' as CollectionName, 'pad' as RecordId, [{ client: 78, clock: 1, state: '{"at":"there"}' }]);
    await editor.when(() => awareness.getStates().has(78) && !awareness.getStates().has(77));
    served.presence.left(served.b.replica.self);
    await editor.when(() => !awareness.getStates().has(78));
    expect(awareness.getStates().has(editor.doc.clientID)).toBe(true);
    laptop.stop();
  });
});
