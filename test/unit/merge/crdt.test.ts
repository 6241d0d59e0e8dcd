import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import type { ChangeId, DeviceId } from '../../../src/base/ids.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { isRunClientId, mayUseClient, runClientId } from '../../../src/merge/crdt/crdt-client.ts';
import { inspectUpdate, maximumUpdateBytes, updateBytes } from '../../../src/merge/crdt/crdt-update.ts';
import { type Device, changeOf, createDevice, manifestOf } from './world.ts';

const setting = { manifest: manifestOf('crdt'), textPaths: ['/text'] };

function started(): { readonly device: Device; readonly first: LoggedChange } {
  const device = createDevice('A', setting);
  const first = device.write({ kind: 'put', fields: { text: 'hello', n: 1 } }) as LoggedChange;
  return { device, first };
}

function remote(value: JsonValue, parents: readonly string[], by = 'B'): LoggedChange {
  return changeOf(by, 1, { operation: 'patch', parents: parents as ChangeId[], value }, 100, setting);
}

function updateOf(edit: (document: Y.Doc) => void, client = 7, base?: Uint8Array | null): Uint8Array {
  const document = new Y.Doc({ guid: 'x' });
  if (base) {
    Y.applyUpdate(document, base);
  }
  document.clientID = client;
  let update = new Uint8Array([0, 0]);
  document.on('update', (bytes: Uint8Array) => {
    update = new Uint8Array(bytes);
  });
  document.transact(() => edit(document));
  return update;
}

function varUint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 1);

const bad: Readonly<Record<string, Uint8Array>> = {
  'zero bytes': new Uint8Array(),
  'a truncated update': updateOf((document) => document.getMap('fields').set('n', 'a longer value')).slice(0, -6),
  'thirty million claimed structs': new Uint8Array([1, ...varUint(30_000_000), 7, 0]),
  'thirty million claimed clients': new Uint8Array(varUint(30_000_000)),
  'thirty million claimed deletions': new Uint8Array([0, 1, 7, ...varUint(30_000_000)]),
  'trailing bytes': new Uint8Array([...updateOf((document) => document.getMap('fields').set('n', 2)), 0]),
  'a clock near 2^53': new Uint8Array([1, 1, 7, ...varUint(2 ** 53 - 2), 0, 1, 0]),
  'a garbage struct of 2^52 characters': new Uint8Array([1, 1, 7, 0, 0, ...varUint(2 ** 52), 0]),
  'another root': updateOf((document) => document.getMap('other').set('n', 2)),
  'a root of the wrong kind': updateOf((document) => document.getArray('fields').push([1])),
  'a value that is not JSON': updateOf((document) => document.getMap('fields').set('n', new Uint8Array(3))),
  'an array type': updateOf((document) => document.getMap('fields').set('n', new Y.Array())),
  'an undefined value': updateOf((document) => document.getMap('fields').set('n', undefined)),
  'nesting of 5,000 arrays': updateOf((document) => document.getMap('fields').set('n', nested(5000))),
  'a run id of another device': updateOf(
    (document) => document.getMap('fields').set('n', 2),
    runClientId('A' as DeviceId, ['x' as ChangeId], () => false),
  ),
  'binary content hidden behind a deletion': updateOf((document) => {
    document.getMap('fields').set('n', new Uint8Array(3));
  }, 3),
};

describe('11, 12 crdt: malformed updates', () => {
  it.each(Object.entries(bad))('%s is quarantined and leaves the record alone', (_name, update) => {
    const { device, first } = started();
    const before = device.row();
    device.receive(remote({ yjs: base64urlFromBytes(update) }, [first.changeId]));
    expect(device.lastRefusal()).toBe('schema_unknown/crdt_malformed');
    expect(device.row()).toBe(before);
  });

  it('12 missing dependencies are malformed, one by one and in a flood', () => {
    const { device, first } = started();
    const before = device.row();
    const source = new Y.Doc({ guid: 'x' });
    const updates: Uint8Array[] = [];
    source.on('update', (bytes: Uint8Array) => updates.push(bytes));
    for (let count = 0; count < 300; count++) {
      source.getMap('fields').set(`k${count % 7}`, count);
    }
    for (const [index, update] of updates.slice(1).entries()) {
      const flood = remote({ yjs: base64urlFromBytes(update) }, [first.changeId], `B${index}x`);
      device.receive(flood);
      expect(device.disposition(flood)).toBe('waiting');
    }
    expect(device.row()).toBe(before);
  });

  it.each([null, 1, 'x', {}, { yjs: 1 }, { yjs: '*' }, { yjs: 'AAA', more: 1 }])('value %j is malformed', (value) => {
    expect(updateBytes(value)).toEqual({ ok: false, error: 'crdt_malformed' });
  });

  it('an update above 1 MiB is too large, by text and by bytes', () => {
    const { device, first } = started();
    const update = updateOf((document) => document.getMap('fields').set('n', 'x'.repeat(maximumUpdateBytes)));
    expect(inspectUpdate(update)).toEqual({ ok: false, error: 'crdt_too_large' });
    device.receive(remote({ yjs: base64urlFromBytes(update) }, [first.changeId]));
    expect(device.lastRefusal()).toBe('schema_unknown/crdt_too_large');
  });

  it('a document above 8 MiB is too large', () => {
    const device = createDevice('A', setting);
    for (let count = 0; count < 10; count++) {
      device.write({
        kind: count === 0 ? 'put' : 'patch',
        fields: {},
        patch: [{ op: 'add', path: `/k${count}`, value: 'x'.repeat(1_040_000) }],
      } as never);
    }
    expect(device.lastRefusal()).toBe('schema_unknown/crdt_too_large');
    expect(Object.keys(device.row()?.fields ?? {})).toHaveLength(8);
  });

  it('12 one flipped bit never throws and never damages the record', () => {
    const { device, first } = started();
    const good = updateOf((document) => document.getMap('fields').set('title', 'a title'), 9, device.row()?.document);
    for (let bit = 0; bit < good.length * 8; bit++) {
      const flipped = good.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const other = createDevice('C', setting);
      other.receive(first);
      other.receive(remote({ yjs: base64urlFromBytes(flipped) }, [first.changeId]));
      expect(other.row()?.state).toBe('live');
    }
  });
});

