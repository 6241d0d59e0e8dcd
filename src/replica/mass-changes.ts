import { isBraking } from './guard/brake-item.ts';
import type { Core } from './kernel/core.ts';
import { dropFolder, isFolderAsked, wordOnFolder } from './guard/folder-hold.ts';
import { dropRules, wordOnRules } from './guard/folder-rules.ts';
import { beforeGoingBack } from './guard/going-back.ts';
import { lossIn } from './guard/losses.ts';
import { meet, planInitialSync } from './decide/initial-sync.ts';
import { heldCall, massChangeOf } from './guard/outbound.ts';
import type { Replica } from './port.ts';
import { createRestorePoint, restorePoints } from './kernel/restore-points.ts';

export type MassChanges = Pick<
  Replica,
  | 'planInitialSync'
  | 'meet'
  | 'heldCall'
  | 'wordOnFolder'
  | 'wordOnRules'
  | 'dropRules'
  | 'isFolderAsked'
  | 'dropFolder'
  | 'beforeGoingBack'
  | 'lossOf'
  | 'isBraking'
  | 'restorePoints'
  | 'createRestorePoint'
>;

/** What a person is asked before much of a collection is gone. */
export function createMassChanges(core: Core): MassChanges {
  return {
    planInitialSync: (collection) => planInitialSync(core, collection),
    meet: (collection, choice) => meet(core, collection, choice),
    heldCall: (collection, writes) => {
      const change = massChangeOf(core, collection, writes);
      return change && heldCall(core, collection, { kind: 'edit', writes }, change);
    },
    wordOnFolder: (losses) => wordOnFolder(core, losses),
    wordOnRules: (place, rules) => wordOnRules(core, place, rules),
    dropRules: (root) => {
      dropRules(core, root);
    },
    isFolderAsked: (root) => isFolderAsked(core.store, root),
    dropFolder: (root) => {
      dropFolder(core, root);
      dropRules(core, root);
    },
    beforeGoingBack: (collection, files) => beforeGoingBack(core, collection, files),
    lossOf: (collection, id, before, after) => {
      const binding = core.rules.bindings.ofCollection(collection);
      return binding && lossIn(binding, id, before, after);
    },
    restorePoints: () => restorePoints(core.store),
    createRestorePoint: (facts) => createRestorePoint(core, facts),
    isBraking: (collection) => isBraking(core.store, collection),
  };
}
