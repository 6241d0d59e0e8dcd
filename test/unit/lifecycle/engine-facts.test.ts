import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { SetNeedBody } from '../../../src/api/types/bodies.ts';
import { lackingSets } from '../../../src/daemon/engines/set-watch.ts';
import { type RelaySurroundings, type Surroundings, engineFacts } from '../../../src/daemon/relays/engine-facts.ts';
import { createOutbox } from '../../../src/daemon/relays/outbox.ts';
import { unsentBodies, unsentMessage } from '../../../src/daemon/relays/unsent.ts';
import { type EngineCondition, stateOf } from '../../../src/lifecycle/state-of.ts';
import type { RelayState, ScopeSyncState } from '../../../src/sync/ground/session.ts';
import { healthyFacts } from './facts-of-health.ts';
import { calm } from '../../helpers/calm-surroundings.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

const { a, workspace } = setupPair();
const binding = a.bindings.ofCollection('workspace');
const caughtUp: ScopeSyncState = { caughtUp: true, acknowledged: 4, inFlight: 0 };

function outboxOf(...sequences: readonly number[]): ReturnType<typeof createOutbox> {
  const outbox = createOutbox();
  for (const sequence of sequences) {
    outbox.appended(workspace, { sequence, changes: new Map([['workspace' as CollectionName, 1]]) });
  }
  return outbox;
}

function online(scope: Partial<ScopeSyncState>): RelayState {
  return { state: 'online', scopes: { [workspace]: { ...caughtUp, ...scope } } };
}

function condition(
  scope: Partial<ScopeSyncState>,
  outbox = outboxOf(),
  around: Partial<Omit<Surroundings, 'relay'>> & { readonly relay?: Partial<RelaySurroundings> } = {},
): EngineCondition {
  if (binding === undefined) {
    throw new Error('believed: the workspace is served');
  }
  return stateOf(
    engineFacts({
      ...{ binding, enabled: true, replica: a.replica, store: a.disk, outbox },
      around: { ...calm, ...around, relay: { ...calm.relay, state: online(scope), ...around.relay } },
    }),
  );
}

describe('what is on its way', () => {
  it.each([
    ['a sign of life', { inFlight: 1 }, [], 'healthy'],
    ['an own change', { inFlight: 1 }, [5], 'engine_syncing'],
    ['only what others sent before', { inFlight: 2 }, [7], 'engine_dirty'],
    ['nothing', {}, [], 'healthy'],
    ['what was not sent yet', {}, [5], 'engine_dirty'],
  ] as const)('16 is %s', (_name, scope, sequences, state) => {
    expect(condition(scope, outboxOf(...sequences)).state).toBe(state);
  });
});

describe('a relay that asks who is there', () => {
  it.each([
    ['at first', false, 'auth_pending'],
    ['after it failed', true, 'relay_unreachable'],
  ] as const)('11 %s', (_name, failing, state) => {
    const asking: RelayState = { state: 'authenticating' };
    expect(condition({}, outboxOf(), { relay: { state: asking, failing } }).state).toBe(state);
    const dialling: RelayState = { state: 'connecting' };
    const dialled = condition({}, outboxOf(), { relay: { state: dialling, failing } });
    expect(dialled.state).toBe(failing ? 'relay_unreachable' : 'engine_syncing');
  });
});

describe('what makes an engine degraded', () => {
  const refused = { code: 'E_QUOTA', reason: 'no room' } as const;
  it.each([
    ['retries_exhausted', { refused }, {}],
    ['clock_untrusted', {}, { clockUntrusted: true }],
    ['heartbeat_timeout', {}, { heartbeat: { ...calm.heartbeat, timedOut: true } }],
  ] as const)('17 %s', (cause, scope, around) => {
    expect(condition(scope, outboxOf(), around)).toMatchObject({ state: 'degraded', causes: [cause] });
  });

  it('18 no network is a state of its own', () => {
    const around = { relay: { networkDown: true, failing: true, state: undefined } };
    expect(condition({}, outboxOf(), around).conditions.map(({ state }) => state)).toEqual([
      'network_down',
      'relay_unreachable',
    ]);
  });

  it.each(['disk_low', 'store_failing'] as const)('13 %s', (storeCause) => {
    const around = { storeCause, relay: { state: { state: 'connecting' } } } as const;
    expect(condition({}, outboxOf(), around)).toMatchObject({ state: 'degraded', causes: [storeCause] });
    expect(condition({}, outboxOf(), { ...around, syncPaused: true })).toMatchObject({
      state: 'disabled',
      causes: [storeCause],
    });
  });

  it('13 what an owner’s set did not bring', () => {
    const need = { records: 2, missing: 1, first: ['x'] } as unknown as SetNeedBody;
    expect(stateOf(lackingSets(healthyFacts, [need])).causes).toEqual(['owner_set_not_synced']);
    expect(stateOf(lackingSets(healthyFacts, [{ ...need, missing: 0 }])).causes).toEqual([]);
  });

  it('what a relay refuses is listed where nobody else took it, and nothing where all was taken', () => {
    const address = { url: 'ws://r', text: 'ws://r', pin: null };
    const listed = (...sequences: readonly number[]) =>
      unsentBodies([{ address, state: online({ refused }) }], {
        ...{ replica: a.replica, store: a.disk, outbox: outboxOf(...sequences) },
      });
    expect(listed()).toEqual([]);
    const [unsent] = listed(5, 6);
    expect(unsent).toMatchObject({ kind: 'workspace', code: 'E_QUOTA', batches: 2, changes: { workspace: 2 } });
    expect(unsent && unsentMessage(unsent)).toContain(': no room. It waits here: 2 of workspace.');
  });
});
