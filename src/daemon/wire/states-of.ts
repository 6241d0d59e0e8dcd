import { type Surroundings, engineFacts } from '../relays/engine-facts.ts';
import { type EngineStates, createEngineStates, runEvents } from '../engines/engine-states.ts';
import type { DaemonOptions, Parts } from './parts.ts';
import { lackingSets } from '../engines/set-watch.ts';

/** The states of all engines, from what the parts of the daemon know. */
export function statesOf(options: DaemonOptions, bindings: Parts['bindings'], parts: () => Parts): EngineStates {
  const { store } = options.home;
  return createEngineStates({
    ...{ bindings, store, nowMs: Date.now },
    guard: (work) => parts().health.guard(work),
    audit: ({ engineId, collection }, run) => {
      const { self } = parts().replica;
      parts().replica.audit({
        ...{ eventType: runEvents[run], actorId: self, subjectId: self, policyDomain: collection },
        ...{ outcome: 'informational', reasonCode: 'none', details: { engineId } },
      });
    },
    outboxOf: (collection) => parts().outbox.changes(collection),
    tell: (event) => {
      parts().events.add(event);
    },
    factsOf: (binding) => {
      const { engineSwitch, replica, outbox } = parts();
      const enabled = engineSwitch.isEnabled(binding.manifest.engineId);
      const around = surroundings(options, parts());
      const facts = engineFacts({ binding, enabled, replica, store, outbox, around });
      return lackingSets(facts, parts().sets.needs(binding.manifest.collection));
    },
  });
}

function surroundings(
  { config }: DaemonOptions,
  {
    relay,
    syncSwitch,
    heartbeat,
    clock,
    links,
    health,
  }: Pick<Parts, 'heartbeat' | 'clock' | 'syncSwitch' | 'links' | 'health' | 'relay'>,
): Surroundings {
  return {
    syncPaused: syncSwitch.paused,
    localOnly: config.current().localOnly,
    relay: {
      configured: relay !== undefined,
      state: relay?.best.state,
      failing: relay?.best.failing ?? false,
      nextAttemptAtMs: relay?.best.nextAttemptAtMs ?? null,
      networkDown: relay?.all.every(({ networkDown }) => networkDown) ?? false,
    },
    heartbeat,
    configurationInvalid: config.problem() !== null,
    clockUntrusted: clock.untrusted,
    storeCause: health.standing.cause,
    folders: links.list(),
  };
}
