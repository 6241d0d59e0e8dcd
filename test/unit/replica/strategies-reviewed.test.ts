import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import { setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { put, rebind } from './strategies-world.ts';

const alias = (body: string): JsonObject => ({ kind: 'alias', name: 'll', body });

describe('manual_review', () => {
  it('34 what another device wrote waits; accepted once, it counts on all', () => {
    const { all: devices, exchange } = setupDevices(3);
    const [a, b, c] = devices as [TestDevice, TestDevice, TestDevice];
    a.put(['shell', 's'], alias('ls'));
    exchange();
    expect(a.fields(['shell', 's'])).toEqual(alias('ls'));
    expect(b.row(['shell', 's'])).toMatchObject({ state: 'absent', fields: null, openReviews: 1 });
    const [item] = b.reviews();
    expect(b.replica.decide([item?.id ?? ''], 'accept')).toMatchObject([{ ok: true, value: { status: 'accepted' } }]);
    exchange();
    for (const device of [a, b, c]) {
      expect(device.fields(['shell', 's'])).toEqual(alias('ls'));
      expect(device.reviews()).toEqual([]);
    }
  });

  it('34 a rejection asks the author to go back, and reverts there by a yes', () => {
    const { a, b, exchange } = setupPair();
    a.put(['shell', 's'], alias('ls'));
    exchange();
    b.replica.decide([b.reviews()[0]?.id ?? ''], 'accept');
    exchange();
    const proposal = a.put(['shell', 's'], alias('rm -r')).version;
    exchange();
    expect(a.fields(['shell', 's'])).toEqual(alias('rm -r'));
    expect(b.fields(['shell', 's'])).toEqual(alias('ls'));
    expect(b.replica.decide([b.reviews()[0]?.id ?? ''], 'reject')).toMatchObject([
      { ok: true, value: { status: 'rejected' } },
    ]);
    exchange();
    expect(a.fields(['shell', 's'])).toEqual(alias('rm -r'));
    a.replica.decide([a.reviews()[0]?.id ?? ''], 'accept');
    exchange();
    for (const device of [a, b]) {
      expect(device.fields(['shell', 's'])).toEqual(alias('ls'));
      expect(device.disk.history.get(proposal)?.disposition).toBe('refused');
    }
  });

  it('34 nobody decides about an own proposal', () => {
    const { a, b, exchange } = setupPair();
    a.put(['shell', 's'], alias('ls'));
    exchange();
    const id = b.reviews()[0]?.id ?? '';
    expect(a.replica.decide([id], 'accept')).toMatchObject([{ ok: false, error: { kind: 'invalid' } }]);
    expect(b.replica.decide([id], 'undo')).toMatchObject([{ ok: false, error: { kind: 'refused' } }]);
    expect(b.reviews()).toHaveLength(1);
  });

  it('35 many items are decided in one call, each with its own answer', () => {
    const { a, b, exchange } = setupPair();
    a.replica.edit(
      'shell' as CollectionName,
      Array.from({ length: 40 }, (_, index) => ({
        id: `s${index}` as RecordId,
        intent: { kind: 'put' as const, fields: alias(`ls ${index}`) },
      })),
    );
    exchange();
    const ids = b.reviews().map(({ id }) => id);
    expect(ids).toHaveLength(40);
    b.appended.length = 0;
    const answers = b.replica.decide([...ids, 'rv_unknown', ids[0] as string], 'accept');
    expect(answers).toHaveLength(42);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(41);
    expect(answers[40]).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(b.appended).toHaveLength(1);
    expect(b.replica.decide([ids[0] as string], 'accept')).toMatchObject([{ ok: false, error: { kind: 'decided' } }]);
    exchange();
    expect(a.disk.records.counts('shell' as CollectionName)).toMatchObject({ live: 40, review: 0 });
  });

  it('35 two proposals about one record, decided in one call, both count', () => {
    const { all: devices, exchange } = setupDevices(3);
    const [a, b, c] = devices as [TestDevice, TestDevice, TestDevice];
    a.put(['shell', 's'], alias('ls'));
    exchange();
    c.replica.decide(
      c.reviews().map(({ id }) => id),
      'accept',
    );
    exchange();
    a.patch(['shell', 's'], { op: 'add', path: '/body', value: 'ls -l' });
    b.patch(['shell', 's'], { op: 'add', path: '/name', value: 'list' });
    exchange();
    const ids = c.reviews().map(({ id }) => id);
    expect(ids).toHaveLength(2);
    c.replica.decide(ids, 'accept');
    expect(c.reviews()).toEqual([]);
    expect(c.fields(['shell', 's'])).toEqual({ kind: 'alias', name: 'list', body: 'ls -l' });
    exchange();
    for (const device of [a, b]) {
      expect(device.fields(['shell', 's'])).toEqual(c.fields(['shell', 's']));
      expect(device.reviews()).toEqual([]);
    }
  });

  it('64 the audit names who decided, and does not call an overtaken question allowed', () => {
    const { a, b, exchange } = setupPair();
    a.write(['shell', 's'], put(alias('ls')), { authorId: 'urn:srcos:agent:one' });
    exchange();
    a.write(['shell', 's'], put(alias('ls -a')), { authorId: 'urn:srcos:agent:one' });
    exchange();
    const events = (type: string) =>
      b.disk.audit
        .read(0, 100)
        .flatMap((event) => (typeof event !== 'string' && event.eventType === type ? [event] : []));
    expect(events('policy.decision.allow')).toEqual([]);
    b.replica.decide([b.reviews()[0]?.id ?? ''], 'accept');
    expect(events('policy.decision.allow')).toMatchObject([{ outcome: 'allow', details: { status: 'accepted' } }]);
    expect(events('policy.decision.allow')[0]?.actorId).toMatch(/^urn:srcos:user:/);
  });
});

describe('quarantine', () => {
  it('40 what arrives has no effect until it is released, in the order of its past', () => {
    const { a, b, exchange } = setupPair();
    a.put(['inbox', 'i'], { producer: 'p', body: 1 });
    a.put(['inbox', 'i'], { producer: 'p', body: 2 });
    exchange();
    expect(b.row(['inbox', 'i'])).toBeUndefined();
    const [first] = b.held();
    expect(b.held()).toMatchObject([{ reasonCode: 'manual_review_required', detail: 'quarantined_on_arrival' }]);
    expect(b.replica.release(first?.id ?? '')).toMatchObject({ ok: true, value: { status: 'released' } });
    expect(b.fields(['inbox', 'i'])).toEqual({ producer: 'p', body: 1 });
    const [second] = b.held();
    expect(second?.id).not.toBe(first?.id);
    expect(b.replica.release(second?.id ?? '').ok).toBe(true);
    expect(b.fields(['inbox', 'i'])).toEqual({ producer: 'p', body: 2 });
    expect(b.replica.release(second?.id ?? '')).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(b.replica.release('qr_unknown')).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });

  it('41 what is dropped stays without effect, also when it is judged again', () => {
    const { a, b, exchange } = setupPair();
    const { version } = a.put(['inbox', 'i'], { producer: 'p', body: 1 });
    exchange();
    const [item] = b.held();
    expect(b.replica.drop(item?.id ?? '')).toMatchObject({ ok: true, value: { status: 'dropped' } });
    expect(b.replica.rejudge('inbox' as CollectionName)).toBe(0);
    expect(b.replica.drop(item?.id ?? '').ok).toBe(false);
    expect(b.row(['inbox', 'i'])).toBeUndefined();
    expect(b.disk.history.get(version)?.disposition).toBe('refused');
    expect(b.held()).toEqual([]);
  });

  it('41 what is dropped takes no part where history is merged again, and what rests on it is judged', () => {
    const { all, send } = setupDevices(3);
    const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
    a.put(['workspace', 'w'], { kind: 'task', title: 'one' });
    send(a, b);
    send(a, c);
    const strict = (binding: CollectionBinding): CollectionBinding => ({
      ...binding,
      validate: (fields) => (fields['title'] === 'bad' ? { ok: false, error: 'bad' } : { ok: true, value: fields }),
    });
    rebind(c, 'workspace', strict);
    b.patch(['workspace', 'w'], { op: 'add', path: '/title', value: 'bad' });
    b.patch(['workspace', 'w'], { op: 'add', path: '/note', value: 'after' });
    send(b, c);
    expect(c.held()).toMatchObject([{ detail: 'record_invalid' }]);
    expect(c.replica.drop(c.held()[0]?.id ?? '').ok).toBe(true);
    expect(c.fields(['workspace', 'w'])).toEqual({ kind: 'task', title: 'one', note: 'after' });
    a.patch(['workspace', 'w'], { op: 'add', path: '/props', value: {} });
    send(a, c);
    expect(c.fields(['workspace', 'w'])).toEqual({ kind: 'task', title: 'one', note: 'after', props: {} });
    expect(c.reviews()).toEqual([]);
  });

  it('36 a re-judgement releases nothing that needs a person', () => {
    const { a, b, exchange } = setupPair();
    a.put(['inbox', 'i'], { producer: 'p', body: 1 });
    exchange();
    expect(b.replica.rejudge('inbox' as CollectionName)).toBe(0);
    b.restart();
    expect(b.replica.rejudge('inbox' as CollectionName)).toBe(0);
    expect(b.held()).toHaveLength(1);
  });
});
