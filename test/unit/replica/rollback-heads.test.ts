import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { RollbackTarget } from '../../../src/replica/edit/rollback.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import type { Place, TestDevice } from '../../helpers/test-device.ts';
import { back, messageOf, node, task } from './rollback-world.ts';

const nothing: JsonObject = {};

describe('to what heads or a moment say', () => {
  it('155 heads of none: nothing was there, so it is removed; where nothing is, nothing happens', () => {
    const { a } = setupPair();
    a.put(node, task(0));
    expect(back(a, node, { kind: 'heads', heads: [] }).ok).toBe(true);
    expect(a.row(node)?.state).toBe('tombstoned');
    expect(back(a, node, { kind: 'heads', heads: [] }).ok).toBe(true);
    expect(messageOf(back(a, ['workspace', 'none'], { kind: 'heads', heads: [] }))).toContain('there was none');
  });

  it('155 what concurrent heads came to comes back as it was, whatever arrived since', () => {
    const { a, b, clock, exchange } = setupPair();
    a.put(node, task(0));
    exchange();
    a.patch(node, { op: 'add', path: '/title', value: 'by a' });
    b.patch(node, { op: 'add', path: '/props/n', value: 7 });
    const late = b.put(['workspace', 'late'], task(1));
    exchange();
    const { heads, fields } = a.row(node) ?? {};
    expect(heads).toHaveLength(2);
    clock.nowMs += 1;
    b.put(node, task(5));
    exchange();
    expect(back(a, node, { kind: 'heads', heads: heads ?? [] }).ok).toBe(true);
    expect(a.fields(node)).toEqual(fields);
    expect(late.state).toBe('live');
  });

  it('156 a whole collection goes back: changed, deleted, made since; a plan counts and writes nothing', () => {
    const { a, clock } = setupPair();
    const place = (name: string): Place => ['workspace', name];
    a.put(place('changed'), task(0));
    a.put(place('deleted'), task(1));
    a.put(place('same'), task(2));
    a.put(place('gone before'), task(3));
    a.remove(place('gone before'));
    const atMs = clock.nowMs;
    clock.nowMs += 1000;
    a.put(place('changed'), task(10));
    a.remove(place('deleted'));
    a.put(place('new'), task(11));
    clock.nowMs += 1000;
    const run = (execute: boolean): Record<string, string> => {
      const found: Record<string, string> = {};
      let cursor: string | null = null;
      do {
        const request = { atMs, startedAtMs: clock.nowMs, execute, cursor, limit: 2 };
        const page = a.replica.rollbackPage('workspace' as CollectionName, request);
        expect(page.ok && page.value.failed).toEqual([]);
        for (const { id, action } of page.ok ? page.value.steps : []) {
          found[id] = action;
        }
        cursor = page.ok ? page.value.nextCursor : null;
      } while (cursor !== null);
      return found;
    };
    const wanted = { changed: 'put', deleted: 'put', same: 'none', 'gone before': 'none', new: 'remove' };
    const logBefore = a.appended.length;
    expect(run(false)).toEqual(wanted);
    expect(a.appended).toHaveLength(logBefore);
    expect(run(true)).toEqual(wanted);
    expect(a.fields(place('changed'))).toEqual(task(0));
    expect(a.fields(place('deleted'))).toEqual(task(1));
    expect(a.row(place('new'))?.state).toBe('tombstoned');
    expect(run(false)).toEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, 'none'])));
  });

  it('156 what is written while it runs stays', () => {
    const { a, clock } = setupPair();
    const startedAtMs = clock.nowMs;
    clock.nowMs += 1;
    a.put(node, task(1));
    const page = { atMs: startedAtMs - 1, startedAtMs, execute: true, cursor: null, limit: 10 };
    expect(a.replica.rollbackPage('workspace' as CollectionName, page)).toMatchObject({
      ok: true,
      value: { steps: [] },
    });
    expect(a.fields(node)).toEqual(task(1));
  });

  it('156 what cannot be written is named and stops no other', () => {
    const { a, clock } = setupPair();
    a.put(node, task(0));
    const atMs = clock.nowMs;
    clock.nowMs += 10;
    a.put(node, task(1));
    a.disabled.add('sourceos.sync.workspace');
    const page = { atMs, startedAtMs: clock.nowMs, execute: true, cursor: null, limit: 10 };
    const result = a.replica.rollbackPage('workspace' as CollectionName, page);
    expect(result).toMatchObject({
      ok: true,
      value: { failed: [{ id: 'w', message: expect.stringContaining('switched off') }] },
    });
  });

  it('157 law: after any edits of two devices, the moment before comes back byte for byte', () => {
    const edit = fc.record({ by: fc.nat(1), n: fc.nat(4), act: fc.constantFrom('put', 'patch', 'remove', 'exchange') });
    const take = (pair: Pair, { by, n, act }: { by: number; n: number; act: string }): void => {
      const device = pair.all[by] as TestDevice;
      pair.clock.nowMs += 5;
      if (act === 'exchange') {
        pair.exchange();
      } else {
        const title = { op: 'add', path: '/title', value: `t${n}` } as const;
        const intent =
          act === 'put'
            ? { kind: 'put', fields: task(n) }
            : act === 'patch'
              ? { kind: 'patch', patch: [title] }
              : { kind: 'remove' };
        device.write(node, intent as never);
      }
    };
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 5 }),
        fc.array(edit, { maxLength: 5 }),
        fc.boolean(),
        (before, after, byTime) => {
          const pair = setupPair();
          before.forEach((one) => take(pair, one));
          pair.exchange();
          const atMs = pair.clock.nowMs;
          const { fields = null, heads = [] } = pair.a.row(node) ?? {};
          after.forEach((one) => take(pair, one));
          pair.exchange();
          pair.clock.nowMs += 5;
          const target: RollbackTarget = byTime ? { kind: 'time', atMs } : { kind: 'heads', heads };
          back(pair.a, node, target);
          expect(canonicalText(pair.a.fields(node) ?? nothing)).toBe(canonicalText(fields ?? nothing));
          pair.exchange();
          expect(pair.b.row(node)?.fields).toEqual(pair.a.row(node)?.fields);
        },
      ),
      { numRuns: 20 },
    );
  });
});
