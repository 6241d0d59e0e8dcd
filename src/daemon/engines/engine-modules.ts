import { engine as agents } from '../../../engines/agents/engine.ts';
import { engine as audit } from '../../../engines/audit/engine.ts';
import { engine as browser } from '../../../engines/browser/engine.ts';
import { engine as clients } from '../../../engines/clients/engine.ts';
import { engine as extensions } from '../../../engines/extensions/engine.ts';
import { createGenericEngine } from '../../../engines/generic/engine.ts';
import { engine as inbox } from '../../../engines/inbox/engine.ts';
import { engine as memory } from '../../../engines/memory/engine.ts';
import { engine as models } from '../../../engines/models/engine.ts';
import { engine as notes } from '../../../engines/notes/engine.ts';
import { engine as policy } from '../../../engines/policy/engine.ts';
import { engine as presence } from '../../../engines/presence/engine.ts';
import { engine as secrets } from '../../../engines/secrets/engine.ts';
import { engine as shell } from '../../../engines/shell/engine.ts';
import { engine as workspace } from '../../../engines/workspace/engine.ts';
import type { EngineId } from '../../base/ids.ts';
import type { Engine } from '../../contract/engine.ts';
import type { ObservedPlace } from '../../contract/observed-place.ts';
import type { Place } from '../../contract/place.ts';
import type { EngineScript } from './engine-script.ts';

const shipped: ReadonlyMap<EngineId, Engine> = new Map(
  [
    agents,
    audit,
    browser,
    clients,
    extensions,
    inbox,
    memory,
    models,
    notes,
    policy,
    presence,
    secrets,
    shell,
    workspace,
  ].map((engine) => [engine.engineId, engine]),
);

/** Kinds of places of all engines that ship. */
export const shippedPlaces: readonly (Place | ObservedPlace)[] = [...shipped.values()].flatMap(
  ({ places = [] }) => places,
);

/** The shipped engine, or the generic one with what its script brings, if it has one. */
export function engineFor(engineId: EngineId, script: EngineScript | undefined): Engine {
  const generic = createGenericEngine(engineId);
  return shipped.get(engineId) ?? (script === undefined ? generic : { ...generic, ...script });
}
