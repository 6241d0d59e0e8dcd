import { expect, it } from 'vitest';
import type { DeviceId, ScopeId } from '../../../src/base/ids.ts';
import { createScopeSync } from '../../../src/sync/scope/scope-sync.ts';
import type { SessionEffect } from '../../../src/sync/ground/session.ts';

const scopeId = 's' as ScopeId;
const refusal = { type: 'error', scopeId, code: 'E_QUOTA', about: 'push', message: 'no room' } as const;

/** A scope that is open at its relay, with one own batch of no content on its way. */
function pushing() {
  const effects: SessionEffect[] = [];
  const view = { scopeId, frontier: {}, logSequence: 0, ownHead: null, confirmed: null, seen: null };
  const scope = createScopeSync(view, { self: 'd' as DeviceId }, (effect) => effects.push(effect));
  scope.begin(0);
  expect(
    scope.opened({ type: 'state', scopeId, logSequence: 0, entries: [], ownHead: null, behind: {} }),
  ).toBeUndefined();
  scope.pushes.appended({ sequence: 1, bytes: new Uint8Array(8) });
  return { scope, effects };
}

it('18 a refusal stands while the batch is offered again, and goes once the relay takes it', () => {
  const { scope, effects } = pushing();
  expect(scope.refused(refusal, 1000)).toBeUndefined();
  expect(scope.state).toMatchObject({ refused: { code: 'E_QUOTA' }, inFlight: 0 });
  scope.tick(60_999);
  expect(effects.some(({ type }) => type === 'read_own')).toBe(false);
  scope.tick(61_000);
  expect(effects.at(-1)).toMatchObject({ type: 'read_own', after: 0 });
  scope.ownBatches([{ sequence: 1, bytes: new Uint8Array(8) }]);
  expect(scope.state).toMatchObject({ refused: { code: 'E_QUOTA' }, inFlight: 1 });
  expect(scope.refused(refusal, 62_000)).toBeUndefined();
  expect(scope.state.refused).toEqual({ code: 'E_QUOTA', reason: 'no room' });
  scope.tick(122_000);
  scope.ownBatches([{ sequence: 1, bytes: new Uint8Array(8) }]);
  expect(scope.acknowledged(1)).toBeUndefined();
  expect(scope.state.refused).toBeUndefined();
});
