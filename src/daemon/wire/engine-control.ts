import type { ControlFault } from '../../api/ports/fault.ts';
import type { EngineControl, LinkControl } from '../../api/ports/control.ts';
import { err, ok } from '../../base/result.ts';
import type { Bindings, CollectionBinding } from '../../replica/names/binding.ts';
import { enableEngine, planEngine } from '../engines/engine-plan.ts';
import type { ControlDeps, ControlledEngines } from './control-deps.ts';

export type OfEngine = (id: string) => CollectionBinding | undefined;

/** By the id of an engine, or the collection that it serves. */
export function findEngine(bindings: Bindings, id: string): CollectionBinding | undefined {
  return (
    bindings.all().find(({ manifest }) => manifest.engineId === id) ??
    bindings.ofCollection(id.replace('sourceos.sync.', ''))
  );
}

/** What is said of engines, and switching them on and off. */
export function engineControl({ home, replica, engines }: ControlDeps, ofEngine: OfEngine): EngineControl {
  const { bindings, states, engineSwitch } = engines;
  const planDeps = { replica, store: home.store, engineSwitch };
  return {
    engines: () => bindings.all().map((binding) => states.body(binding)),
    engine: (id) => {
      const binding = ofEngine(id);
      return binding && states.detail(binding);
    },
    plan: (id) => {
      const binding = ofEngine(id);
      return binding === undefined
        ? err(noSuchEngine(id))
        : planEngine(planDeps, binding, states.body(binding).counts.outbox);
    },
    setEnabled: (id, enabled, first) => {
      const binding = ofEngine(id);
      if (binding === undefined) {
        return err(noSuchEngine(id));
      }
      if (enabled) {
        const switched = enableEngine(planDeps, binding, first);
        if (!switched.ok) {
          return switched;
        }
        engines.links.switchedOn(binding.manifest.collection);
      } else {
        engineSwitch.set(binding.manifest.engineId, false);
      }
      states.refresh(enabled ? 'enabled' : 'disabled');
      return ok(states.body(binding));
    },
  };
}

/** What a person does with linked folders. */
export function linkControl({ links }: ControlledEngines, ofEngine: OfEngine): LinkControl {
  return {
    links: () => links.list(),
    link: async (engineId, root, takesLinks) => {
      const binding = ofEngine(engineId);
      return binding === undefined
        ? err(noSuchEngine(engineId))
        : links.link(binding.manifest.engineId, root, takesLinks);
    },
    unlink: async (root) => links.unlink(root),
    showLink: (root) => links.show(root),
    resumeLink: async (root) => links.resume(root),
    adoptLink: async (root) => links.adopt(root),
    fetchLink: async (path) => links.fetchFirst(path),
    cleanLink: async (root, execute) => links.clean(root, execute),
    ignoredBecause: (collection, id) => links.ignoredBecause(collection, id),
  };
}

export function noSuchEngine(id: string): ControlFault {
  return { kind: 'not_found', message: `No engine is called ${id}. See: sourcesync engines ls` };
}
