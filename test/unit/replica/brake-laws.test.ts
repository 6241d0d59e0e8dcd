import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { isLoss } from '../../../src/policy/loss.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import { shippedBindings } from '../../helpers/household.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import {
  brakesOn,
  fieldsOf,
  fill,
  idOf,
  laterMs,
  longText,
  otherText,
  presence,
  range,
  textOf,
} from './setup-brake.ts';
import { runs } from '../../helpers/suite.ts';

const hourMs = 3_600_000;
const records = 24;
/** Of so many, so many may go: nine tenths. */
const allowed = 21;

describe('179a law: the brake', () => {
  const calm = fc.oneof(
    fc.record({
      kind: fc.constant('save'),
      by: fc.nat(2),
      record: fc.nat(records - 1),
      times: fc.integer({ min: 1, max: 20 }),
    }),
    fc.record({ kind: fc.constant('rewrite half'), by: fc.nat(2), from: fc.nat(records - 1), count: fc.nat(records) }),
    fc.record({ kind: fc.constant('add'), by: fc.nat(2), count: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('small notes'), by: fc.nat(2), round: fc.nat(9) }),
    fc.record({ kind: fc.constant('lose a few'), by: fc.nat(2), at: fc.nat(9), count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('restart'), by: fc.nat(2) }),
    fc.record({ kind: fc.constant('clock'), ms: fc.integer({ min: -3 * 24 * hourMs, max: 3 * 24 * hourMs }) }),
  );

  it('stops nobody who saves, edits, adds, and loses a few of ten records', () => {
    fc.assert(
      fc.property(fc.array(calm, { maxLength: 14 }), (steps) => {
        const world = household();
        let added = 0;
        for (const [turn, step] of steps.entries()) {
          const device = world.all['by' in step ? step.by : 0] as TestDevice;
          switch (step.kind) {
            case 'save':
              for (const time of range((step as { times: number }).times)) {
                put(device, (step as { record: number }).record, (text) => `${text}saved ${turn} ${time}\n`);
              }
              break;
            case 'rewrite half': {
              const { from, count } = step as { from: number; count: number };
              const chosen = range(records).slice(from, from + count);
              write(device, chosen, (text) => `${text.slice(0, text.length / 2)}${otherText(turn, 'h')}`);
              break;
            }
            case 'add': {
              const { count } = step as { count: number };
              device.replica.edit(
                presence,
                range(count).map((index) => ({
                  id: `n${added + index}` as never,
                  intent: put1(fieldsOf(presence, index)),
                })),
              );
              added += count;
              break;
            }
            case 'small notes':
              device.replica.edit(
                presence,
                range(30).map((index) => ({ id: `s${index}` as never, intent: put1(textOf(`word${turn} ${index}`)) })),
              );
              break;
            case 'lose a few': {
              const { at, count } = step as { at: number; count: number };
              for (const index of range(10).slice(at, at + count)) {
                device.write(['presence', idOf(index)], turn % 2 === 0 ? { kind: 'remove' } : put1(textOf('')));
              }
              break;
            }
            case 'restart':
              device.restart();
              break;
            case 'clock':
              world.clock.nowMs += (step as { ms: number }).ms;
              break;
          }
          world.exchange();
          expect(world.all.flatMap(brakesOn)).toEqual([]);
        }
      }),
      { numRuns: runs(3, 8) },
    );
  });

  const blow = fc.record({
    by: fc.nat(1),
    from: fc.nat(records - 1),
    count: fc.integer({ min: 1, max: 12 }),
    how: fc.constantFrom('remove', 'empty', 'replace'),
    afterMs: fc.nat(hourMs),
    restarts: fc.boolean(),
    decides: fc.constantFrom('accept', 'reject', null, null, null),
  });

  it('lets no more go than may, says what is held, and begins anew once a person has decided', () => {
    fc.assert(
      fc.property(fc.array(blow, { minLength: 3, maxLength: 12 }), (blows) => {
        const world = household();
        const [a, b, c] = world.all as [TestDevice, TestDevice, TestDevice];
        let before = stateOf(b);
        for (const { by, from, count, how, afterMs, restarts, decides } of blows) {
          strike([a, c][by] as TestDevice, range(records).slice(from, from + count), how);
          world.exchange();
          for (const device of [a, c]) {
            // They let everything happen: b is looked at.
            const asked = brakesOn(device).map(({ id }) => id);
            expect(device.replica.decide(asked, 'accept').every(({ ok }) => ok)).toBe(true);
          }
          world.exchange();
          const lost = lossesSince(b, before);
          expect(lost).toBeLessThanOrEqual(allowed);
          const [item] = brakesOn(b);
          expect(brakesOn(b).length).toBeLessThanOrEqual(1);
          expect(item === undefined || sumIn(item.summary) > 0).toBe(true);
          if (item !== undefined) {
            expect(sumIn(item.summary)).toBe(heldOn(b));
          }
          if (decides !== null && item !== undefined) {
            expect(b.replica.decide([item.id], decides)).toMatchObject([{ ok: true }]);
            expect(heldOn(b)).toBe(0);
            before = stateOf(b);
            world.exchange();
            expect(brakesOn(b)).toEqual([]);
          }
          if (restarts) {
            b.restart();
            b.replica.rejudge(presence);
          }
          world.clock.nowMs += afterMs;
        }
      }),
      { numRuns: runs(3, 8) },
    );
  });
});

