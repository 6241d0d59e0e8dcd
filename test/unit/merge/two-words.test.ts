import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { changeOf, createDevice, manifestOf } from './world.ts';
import { runs } from '../../helpers/suite.ts';

const setting = { manifest: manifestOf('manual_review') };
const by = fc.nat(2);
const step = fc.oneof(
  fc.record({ do: fc.constant('write' as const), by, value: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ do: fc.constant('decide' as const), by, choice: fc.constantFrom('accept', 'accept', 'reject', 'undo') }),
);
const hostile = fc.record({ kind: fc.constantFrom('merge', 'reject', 'keep_both', 'undo'), which: fc.nat(20) });

it('37 no word of a single device, but a yes, changes what is live on any other', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.array(hostile, { maxLength: 4 }), (steps, attacks) => {
      const devices = ['A', 'B', 'C'].map((name) => createDevice(name, setting));
      const changes: LoggedChange[] = [];
      const tell = (change: LoggedChange): void => {
        changes.push(change);
        for (const device of devices.filter((one) => one.disposition(change) === undefined)) {
          device.receive(change);
        }
      };
      for (const next of steps) {
        const device = devices[next.by] as (typeof devices)[number];
        const items = device.items();
        const made =
          next.do === 'write'
            ? device.write({ kind: 'put', fields: { a: next.value } })
            : next.choice === 'undo'
              ? device.decide({ kind: 'undo' }, items.at(-1))
              : device.decide(next.choice as 'accept' | 'reject');
        for (const change of made === undefined ? [] : [made]) {
          tell(change);
        }
      }
      const before = devices.map((device) => device.row()?.fields);
      for (const [number, { kind, which }] of changes.length === 0 ? [] : attacks.entries()) {
        const { changeId } = changes[which % changes.length] as LoggedChange;
        const parents = devices[0]?.row()?.heads ?? [];
        const draft = { operation: 'command' as const, parents, value: saying(kind, changeId) };
        tell(changeOf('D', number + 1, draft, 1_000_000 + number, setting));
        expect(devices.map((device) => device.row()?.fields)).toEqual(before);
      }
    }),
    { numRuns: runs(80, 400) },
  );
});

/** A command about one change; forks that no decision founded never come so far. */
function saying(kind: string, id: string): JsonValue {
  const about: JsonObject = { decision: kind, proposals: [id] };
  switch (kind) {
    case 'merge':
      return { ...about, fields: { evil: true } };
    case 'keep_both':
      return { ...about, as: 'beside' };
    case 'undo':
      return { decision: 'undo', undoes: [id] };
    default:
      return { decision: 'reject', proposals: [id] };
  }
}
