import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encryptionScopes } from '../../../src/contract/manifest.ts';
import { type ReasonCode, reasonCodes } from '../../../src/contract/reasons.ts';
import { type EngineState, engineStates } from '../../../src/contract/states.ts';
import { describeState } from '../../../src/lifecycle/describe.ts';
import type { EngineFacts } from '../../../src/lifecycle/facts.ts';
import { reasonPages } from '../../../src/lifecycle/reason-pages.ts';
import { stateOf } from '../../../src/lifecycle/state-of.ts';
import { stateTable } from '../../../src/lifecycle/state-table.ts';
import { transitionOf } from '../../../src/lifecycle/transition.ts';
import { healthyFacts } from './facts-of-health.ts';

const withFacts = (changed: Partial<EngineFacts>): EngineFacts => ({ ...healthyFacts, ...changed });

const cases: readonly (readonly [EngineState, string, Partial<EngineFacts>, readonly ReasonCode[]])[] = [
  ['disabled', 'sync paused', { syncPaused: true }, []],
  ['engine_disabled', 'engine off', { enabled: false }, []],
  ['missing_identity', 'no identity', { identityPresent: false }, ['no_user_profile']],
  ['missing_device_key', 'keys locked', { deviceKeyUsable: false }, []],
  ['not_configured', 'no profile scope', { scopeJoined: false }, ['no_user_profile']],
  ['not_configured', 'no workspace joined', { scope: 'workspace', scopeJoined: false }, ['no_org_profile']],
  ['not_configured', 'no source linked', { requiredSourceMissing: true }, []],
  ['auth_pending', 'joining', { authentication: 'joining' }, []],
  ['auth_pending', 'approval awaited', { authentication: 'approval' }, []],
  ['auth_pending', 'challenge unanswered', { authentication: 'challenge' }, []],
  ['missing_workspace_key', 'no epoch key', { epochKeyHeld: false }, []],
  ['policy_blocked', 'agent untrusted', { policyBlocked: 'agent_untrusted' }, ['agent_untrusted']],
  ['quarantined', 'broken audit chain', { isolated: 'signature_invalid' }, ['signature_invalid']],
  ['conflict_detected', 'one conflict', { openConflicts: 1 }, ['manual_review_required']],
  ['review_required', 'one proposal', { openReviews: 1 }, ['manual_review_required']],
  [
    'review_required',
    'weaker policy proposed',
    { openReviews: 2, reviewReasonCodes: ['remote_policy_weaker', 'remote_policy_weaker'] },
    ['manual_review_required', 'remote_policy_weaker'],
  ],
  ['review_required', 'brake holds', { brakeHeld: true }, ['manual_review_required']],
  [
    'degraded',
    'records in quarantine',
    { quarantinedRecords: 2, quarantineReasonCodes: ['schema_unknown', 'migration_required'] },
    ['schema_unknown', 'migration_required'],
  ],
  ['degraded', 'disk low', { degradedCauses: [{ cause: 'disk_low', reasonCode: null }] }, []],
  [
    'degraded',
    'withheld by the relay',
    { degradedCauses: [{ cause: 'device_unseen', reasonCode: 'relay_untrusted' }] },
    ['relay_untrusted'],
  ],
  ['local_only', 'device scope', { scope: 'device' }, []],
  ['local_only', 'vault scope', { scope: 'vault' }, []],
  ['local_only', 'no relay', { relayConfigured: false }, []],
  ['local_only', 'localOnly set', { localOnly: true }, []],
  ['network_down', 'no route', { networkUp: false }, []],
  ['network_untrusted', 'other TLS identity', { relayTrusted: false }, ['relay_untrusted']],
  ['relay_unreachable', 'backing off', { relay: 'unreachable', relayNextAttemptAtMs: 1_000 }, []],
  ['engine_syncing', 'in flight', { inFlight: 1 }, []],
  ['engine_syncing', 'not caught up', { caughtUp: false }, []],
  ['engine_syncing', 'relay not asked yet', { relay: 'unknown' }, []],
  ['engine_syncing', 'batches held', { pendingInbound: 1 }, []],
  ['engine_dirty', 'unacknowledged', { unacknowledged: 3 }, []],
  ['engine_current', 'heartbeat not verified', { lastHeartbeatVerified: false }, []],
  ['healthy', 'all well', {}, []],
];

