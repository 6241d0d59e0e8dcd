import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { StatusBody } from '../../api/types/bodies.ts';

/** Prometheus text of this process and its engines; labels are collections and states, never content. */
export function createMetrics(status: () => StatusBody): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const records = new Gauge({
    name: 'sourcesync_records',
    help: 'Records by collection and condition',
    labelNames: ['collection', 'condition'],
    registers: [registry],
  });
  const state = new Gauge({
    name: 'sourcesync_engine_state',
    help: '1 for the state that an engine is in',
    labelNames: ['collection', 'state'],
    registers: [registry],
  });
  return async () => {
    state.reset();
    for (const engine of status().engines) {
      state.set({ collection: engine.collection, state: engine.state }, 1);
      for (const [condition, count] of Object.entries(engine.counts)) {
        records.set({ collection: engine.collection, condition }, count as number);
      }
    }
    return registry.metrics();
  };
}
