import type { Control, SyncControl } from '../../api/ports/control.ts';
import { capabilities } from '../engines/capabilities.ts';
import { openapi } from '../ground/openapi.ts';
import type { ControlDeps } from './control-deps.ts';
import { type OfEngine, engineControl, findEngine, linkControl } from './engine-control.ts';
import { placeControl } from './place-control.ts';
import { scopeControl } from './scope-control.ts';
import { statusOf } from './status-of.ts';

/** Who asks to sync now is told whether the relay answers; one that is silent for longer is said to connect. */
const syncNowPatienceMs = 5000;

export function createControl(deps: ControlDeps): Control {
  const { engines, pairing, process } = deps;
  const ofEngine: OfEngine = (id) => findEngine(engines.bindings, id);
  return {
    status: () => statusOf(deps),
    ...engineControl(deps, ofEngine),
    edit: engines.gate.edit,
    ...{ capabilities, openapi },
    doctor: async () => process.doctor(),
    ...syncControl(deps),
    invite: async (options) => pairing.invite(options),
    pairing: () => pairing.body(),
    approve: async (digits) => pairing.approve(digits),
    ...scopeControl(deps),
    ...linkControl(engines, ofEngine),
    ...placeControl(deps.places),
    stop: process.stop,
    metrics: async () => process.metrics(),
  };
}

/** Sync as a whole: stopped, gone on with, or wanted now. */
function syncControl({ engines, sync }: ControlDeps): SyncControl {
  const { states, links } = engines;
  const { relay, syncSwitch } = sync;
  return {
    pause: () => {
      syncSwitch.set(true);
      relay()?.pause();
      states.refresh('paused');
    },
    resume: () => {
      syncSwitch.set(false);
      relay()?.resume();
      states.refresh('resumed');
    },
    syncNow: async () => {
      relay()?.connectNow();
      await links.rescan();
      await relay()?.settled(syncNowPatienceMs);
    },
  };
}
