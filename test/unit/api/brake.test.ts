import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Write } from '../../../src/replica/names/write.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { setupApi } from './setup-api.ts';

const presence = 'presence' as CollectionName;
const url = '/v1/collections/presence/records';

interface Held {
  readonly brake: { readonly reviewId: string; readonly records: readonly string[] };
}

describe('mass changes over the API', () => {
  it('168 a call that would take too much away is held: 409 with what it would do, and a question', async () => {
    const { call, a } = setupApi();
    fill(a, 40);
    const refused = await call('POST', url, { items: [...itemsOf(30, 'empty'), ...itemsOf(38, 'other').slice(30)] });
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({
      reasonCode: 'manual_review_required/brake_mass_change',
      detail: expect.stringContaining('empty 30 and replace 8 of 40 records, where 36 may go unasked') as unknown,
      brake: { live: 40, removals: 0, replacements: 38, allowed: 36 },
    });
    const { reviewId, records } = refused.json<Held>().brake;
    expect(records).toHaveLength(20);
    expect([a.fields(['presence', 'r0']), a.appended.length]).toEqual([fieldsOf('first', 0), 1]);
    expect((await call('GET', '/v1/reviews')).json()).toMatchObject({
      items: [{ id: reviewId, kind: 'brake', recordId: '*' }],
    });
    expect((await call('GET', '/v1/engines/sourceos.sync.presence')).json()).toMatchObject({
      state: 'review_required',
      counts: { live: 40, review: 1 },
    });
    expect(a.events.filter(({ type }) => type === 'brake.held')).toHaveLength(1);
  });

  it('168 accepted it is made, once, over a restart too', async () => {
    const { call, a } = setupApi();
    fill(a, 40);
    const { reviewId } = (await call('POST', url, { items: itemsOf(40, 'other') })).json<Held>().brake;
    a.restart();
    expect(a.replica.decide([reviewId], 'accept')).toMatchObject([{ ok: true, value: { status: 'accepted' } }]);
    expect(a.fields(['presence', 'r39'])).toEqual(fieldsOf('other', 39));
    expect([a.reviews(), a.replica.isBraking(presence)]).toEqual([[], false]);
    expect(a.replica.restorePoints()).toMatchObject([{ cause: 'brake', collection: 'presence' }]);
  });

  it('168 rejected it is forgotten', async () => {
    const { call, a } = setupApi();
    fill(a, 40);
    const { reviewId } = (await call('POST', url, { items: itemsOf(40, 'other') })).json<Held>().brake;
    expect((await call('POST', `/v1/reviews/${reviewId}/reject`)).json()).toMatchObject({ status: 'rejected' });
    expect((await call('POST', `/v1/reviews/${reviewId}/accept`)).statusCode).toBe(409);
    expect([a.fields(['presence', 'r0']), a.reviews()]).toEqual([fieldsOf('first', 0), []]);
  });

  it('168 repeated it is the same question, and another call joins it', async () => {
    const { call, a } = setupApi();
    fill(a, 40);
    const ids: string[] = [];
    for (const items of [itemsOf(38, 'other'), itemsOf(38, 'other'), itemsOf(40, 'third')]) {
      ids.push((await call('POST', url, { items })).json<Held>().brake.reviewId);
    }
    expect(new Set(ids).size).toBe(1);
    expect(a.reviews()[0]?.summary).toContain('replace 40 of 40 records, by a call of this device,');
    a.replica.decide([ids[0] ?? ''], 'accept');
    expect([a.fields(['presence', 'r0']), a.fields(['presence', 'r39'])]).toEqual([
      fieldsOf('third', 0),
      fieldsOf('third', 39),
    ]);
  });

  it('168 repeated with confirm it is written, waits no longer, and the window ends', async () => {
    const { call, a } = setupApi();
    fill(a, 40);
    await call('POST', url, { items: itemsOf(40, 'other') });
    const written = await call('POST', url, { items: itemsOf(40, 'other'), confirm: true });
    expect(written.json()).toEqual({ written: 40, failed: [] });
    expect([a.fields(['presence', 'r0']), a.reviews()]).toEqual([fieldsOf('other', 0), []]);
    expect((await call('POST', url, { items: itemsOf(36, 'empty') })).statusCode).toBe(200);
  });

  it.each([
    ['as many losses as may be', [...itemsOf(36, 'empty')], 36],
    ['edits of every record', itemsOf(40, 'edited'), 40],
    ['records that say the same', itemsOf(40, 'first'), 40],
    ['new records', itemsOf(40, 'first').map((item) => ({ ...item, id: `new ${item.id}` })), 40],
  ])('168 %s need no word', async (_name, items, written) => {
    const { call, a } = setupApi();
    fill(a, 40);
    expect((await call('POST', url, { items })).json()).toEqual({ written, failed: [] });
  });

  it('a confirmation that is no yes or no is refused', async () => {
    const { call, a } = setupApi();
    fill(a, 40);
    expect((await call('POST', url, { items: itemsOf(2, 'other'), confirm: 'yes' })).statusCode).toBe(400);
    expect(a.fields(['presence', 'r0'])).toEqual(fieldsOf('first', 0));
  });

  it('168 single writes are never stopped, and count', async () => {
    const { call, a } = setupApi();
    fill(a, 40);
    for (const { id } of itemsOf(36, '')) {
      expect((await call('DELETE', `${url}/${id}`)).statusCode).toBe(200);
    }
    const two = itemsOf(38, 'empty').slice(36);
    expect((await call('POST', url, { items: two })).json()).toMatchObject({
      detail: expect.stringContaining('empty 2 of 40 records, after 36 others') as unknown,
    });
    expect((await call('DELETE', `${url}/r39`)).statusCode).toBe(200);
  });

  it('168 calls that come together are looked at each by itself', async () => {
    const { call, a } = setupApi();
    fill(a, 40);
    const [many, ...single] = await Promise.all([
      call('POST', url, { items: itemsOf(40, 'other') }),
      ...itemsOf(30, 'edited').map(({ id, fields }) => call('PUT', `${url}/${id}`, fields)),
    ]);
    expect(many?.statusCode).toBe(409);
    expect(single.map(({ statusCode }) => statusCode)).toEqual(single.map(() => 200));
    expect(a.fields(['presence', 'r0'])).toEqual(fieldsOf('edited', 0));
  });

  it('what another device would do is shown and decided in the review queue', async () => {
    const { call, a, b, clock, exchange } = setupApi();
    fill(b, 40);
    exchange();
    clock.nowMs += 3 * 3_600_000;
    b.replica.edit(presence, removals(38), true);
    exchange();
    const { items } = (await call('GET', '/v1/reviews?collection=presence')).json<{ items: { id: string }[] }>();
    expect(items).toMatchObject([{ kind: 'brake', recordId: '*', reasonCode: 'manual_review_required' }]);
    const id = items[0]?.id ?? '';
    expect((await call('GET', `/v1/reviews/${id}`)).json()).toMatchObject({
      kind: 'brake',
      status: 'open',
      summary: expect.stringContaining('delete 38 of 40') as unknown,
    });
    expect((await call('POST', `/v1/reviews/${id}/reject`)).json()).toMatchObject({ status: 'rejected' });
    expect((await call('POST', `/v1/reviews/${id}/accept`)).statusCode).toBe(409);
    expect(a.disk.records.counts(presence).live).toBe(40);
  });
});