const counts = fc.constantFrom(0, 0, 0, 1, 7, -1, Number.NaN);
const mostly = (usual: boolean) => fc.constantFrom(usual, usual, usual, usual, usual, usual, !usual);
const maybeCode = fc.constantFrom(...reasonCodes);
const wildFacts: fc.Arbitrary<EngineFacts> = fc.record({
  syncPaused: mostly(false),
  enabled: mostly(true),
  identityPresent: mostly(true),
  deviceKeyUsable: mostly(true),
  scope: fc.constantFrom(...encryptionScopes),
  scopeJoined: mostly(true),
  requiredSourceMissing: mostly(false),
  authentication: fc.constantFrom('settled', 'settled', 'settled', 'joining', 'approval', 'challenge'),
  epochKeyHeld: mostly(true),
  policyBlocked: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: maybeCode }),
  isolated: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: maybeCode }),
  openConflicts: counts,
  openReviews: counts,
  reviewReasonCodes: fc.array(fc.constantFrom(...reasonCodes), { maxLength: 3 }),
  brakeHeld: mostly(false),
  quarantinedRecords: counts,
  quarantineReasonCodes: fc.array(fc.constantFrom(...reasonCodes), { maxLength: 3 }),
  degradedCauses: fc.constantFrom([], [], [], [{ cause: 'disk_low' as const, reasonCode: null }]),
  localOnly: mostly(false),
  relayConfigured: mostly(true),
  networkUp: mostly(true),
  relayTrusted: mostly(true),
  relay: fc.constantFrom('online', 'online', 'online', 'unknown', 'unreachable'),
  relayNextAttemptAtMs: fc.constant(null),
  inFlight: counts,
  unacknowledged: counts,
  pendingInbound: counts,
  caughtUp: mostly(true),
  lastHeartbeatVerified: fc.boolean(),
});

const factNames = Object.keys(healthyFacts) as (keyof EngineFacts)[];
/** Healthy but for a few facts, so that the rows at the end of the table are met as often as those at its head. */
const nearHealthy = fc
  .tuple(wildFacts, fc.subarray(factNames, { maxLength: 4 }))
  .map(([wild, names]) => withFacts(Object.fromEntries(names.map((name) => [name, wild[name]]))));
const anyFacts = fc.oneof(wildFacts, nearHealthy);

function causeOf({ cause }: EngineFacts['degradedCauses'][number]): string {
  return cause;
}

