import { isBraking } from './brake.ts';
import type { Core } from './core.ts';
import { dropFolderChange, isFolderAsked, wordOnFolder } from './folder-hold.ts';
import { meet, planMeeting } from './meeting.ts';
import { massChangeOf } from './outbound.ts';
import type { Replica } from './port.ts';
import { createRestorePoint, restorePoints } from './restore-points.ts';

export type MassChanges = Pick<
  Replica,
  | 'planMeeting'
  | 'meet'
  | 'massChangeOf'
  | 'wordOnFolder'
  | 'isFolderAsked'
  | 'dropFolderChange'
  | 'brakeSetting'
  | 'isBraking'
  | 'restorePoints'
  | 'createRestorePoint'
>;

/** What a person is asked before much of a collection moves at once. */
export function createMassChanges(core: Core): MassChanges {
  return {
    planMeeting: (collection) => planMeeting(core, collection),
    meet: (collection, choice) => meet(core, collection, choice),
    massChangeOf: (collection, writes) => massChangeOf(core, collection, writes),
    wordOnFolder: (change) => wordOnFolder(core, change),
    isFolderAsked: (place) => isFolderAsked(core, place),
    dropFolderChange: (place) => {
      dropFolderChange(core, place);
    },
    brakeSetting: ({ manifest }) => core.cycles.settingOf(manifest),
    restorePoints: () => restorePoints(core),
    createRestorePoint: (facts) => createRestorePoint(core, facts),
    isBraking: (collection) => isBraking(core, collection),
  };
}
