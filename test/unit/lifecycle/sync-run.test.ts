import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineFacts } from '../../../src/lifecycle/facts.ts';
import { type SyncRun, runAfter } from '../../../src/lifecycle/sync-run.ts';
import { healthyFacts } from './facts-of-health.ts';

const factsWith = (changed: Partial<EngineFacts>): EngineFacts => ({ ...healthyFacts, ...changed });

const lost: Partial<EngineFacts> = { relay: 'unreachable', caughtUp: false };
const catching: Partial<EngineFacts> = { caughtUp: false };
const hello: Partial<EngineFacts> = { authentication: 'challenge', caughtUp: false };

const table: readonly (readonly [string, SyncRun, Partial<EngineFacts>, SyncRun])[] = [
  ['a relay that was not reached yet', 'off', { relay: 'unknown', caughtUp: false }, 'waiting'],
  ['a relay that does not answer', 'off', lost, 'waiting'],
  ['a relay that asks who we are', 'waiting', hello, 'waiting'],
  ['a relay that has more to hand out', 'waiting', catching, 'started'],
  ['batches in flight', 'waiting', { inFlight: 1, unacknowledged: 1 }, 'started'],
  ['all that is known, applied', 'started', {}, 'completed'],
  ['all that is known, before anybody looked', 'off', { lastHeartbeatVerified: false }, 'completed'],
  ['all that is known beside an open conflict', 'started', { openConflicts: 1 }, 'completed'],
  ['a relay that is lost sight of', 'started', lost, 'started'],
  ['a relay that is lost sight of afterwards', 'completed', lost, 'completed'],
  ['the next connection', 'completed', hello, 'completed'],
  ['the next edit', 'completed', { inFlight: 1, unacknowledged: 1 }, 'completed'],
  ['an engine that is switched off', 'completed', { enabled: false }, 'off'],
  ['sync that is paused', 'started', { syncPaused: true }, 'off'],
  ['a policy that denies it', 'completed', { policyBlocked: 'policy_denied' }, 'off'],
  ['no relay in the configuration', 'off', { relayConfigured: false, caughtUp: false }, 'off'],
  ['a collection that stays on the device', 'off', { scope: 'vault', scopeJoined: false }, 'off'],
];

describe('15 the run of an engine', () => {
  it.each(table)('%s: %s', (_what, before, facts, after) => {
    expect(runAfter(before, factsWith(facts))).toBe(after);
  });

  it('law: it begins anew only after it was off, whatever happens in between', () => {
    const moment = fc.constantFrom<Partial<EngineFacts>>(
      lost,
      catching,
      hello,
      {},
      { inFlight: 2 },
      { openReviews: 1 },
    );
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 30 }), (moments) => {
        const runs: SyncRun[] = ['off'];
        for (const facts of moments) {
          runs.push(runAfter(runs.at(-1) as SyncRun, factsWith(facts)));
        }
        const ranks = runs.map((run) => ['off', 'waiting', 'started', 'completed'].indexOf(run));
        expect(ranks).toEqual([...ranks].sort((left, right) => left - right));
      }),
    );
  });
});
