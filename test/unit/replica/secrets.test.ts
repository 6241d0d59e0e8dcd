import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { plantedSecrets } from '../../helpers/planted-secrets.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';
import { setupArrival } from '../bad-input/arrival.ts';

const token = plantedSecrets.find(([rule]) => rule === 'github')?.[1] as string;
const node = ['workspace', 'w'] as const;
const reference = { $secretRef: expect.stringMatching(/^urn:srcos:secret:[a-z2-7]+$/) };

/** All that a device keeps outside of its vault, and all that it sent. */
function traces(device: TestDevice): string {
  const { disk } = device;
  const rows = ['workspace', 'models', 'shell', 'presence'].flatMap(
    (name) => disk.records.list(name as never, everyItem, 'live').items,
  );
  return JSON.stringify([rows, disk.audit.read(0, 1000), device.events, device.reviews(), device.held()]);
}

describe('a raw secret in a local write', () => {
  it('240 goes into the vault where it is a whole value, and a reference takes its place; told by id alone', () => {
    const { a } = setupArrival();
    const row = a.put(node, { kind: 'task', title: 't', props: { token, tokens: [token, 'words'] } });
    expect(row.fields).toEqual({ kind: 'task', title: 't', props: { token: reference, tokens: [reference, 'words'] } });
    const [id] = a.disk.vault.list();
    expect(a.disk.vault.list()).toHaveLength(1);
    expect(a.disk.vault.get(id as never)).toMatchObject({ value: token, kind: 'redacted' });
    expect(a.disk.audit.read(0, 100)).toContainEqual(
      expect.objectContaining({ reasonCode: 'secret_redacted', details: { secrets: [`urn:srcos:secret:${id}`] } }),
    );
    expect(traces(a)).not.toContain(token);
  });

  it('240 and so in a variable of the shell, whose record has room for a reference', () => {
    const { a } = setupArrival();
    const row = a.put(['shell', 's'], { kind: 'env', name: 'TOKEN', body: token });
    expect(row.fields).toEqual({ kind: 'env', name: 'TOKEN', body: reference });
  });

  it('240 and so in a patch; the same secret makes one entry, and writing it again changes nothing', () => {
    const { a } = setupArrival();
    a.put(node, { kind: 'task', title: 't' });
    const first = a.patch(node, { op: 'add', path: '/props', value: { token } });
    expect(first.fields?.['props']).toEqual({ token: reference });
    const again = a.put(node, { kind: 'task', title: 't', props: { token } });
    expect(again.version).toBe(first.version);
    expect(a.disk.vault.list()).toHaveLength(1);
  });

  it.each([
    ['where the schema wants text', ['shell', 's'], { kind: 'env', name: token, body: 'x' }, '/name'],
    ['inside of words', node, { kind: 'task', title: 't', props: { text: `my token is ${token}` } }, '/props/text'],
    ['as a name', node, { kind: 'task', title: 't', props: { [token]: 1 } }, '/props'],
    ['as the id of a record', ['workspace', token], { kind: 'task', title: 't' }, ''],
    ['in a shared text', ['presence', 'p'], { kind: 'note', text: token }, '/text'],
  ] as const)('241 refuses the write %s, says where and never what', (_what, place, fields, pointer) => {
    const { a } = setupArrival();
    const refused = a.write([place[0], place[1]], { kind: 'put', fields });
    expect(refused).toMatchObject({ ok: false, error: { refusal: { reasonCode: 'secret_redacted' } } });
    expect(JSON.stringify(refused)).toContain(pointer);
    expect(JSON.stringify(refused)).not.toContain(token);
    expect([a.row(place), a.disk.vault.list(), a.appended]).toEqual([undefined, [], []]);
    expect(traces(a)).not.toContain(token);
  });

  it('241 refuses it where that is configured, and where the writer keeps a copy of its own', () => {
    const { a } = setupArrival();
    const put = { kind: 'put', fields: { kind: 'task', title: 't', props: { token } } } as const;
    expect(a.write(node, put, { secrets: 'refuse' })).toMatchObject({ ok: false });
    a.secretMode = 'refuse';
    expect(a.write(node, put)).toMatchObject({ ok: false, error: { refusal: { reasonCode: 'secret_redacted' } } });
    expect(a.disk.vault.list()).toEqual([]);
  });

  it('242 a text that is completed letter by letter is refused with the letter that completes it', () => {
    const { a } = setupArrival();
    const note = ['presence', 'p'] as const;
    a.put(note, { kind: 'note', text: token.slice(0, -1) });
    const refused = a.write(note, { kind: 'put', fields: { kind: 'note', text: token } });
    expect(refused).toMatchObject({ ok: false, error: { refusal: { reasonCode: 'secret_redacted' } } });
    expect(a.fields(note)).toEqual({ kind: 'note', text: token.slice(0, -1) });
  });

  it('243 no record, log, audit row or event holds a planted secret, wherever it was written', () => {
    const planted = fc.constantFrom(...plantedSecrets.map(([, text]) => text));
    const held = fc.oneof(
      planted.map((secret) => ({ secret, value: secret as unknown })),
      planted.map((secret) => ({ secret, value: [{ deep: { secret } }] as unknown })),
      fc.tuple(planted, fc.lorem()).map(([secret, words]) => ({ secret, value: `${words} ${secret}` as unknown })),
    );
    fc.assert(
      fc.property(held, ({ secret, value }) => {
        const { a, b, workspace } = setupArrival();
        const written = a.write(node, { kind: 'put', fields: { kind: 'task', title: 't', props: { value } } as never });
        b.replica.receive(
          workspace,
          a.appended.map(({ batch }) => batch.bytes),
        );
        const inJson = JSON.stringify(secret).slice(1, -1);
        expect(`${traces(a)}${traces(b)}${JSON.stringify(written)}`).not.toContain(inJson);
        expect(b.disk.vault.list()).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a raw secret in a change of another device', () => {
  function arrive() {
    const setup = setupArrival();
    const { a, b, workspace } = setup;
    const records = [
      craftChange({ objectId: 'bad', value: { kind: 'task', title: `see ${token}` } }),
      craftChange({ objectId: 'good' }),
    ];
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, records }).bytes]);
    return setup;
  }

  it('244 is held by itself, and the reason says where and never what', () => {
    const { b } = arrive();
    expect(b.held()).toMatchObject([{ recordId: 'bad', reasonCode: 'secret_redacted' }]);
    expect([b.row(['workspace', 'bad']), b.row(['workspace', 'good'])?.state]).toEqual([undefined, 'live']);
    expect(traces(b)).not.toContain(token);
  });

  it('244 no judging again lets it in, but a person does', () => {
    const { b } = arrive();
    expect(b.replica.rejudge('workspace' as never)).toBe(0);
    const [item] = b.held();
    expect(b.replica.release(item?.id ?? '')).toMatchObject({ ok: true, value: { status: 'released' } });
    expect(b.fields(['workspace', 'bad'])).toMatchObject({ title: `see ${token}` });
    expect(b.patch(['workspace', 'bad'], { op: 'add', path: '/props', value: { a: 1 } }).state).toBe('live');
  });

  it('244 a write that names it is refused, though the fields that are meant hold it no longer', () => {
    const { a, b, workspace } = setupArrival();
    const value = { kind: 'task', title: 't', props: { [token]: 1, other: 2 } };
    const records = [craftChange({ objectId: 'bad', value })];
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, records }).bytes]);
    expect(b.replica.release(b.held()[0]?.id ?? '').ok).toBe(true);
    const without = b.write(['workspace', 'bad'], { kind: 'put', fields: { ...value, props: { other: 2 } } });
    expect(without).toMatchObject({ ok: false, error: { refusal: { reasonCode: 'secret_redacted' } } });
  });

  it.each([
    ['a name', { value: { kind: 'task', title: 't', props: { [token]: 1 } } }],
    ['an id', { objectId: token }],
    ['a patch', { operation: 'patch', value: [{ op: 'add', path: '/title', value: token }] }],
    ['a command', { operation: 'command', value: { decision: 'merge', note: token } }],
  ] as const)('244 also in %s', (_what, change) => {
    const { a, b, workspace } = setupArrival();
    const records = [craftChange(change as Parameters<typeof craftChange>[0])];
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, records }).bytes]);
    expect(b.held()).toMatchObject([{ reasonCode: 'secret_redacted' }]);
    expect(b.held()[0]?.message).not.toContain(token);
  });
});
