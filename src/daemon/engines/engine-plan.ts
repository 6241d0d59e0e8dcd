import type { ControlFault } from '../../api/ports/fault.ts';
import { type EnginePlanBody, type FirstChoiceName, firstChoiceNames } from '../../api/types/plan.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { staysOnDevice } from '../../contract/manifest.ts';
import type { Replica } from '../../replica/port.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import type { EngineSwitch } from './switches.ts';

export interface EnginePlanDeps {
  readonly replica: Pick<Replica, 'rejudge' | 'planInitialSync' | 'meet' | 'scopeOf'>;
  readonly store: Store;
  readonly engineSwitch: EngineSwitch;
}

/** What switching an engine on would do, before anything moves. */
export function planEngine(
  { replica, store, engineSwitch }: EnginePlanDeps,
  binding: CollectionBinding,
  unconfirmed: number,
): Result<EnginePlanBody, ControlFault> {
  const { engineId, collection } = binding.manifest;
  if (staysOnDevice(binding.scope)) {
    return err({
      kind: 'conflict',
      message: `Records of ${collection} never leave their device, so there is nothing to plan: it meets no other device.`,
    });
  }
  if (replica.scopeOf(binding) === undefined) {
    return err({
      kind: 'not_ready',
      message: `This device has joined no ${binding.scope} scope, so nothing can move yet. Join or create one: sourcesync scopes ls`,
    });
  }
  const { waiting, isFirst, ...wouldApply } = replica.planInitialSync(collection);
  const files = store.links
    .list()
    .filter((link) => link.engineId === engineId && link.left !== true)
    .reduce((sum, { root }) => sum + store.links.files(root).length, 0);
  const needsChoice = waiting > 0 && isFirst;
  return ok({
    engineId,
    collection,
    enabled: engineSwitch.isEnabled(engineId),
    local: { records: store.records.counts(collection).live, files },
    remote: { waiting },
    wouldApply,
    wouldPublish: { changes: unconfirmed, files },
    needsChoice,
    choices: needsChoice ? firstChoiceNames : [],
  });
}

/** Switches an engine on; where both sides have data and meet for the first time, not without a choice. */
export function enableEngine(
  deps: EnginePlanDeps,
  binding: CollectionBinding,
  choice: FirstChoiceName | undefined,
): Result<undefined, ControlFault> {
  const { replica, engineSwitch } = deps;
  const { engineId, collection } = binding.manifest;
  const plan = engineSwitch.isEnabled(engineId) ? undefined : planEngine(deps, binding, 0);
  if (plan?.ok !== true || !plan.value.needsChoice) {
    engineSwitch.set(engineId, true);
    replica.rejudge(collection);
    return ok(undefined);
  }
  if (choice === undefined) {
    return err({
      kind: 'conflict',
      reasonCode: 'manual_review_required',
      message: `This device and the scope both have ${collection} already (${plan.value.local.records} records and ${plan.value.local.files} files here, ${plan.value.remote.waiting} changes from elsewhere). See what would happen with: sourcesync engines plan ${engineId} and then choose with --first ${firstChoiceNames.join('|')}`,
    });
  }
  engineSwitch.set(engineId, true);
  const met = replica.meet(collection, choice);
  if (!met.ok) {
    engineSwitch.set(engineId, false);
    return err({ kind: 'conflict', message: met.error.message });
  }
  return ok(undefined);
}
