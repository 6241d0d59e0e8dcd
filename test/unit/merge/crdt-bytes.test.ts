import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { bytesFromBase64url } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import type { RecordRow } from '../../../src/contract/record.ts';
import { strategyOf } from '../../../src/merge/strategies.ts';
import { type Device, createDevice, manifestOf, sharedState } from './world.ts';

const setting = { manifest: manifestOf('crdt'), textPaths: ['/text'] };

const put = (device: Device, fields: JsonObject): LoggedChange => device.write({ kind: 'put', fields }) as LoggedChange;

const sizeOf = ({ value }: LoggedChange): number => bytesFromBase64url((value as { yjs: string }).yjs)?.length ?? 0;

/** The document of a device as an editor has it. */
function edited(device: Device, edit: (fields: Y.Map<unknown>) => void, client = 12): Y.Doc {
  const document = new Y.Doc({ guid: 'x' });
  const stored = device.row()?.document;
  if (stored) {
    Y.applyUpdate(document, stored);
  }
  document.clientID = client;
  document.transact(() => {
    edit(document.getMap('fields'));
  });
  return document;
}

const wholeOf = (document: Y.Doc): Uint8Array => new Uint8Array(Y.encodeStateAsUpdate(document));

describe('10c what is said to be bytes', () => {
  it('is no text: written apart it is one of both, never a mixture', () => {
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    const bytes = (text: string): JsonObject => ({ text, encoding: 'base64' });
    b.receive(put(a, bytes('AAAAAAAA')));
    const left = put(a, bytes('BBAAAAAA'));
    const right = put(b, bytes('AAAAAACC'));
    a.receive(right);
    b.receive(left);
    expect(sharedState(a)).toEqual(sharedState(b));
    expect(['BBAAAAAA', 'AAAAAACC']).toContain(a.row()?.fields?.['text']);
  });

  it('as a text it would be edited in place', () => {
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    b.receive(put(a, { text: 'AAAAAAAA ' }));
    const left = put(a, { text: 'BB AAAAAAAA ' });
    const right = put(b, { text: 'AAAAAAAA CC' });
    a.receive(right);
    b.receive(left);
    expect([a.row()?.fields?.['text'], b.row()?.fields?.['text']]).toEqual(Array(2).fill('BB AAAAAAAA CC'));
  });
});

describe('11a a whole number beyond 2^53 - 1', () => {
  it('is refused where it is written, and read where another device wrote it', () => {
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    b.receive(put(a, { text: '' }));
    const written = (value: number): LoggedChange | undefined =>
      a.write({ kind: 'binary', update: wholeOf(edited(a, (fields) => fields.set('n', value))) });
    expect(written(2 ** 53)).toBeUndefined();
    expect([a.lastRefusal(), a.row()?.fields]).toEqual(['schema_unknown/record_invalid', { text: '' }]);
    const change = written(2 ** 53 - 1) as LoggedChange;
    expect(a.row()?.fields).toEqual({ text: '', n: 2 ** 53 - 1 });
    const update = Buffer.from(wholeOf(edited(a, (fields) => fields.set('n', 2 ** 53), 13))).toString('base64url');
    b.receive({ ...change, value: { yjs: update } });
    expect(b.row()?.fields).toEqual({ text: '', n: 2 ** 53 });
  });
});

describe('14a a binary update', () => {
  it('travels as what the document lacks, however much the editor sends', () => {
    const device = createDevice('A', setting);
    put(device, { text: 'x'.repeat(5000) });
    const document = edited(device, (fields) => fields.set('n', 1));
    const change = device.write({ kind: 'binary', update: wholeOf(document) }) as LoggedChange;
    expect(wholeOf(document).length).toBeGreaterThan(5000);
    expect(sizeOf(change)).toBeLessThan(100);
  });

  it('that brings nothing new is no change, and brings no removed record back', () => {
    const device = createDevice('A', setting);
    const first = put(device, { text: 'hello' });
    const all = wholeOf(edited(device, () => undefined));
    const sent = bytesFromBase64url((first.value as { yjs: string }).yjs) as Uint8Array;
    for (const update of [all, sent]) {
      const before = device.row();
      device.write({ kind: 'binary', update });
      expect(device.row()).toEqual(before);
    }
    device.write({ kind: 'remove' });
    device.write({ kind: 'binary', update: all });
    expect(device.row()).toMatchObject({ state: 'tombstoned', fields: null });
  });
});

it('15 of one content in other bytes comes the same: fields and heads are what is compared', () => {
  const device = createDevice('A', setting);
  const changes = ['o', 'on', 'one', 'one two'].map((text) => put(device, { text }));
  const updates = changes.map(({ value }) => bytesFromBase64url((value as { yjs: string }).yjs) as Uint8Array);
  const row = device.row() as RecordRow;
  const merged = new Uint8Array(Y.mergeUpdates(updates));
  expect(merged).not.toEqual(row.document);

  const other = createDevice('B', setting);
  changes.forEach((change) => other.receive(change));
  const next = other.write({ kind: 'patch', patch: [{ op: 'add', path: '/n', value: 1 }] }) as LoggedChange;
  const plans = [row.document, merged].map((document) =>
    strategyOf('crdt').plan({
      ...{ ...device.context(), row: { ...row, document }, change: next, history: changes, generations: new Map() },
    }),
  );
  const [stored, reencoded] = plans.map((plan) => plan.row && { fields: plan.row.fields, heads: plan.row.heads });
  expect(stored).toEqual({ fields: { text: 'one two', n: 1 }, heads: [next.changeId] });
  expect(reencoded).toEqual(stored);
});