function household(): Devices {
  const world = setupDevices(3);
  fill(world.all[0] as TestDevice, records, presence);
  world.exchange();
  world.clock.nowMs += laterMs;
  return world;
}

function put1(fields: JsonObject): { readonly kind: 'put'; readonly fields: JsonObject } {
  return { kind: 'put', fields };
}

function put(device: TestDevice, index: number, edit: (text: string) => string): void {
  const text = String(device.fields(['presence', idOf(index)])?.['text'] ?? '');
  device.write(['presence', idOf(index)], put1(textOf(edit(text === '' ? longText(index) : text))));
}

function write(device: TestDevice, indexes: readonly number[], edit: (text: string) => string): void {
  const writes = indexes.map((index) => {
    const text = String(device.fields(['presence', idOf(index)])?.['text'] ?? '');
    return { id: idOf(index), intent: put1(textOf(edit(text === '' ? longText(index) : text))) };
  });
  device.replica.edit(presence, writes);
}

function strike(device: TestDevice, indexes: readonly number[], how: string): void {
  const live = indexes.filter((index) => device.row(['presence', idOf(index)])?.state === 'live');
  device.replica.edit(
    presence,
    live.map((index) => ({
      id: idOf(index),
      intent: how === 'remove' ? { kind: 'remove' } : put1(textOf(how === 'empty' ? '' : otherText(index, `w${how}`))),
    })),
    true,
  );
}

/** By record: its fields, null where nothing is live. */
function stateOf(device: TestDevice): ReadonlyMap<number, JsonObject | null> {
  return new Map(range(records).map((index) => [index, device.fields(['presence', idOf(index)]) ?? null]));
}

function lossesSince(device: TestDevice, before: ReadonlyMap<number, JsonObject | null>): number {
  const binding = shippedBindings().ofCollection('presence');
  const view = { files: binding?.engine.files, textPaths: binding?.textPaths ?? [] };
  const after = stateOf(device);
  return [...before].filter(([index, was]) => was !== null && isLoss(view, idOf(index), was, after.get(index) ?? null))
    .length;
}

/** Records of which something waits. */
function heldOn(device: TestDevice): number {
  const { items } = device.disk.history.listWaiting(presence, { cursor: null, limit: 10_000 });
  return new Set(items.map(({ recordId }) => recordId)).size;
}

function sumIn(summary: string): number {
  const counts = summary.slice(0, summary.indexOf(' of ')).match(/\d+/g) ?? [];
  return counts.reduce((sum, count) => sum + Number(count), 0);
}