describe('crdt: writing', () => {
  it('10 a text edit is one small update, and a pair of surrogates stays whole', () => {
    const { device } = started();
    device.write({ kind: 'patch', patch: [{ op: 'add', path: '/text', value: 'he😀llo' }] });
    const change = device.write({ kind: 'patch', patch: [{ op: 'add', path: '/text', value: 'he😁llo' }] });
    expect(device.row()?.fields?.['text']).toBe('he😁llo');
    expect(JSON.stringify(change?.value).length).toBeLessThan(90);
  });

  it('13 a run of writes keeps its client id, and another place begins another', () => {
    const { device } = started();
    const run = device.row()?.strategyState;
    device.write({ kind: 'patch', patch: [{ op: 'add', path: '/n', value: 2 }] });
    expect(device.row()?.strategyState).toEqual(run);
    device.receive(
      remote({ yjs: base64urlFromBytes(updateOf((d) => d.getMap('fields').set('m', 1))) }, [
        device.row()?.version as string,
      ]),
    );
    device.write({ kind: 'patch', patch: [{ op: 'add', path: '/n', value: 3 }] });
    expect(device.row()?.strategyState).not.toEqual(run);
  });

  it('a run ends with its process: what a copy of the home wrote meanwhile never shares its ids', () => {
    const { device } = started();
    const run = device.row()?.strategyState;
    device.restart();
    device.write({ kind: 'patch', patch: [{ op: 'add', path: '/n', value: 2 }] });
    expect(device.row()?.strategyState).not.toEqual(run);
    const [before, after] = ['one', 'two'].map((process) => runClientId('A' as DeviceId, [process, 'h'], () => false));
    expect(before).not.toBe(after);
  });

  it('13 run ids tell their device apart and are drawn again when used', () => {
    const [mine, theirs] = ['urn:a', 'urn:b'] as DeviceId[] as [DeviceId, DeviceId];
    const id = runClientId(mine, ['h' as ChangeId], () => false);
    expect(isRunClientId(id) && Number.isSafeInteger(id)).toBe(true);
    expect(mayUseClient(mine, id)).toBe(true);
    expect(mayUseClient(theirs, id)).toBe(false);
    expect(runClientId(mine, ['h' as ChangeId], (client) => client === id)).not.toBe(id);
  });

  it("an editor's binary update is taken, one under a run id is refused", () => {
    const { device } = started();
    const edit = (d: Y.Doc): unknown => d.getMap('fields').set('m', 1);
    device.write({ kind: 'binary', update: updateOf(edit, 12, device.row()?.document) });
    expect(device.row()?.fields?.['m']).toBe(1);
    device.write({ kind: 'binary', update: updateOf(edit, runClientId('A' as DeviceId, [], () => false) + 1) });
    expect(device.lastRefusal()).toBe('schema_unknown/crdt_malformed');
  });

  it('a dangerous field of another device holds the whole change', () => {
    const gated = { ...setting, manifest: manifestOf('crdt', { dangerousFields: ['m'] }) };
    const device = createDevice('A', gated);
    const first = device.write({ kind: 'put', fields: { text: '' } }) as LoggedChange;
    device.receive(
      remote({ yjs: base64urlFromBytes(updateOf((d) => d.getMap('fields').set('m', 1))) }, [first.changeId]),
    );
    expect(device.lastRefusal()).toBe('manual_review_required/dangerous_field');
    expect(device.row()?.fields).toEqual({ text: '' });
  });

  it('14 removing twice and patching what is gone are refused; a put begins anew', () => {
    const { device } = started();
    device.write({ kind: 'remove' });
    expect(device.write({ kind: 'remove' })).toBeUndefined();
    expect(device.write({ kind: 'patch', patch: [] })).toBeUndefined();
    device.write({ kind: 'put', fields: { text: 'again' } });
    expect(device.row()?.fields).toEqual({ text: 'again' });
  });
});