describe('a call of the replica', () => {
  it.each([
    // live, removed by one call, whether it is held
    [40, 36, false],
    [40, 37, true],
    [220, 110, false],
    [220, 111, true],
    [10, 10, false],
    [1, 1, false],
  ])('168 of %i live records %i are removed: %s', (live, count, isHeld) => {
    const { a } = setupApi();
    fill(a, live);
    const results = a.replica.edit(presence, removals(count));
    expect(results.every(({ ok }) => ok === !isHeld)).toBe(true);
    expect(a.replica.isBraking(presence)).toBe(isHeld);
  });

  it('168 is held as a whole, with what it would have added', () => {
    const { a, exchange, b } = setupApi();
    fill(a, 40);
    const more: Write = { id: 'new' as RecordId, intent: { kind: 'put', fields: fieldsOf('new', 0) } };
    const refused = a.replica.edit(presence, [...removals(40), more]);
    expect(refused).toHaveLength(41);
    for (const result of refused) {
      expect(result).toMatchObject({ ok: false, error: { kind: 'mass_change', preview: { removals: 40 } } });
    }
    a.replica.decide([a.reviews()[0]?.id ?? ''], 'accept');
    expect([a.disk.records.counts(presence).live, a.fields(['presence', 'new'])]).toEqual([1, fieldsOf('new', 0)]);
    exchange();
    expect(b.disk.records.counts(presence).live).toBe(1);
  });

  it('168 that names a record twice takes it away once, and an unknown collection has no brake', () => {
    const { a } = setupApi();
    fill(a, 40);
    expect(a.replica.heldCall(presence, [...removals(36), ...removals(36)])).toBeUndefined();
    expect(a.replica.heldCall('nowhere' as CollectionName, removals(50))).toBeUndefined();
  });

  it('168 with a secret in it is refused and kept nowhere', () => {
    const { a } = setupApi();
    fill(a, 40);
    const token = ['ghp', 'A'.repeat(36)].join('_');
    const writes = removals(40).map(
      (write, index): Write =>
        index === 0 ? { ...write, intent: { kind: 'put', fields: { kind: 'note', text: token } } } : write,
    );
    const [refused] = a.replica.edit(presence, writes);
    expect(refused).toMatchObject({ ok: false, error: { kind: 'mass_change', preview: { reviewId: null } } });
    expect(a.reviews()).toEqual([]);
  });

  it('168 going back to what the records were is no loss', () => {
    const { a } = setupApi();
    fill(a, 40);
    a.replica.edit(presence, writesOf(itemsOf(40, 'other')), true);
    expect(a.replica.edit(presence, writesOf(itemsOf(40, 'first'))).every(({ ok }) => ok)).toBe(true);
    expect(a.reviews()).toEqual([]);
  });
});

function removals(count: number): readonly Write[] {
  return itemsOf(count, '').map(({ id }) => ({ id: id as RecordId, intent: { kind: 'remove' } }));
}

function writesOf(items: readonly Item[]): readonly Write[] {
  return items.map(({ id, fields }) => ({ id: id as RecordId, intent: { kind: 'put', fields } }));
}

function fill(device: TestDevice, count: number): void {
  device.replica.edit(presence, writesOf(itemsOf(count, 'first')));
}

interface Item {
  readonly id: string;
  readonly fields: JsonObject;
}

function itemsOf(count: number, what: string): readonly Item[] {
  return Array.from({ length: count }, (_, index) => ({ id: `r${index}`, fields: fieldsOf(what, index) }));
}

/** Twelve lines; `edited` shares most of them with `first`, and any other word shares none. */
function fieldsOf(what: string, index: number): JsonObject {
  const word = what === 'edited' ? 'first' : what;
  const text = Array.from({ length: 12 }, (_, line) => `${word}${index} ${line}${word} line${line}\n`).join('');
  return { kind: 'note', text: what === 'empty' ? '' : `${text}${what === 'edited' ? 'and one more\n' : ''}` };
}
