import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { setupApi } from './setup-api.ts';

const workspace = 'workspace' as CollectionName;
const url = '/v1/collections/workspace/records';

describe('mass changes over the API', () => {
  it('a call that would replace more than the share answers 409 with what it would do, and writes nothing', async () => {
    const { call, a } = setupApi();
    fill(a, 100);
    const refused = await call('POST', url, { items: itemsOf(40, 'other') });
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({
      reasonCode: 'manual_review_required/brake_mass_change',
      detail: expect.stringContaining('40 of 100 records') as unknown,
      brake: { live: 100, removals: 0, replacements: 40, allowed: 19 },
    });
    expect(refused.json<{ brake: { records: string[] } }>().brake.records).toHaveLength(20);
    expect(a.fields(['workspace', 'r0'])).toEqual(task('first 0'));
  });

  it('repeated with confirm it is written', async () => {
    const { call, a } = setupApi();
    fill(a, 100);
    const written = await call('POST', url, { items: itemsOf(40, 'other'), confirm: true });
    expect(written.json()).toEqual({ written: 40, failed: [] });
    expect(a.fields(['workspace', 'r0'])).toEqual(task('other 0'));
  });

  it.each([
    ['as many as may be', itemsOf(19, 'other'), 19],
    ['records that say the same', itemsOf(100, 'first'), 100],
    ['new records', itemsOf(100, 'first').map((item) => ({ ...item, id: `new ${item.id}` })), 100],
  ])('%s needs no word', async (_name, items, written) => {
    const { call, a } = setupApi();
    fill(a, 100);
    expect((await call('POST', url, { items })).json()).toEqual({ written, failed: [] });
  });

  it('a confirmation that is no yes or no is refused', async () => {
    const { call, a } = setupApi();
    fill(a, 100);
    expect((await call('POST', url, { items: itemsOf(2, 'other'), confirm: 'yes' })).statusCode).toBe(400);
    expect(a.fields(['workspace', 'r0'])).toEqual(task('first 0'));
  });

  it('what another device would do is shown and decided in the review queue', async () => {
    const { call, a, b, clock, exchange } = setupApi();
    fill(b, 100);
    exchange();
    clock.nowMs += 3 * 3_600_000;
    b.replica.edit(
      workspace,
      itemsOf(60, '').map(({ id }) => ({ id: id as RecordId, intent: { kind: 'remove' } })),
      true,
    );
    exchange();
    const { items } = (await call('GET', '/v1/reviews?collection=workspace')).json<{ items: { id: string }[] }>();
    expect(items).toMatchObject([{ kind: 'brake', recordId: '*', reasonCode: 'manual_review_required' }]);
    const engine = await call('GET', '/v1/engines/sourceos.sync.workspace');
    expect(engine.json()).toMatchObject({ counts: { live: 100, review: 1 } });
    const id = items[0]?.id ?? '';
    expect((await call('GET', `/v1/reviews/${id}`)).json()).toMatchObject({
      kind: 'brake',
      status: 'open',
      summary: expect.stringContaining('delete 60 of 100') as unknown,
    });
    expect((await call('POST', `/v1/reviews/${id}/reject`)).json()).toMatchObject({ status: 'rejected' });
    expect((await call('POST', `/v1/reviews/${id}/accept`)).statusCode).toBe(409);
    expect(a.disk.records.counts(workspace).live).toBe(100);
  });
});

describe('massChangeOf', () => {
  const removals = (count: number): readonly { id: RecordId; intent: { kind: 'remove' } }[] =>
    itemsOf(count, '').map(({ id }) => ({ id: id as RecordId, intent: { kind: 'remove' } }));

  it.each([
    // live, removed by one call, why it is stopped
    [100, 19, undefined],
    [100, 20, 'brake_mass_change'],
    [1000, 100, undefined],
    [1000, 101, 'brake_mass_change'],
    [3, 2, undefined],
    [3, 3, 'brake_empty_set'],
    [1, 1, undefined],
  ])('168 of %i live records %i are removed: %s', (live, count, detail) => {
    const { a } = setupApi();
    fill(a, live);
    expect(a.replica.massChangeOf(workspace, removals(count))?.detail).toBe(detail);
  });

  it('168 the replica refuses such a call as a whole, and makes it once it is confirmed', () => {
    const { a, exchange, b } = setupApi();
    fill(a, 100);
    const before = a.appended.length;
    const refused = a.replica.edit(workspace, [
      ...removals(40),
      { id: 'new' as RecordId, intent: { kind: 'put', fields: task('new') } },
    ]);
    expect(refused).toHaveLength(41);
    for (const result of refused) {
      expect(result).toMatchObject({
        ok: false,
        error: { kind: 'mass_change', preview: { live: 100, removals: 40, allowed: 19 } },
      });
    }
    expect([a.appended.length, a.row(['workspace', 'new'])]).toEqual([before, undefined]);
    expect(a.replica.edit(workspace, removals(40), true).every(({ ok }) => ok)).toBe(true);
    expect(a.disk.records.counts(workspace).live).toBe(60);
    exchange();
    expect(b.disk.records.counts(workspace).live).toBe(60);
  });

  it('168 calls that come together are weighed each by itself, through the gate too', async () => {
    const { call, a } = setupApi();
    fill(a, 100);
    const [many, ...single] = await Promise.all([
      call('POST', url, { items: itemsOf(40, 'other') }),
      ...itemsOf(30, 'single').map(({ id, fields }) => call('PUT', `${url}/${id}`, fields)),
    ]);
    expect(many?.statusCode).toBe(409);
    expect(single.map(({ statusCode }) => statusCode)).toEqual(single.map(() => 200));
    expect(a.fields(['workspace', 'r0'])).toEqual(task('single 0'));
    expect(a.fields(['workspace', 'r35'])).toEqual(task('first 35'));
  });

  it('a record that is named twice counts once, and an unknown collection has none', () => {
    const { a } = setupApi();
    fill(a, 100);
    const twice = [...removals(15), ...removals(15)];
    expect(a.replica.massChangeOf(workspace, twice)).toBeUndefined();
    expect(a.replica.massChangeOf('nowhere' as CollectionName, removals(50))).toBeUndefined();
  });
});

function fill(device: TestDevice, count: number): void {
  device.replica.edit(
    workspace,
    itemsOf(count, 'first').map(({ id, fields }) => ({ id: id as RecordId, intent: { kind: 'put', fields } })),
  );
}

function itemsOf(
  count: number,
  text: string,
): readonly { readonly id: string; readonly fields: ReturnType<typeof task> }[] {
  return Array.from({ length: count }, (_, index) => ({ id: `r${index}`, fields: task(`${text} ${index}`) }));
}

function task(title: string): { readonly kind: string; readonly title: string } {
  return { kind: 'task', title };
}