describe('stateOf', () => {
  it.each(cases)('1 %s: %s', (state, _why, changed, expectedCodes) => {
    const condition = stateOf(withFacts(changed));
    expect(condition.state).toBe(state);
    expect(condition.reasonCodes).toEqual(expectedCodes);
  });

  it('2 the table has the twenty states in their order, and a case above reaches each', () => {
    expect(stateTable.map((row) => row.state)).toEqual(engineStates);
    expect(stateTable.map((row) => row.position)).toEqual(engineStates.map((_, index) => index + 1));
    expect(new Set(cases.map(([state]) => state))).toEqual(new Set(engineStates));
  });

  it('2, 3, 4 the state is the first row that holds, conditions are all of them', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const condition = stateOf(facts);
        const holding = stateTable.filter((row) => row.holds(facts));
        expect(condition.state).toBe(holding[0]?.state);
        expect(condition.conditions.map((each) => each.state)).toEqual(holding.map((row) => row.state));
        expect(condition.reasonCodes).toEqual(condition.conditions[0]?.reasonCodes);
      }),
      { numRuns: 3_000 },
    );
  });

  it('2 with one fault after another heaped on, from the last row up, the newest and highest one shows', () => {
    let heap: Partial<EngineFacts> = {};
    for (const state of engineStates.toReversed()) {
      const found = cases.find(([each, why]) => each === state && why !== 'device scope' && why !== 'vault scope');
      heap = { ...heap, ...found?.[2] };
      expect(stateOf(withFacts(heap)).state).toBe(state);
    }
    expect(stateOf(withFacts(heap)).conditions.length).toBeGreaterThan(10);
  });

  it('5 current is never claimed, even as a condition, unless everything it says is true', () => {
    let claims = 0;
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { conditions } = stateOf(facts);
        if (conditions.some(({ state }) => state === 'engine_current' || state === 'healthy')) {
          claims += 1;
          expect(conditions).toHaveLength(1);
          expect(facts).toMatchObject({
            syncPaused: false,
            enabled: true,
            relay: 'online',
            networkUp: true,
            caughtUp: true,
            unacknowledged: 0,
            inFlight: 0,
            pendingInbound: 0,
            quarantinedRecords: 0,
            openReviews: 0,
          });
        }
      }),
      { numRuns: 3_000 },
    );
    expect(claims).toBeGreaterThan(100);
  });

  it('6 a count that is no number is not zero', () => {
    expect(stateOf(withFacts({ unacknowledged: Number.NaN })).state).toBe('engine_dirty');
  });

  it('7 that all was delivered counts only while the relay is online, and not before it is said', () => {
    const reached = (['unknown', 'online', 'unreachable'] as const).flatMap((relay) =>
      [true, false].map((caughtUp) => stateOf(withFacts({ relay, caughtUp })).state),
    );
    expect(reached).toEqual([
      ...['engine_syncing', 'engine_syncing'],
      ...['healthy', 'engine_syncing'],
      ...['relay_unreachable', 'relay_unreachable'],
    ]);
  });

  it('13 names every cause, whatever the state is', () => {
    const degradedCauses = (['disk_low', 'store_failing', 'owner_set_not_synced', 'disk_low'] as const).map(
      (cause) => ({ cause, reasonCode: null }),
    );
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(stateOf({ ...facts, degradedCauses }).causes).toEqual(degradedCauses.slice(0, 3).map(causeOf));
      }),
    );
  });

  it('9 a device engine needs no scope, key, relay or network', () => {
    const facts = withFacts({
      scope: 'device',
      scopeJoined: false,
      epochKeyHeld: false,
      authentication: 'challenge',
      networkUp: false,
      relay: 'unreachable',
      unacknowledged: 9,
      caughtUp: false,
    });
    expect(stateOf(facts).conditions.map(({ state }) => state)).toEqual(['local_only']);
  });

  it('10 a review does not hide a relay that is down, nor either of them unsent work', () => {
    const facts = withFacts({ openReviews: 1, relay: 'unreachable', unacknowledged: 2 });
    expect(stateOf(facts).conditions.map(({ state }) => state)).toEqual([
      'review_required',
      'relay_unreachable',
      'engine_dirty',
    ]);
  });

  it('8 only rows 10 to 12 and 17 to 20 let the engine send', () => {
    const running = stateTable.filter((row) => !row.stopsTransport).map((row) => row.position);
    expect(running).toEqual([10, 11, 12, 17, 18, 19, 20]);
  });

  it('reason codes are among the usual ones of the row, where the row names a fixed set', () => {
    for (const row of stateTable.filter(({ state }) => state === 'not_configured' || state === 'network_untrusted')) {
      for (const [, , changed] of cases) {
        const facts = withFacts(changed);
        const found = row.holds(facts) ? row.reasonsFor(facts) : [];
        expect(found.every((code) => row.usualReasonCodes.includes(code))).toBe(true);
      }
    }
  });
});

describe('transitionOf', () => {
  const healthy = stateOf(healthyFacts);

  it('12 a heartbeat that finds nothing new is no transition', () => {
    expect(transitionOf(healthy, stateOf({ ...healthyFacts }))).toBeUndefined();
    expect(
      transitionOf(stateOf(withFacts({ openReviews: 1 })), stateOf(withFacts({ openReviews: 2 }))),
    ).toBeUndefined();
  });

  it('12 another state is one, with the codes of the new state', () => {
    const isolated = stateOf(withFacts({ isolated: 'relay_untrusted' }));
    expect(transitionOf(healthy, isolated)).toEqual({
      from: 'healthy',
      to: 'quarantined',
      reasonCodes: ['relay_untrusted'],
    });
    expect(transitionOf(null, healthy)).toEqual({ from: null, to: 'healthy', reasonCodes: [] });
  });
});

describe('words for people', () => {
  it.each(engineStates)('14 %s has a paragraph', (state) => {
    expect(describeState(state).length).toBeGreaterThan(60);
  });

  it.each(reasonCodes)('14 %s has a whole page', (code) => {
    const page = reasonPages[code];
    expect(page.title.length).toBeGreaterThan(8);
    for (const part of [page.whatHappened, page.whatItMeans, page.whatToDoNext]) {
      expect(part.length).toBeGreaterThan(20);
      expect(part.endsWith('.')).toBe(true);
    }
  });

  it('there is no page for anything else', () => {
    expect(Object.keys(reasonPages).sort()).toEqual([...reasonCodes].sort());
  });
});
