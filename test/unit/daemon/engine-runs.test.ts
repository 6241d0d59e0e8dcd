import { expect, it } from 'vitest';
import { createEngineStates } from '../../../src/daemon/engines/engine-states.ts';
import type { EngineFacts } from '../../../src/lifecycle/facts.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { shippedBindings } from '../../helpers/household.ts';
import { healthyFacts } from '../lifecycle/facts-of-health.ts';

function setupStates(): {
  readonly noted: string[];
  look(facts: Partial<EngineFacts>): void;
  breakDisk(isBroken: boolean): void;
} {
  const noted: string[] = [];
  let facts: EngineFacts = healthyFacts;
  let isBroken = false;
  const shell = shippedBindings().ofCollection('shell') as CollectionBinding;
  const states = createEngineStates({
    bindings: { all: () => [shell], ofCollection: () => shell },
    store: createMemoryStore(),
    nowMs: () => 0,
    outboxOf: () => 0,
    tell() {},
    factsOf: () => facts,
    audit: ({ collection }, run) => {
      noted.push(`${collection} ${run}`);
    },
    guard(work) {
      if (!isBroken) {
        work();
      }
      return !isBroken;
    },
  });
  return {
    noted,
    look(changed) {
      facts = { ...healthyFacts, ...changed };
      states.refresh('test');
    },
    breakDisk(broken) {
      isBroken = broken;
    },
  };
}

it('a run of an engine is noted once when it begins and once when it is through, until it was off', () => {
  const { noted, look } = setupStates();
  look({ relay: 'unknown', caughtUp: false });
  expect(noted).toEqual([]);
  look({ caughtUp: false });
  look({ caughtUp: false, inFlight: 1 });
  expect(noted).toEqual(['shell started']);
  look({});
  look({ relay: 'unreachable', caughtUp: false });
  look({ unacknowledged: 1 });
  look({});
  expect(noted).toEqual(['shell started', 'shell completed']);
  look({ enabled: false });
  look({});
  expect(noted.slice(2)).toEqual(['shell started', 'shell completed']);
});

it('what a failing disk did not take is noted when it does', () => {
  const { noted, look, breakDisk } = setupStates();
  breakDisk(true);
  look({ caughtUp: false });
  look({});
  expect(noted).toEqual([]);
  breakDisk(false);
  look({});
  look({});
  expect(noted).toEqual(['shell started', 'shell completed']);
});
