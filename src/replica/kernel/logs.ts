import type { ChangeId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ChosenScopes } from '../lists/chosen-scopes.ts';
import type { LogReader } from '../lists/log-reader.ts';
import type { Moves } from '../lists/move-state.ts';
import type { Scopes } from '../lists/scopes.ts';

/** What the logs say, as this device reads them: those of members, and those of changes with what of them is no batch yet. */
export interface Logs {
  readonly scopes: Scopes;
  readonly chosen: ChosenScopes;
  readonly reader: LogReader;
  /** Own changes of the transaction under way, which the log does not hold before they are sealed. */
  readonly unsealed: Map<ChangeId, LoggedChange>;
  readonly moves: Moves;
  /** True for a change that was here before decisions had the laws that they have. */
  readonly isOld: (change: LoggedChange) => boolean;
  /** True for a change that was here before files that run by themselves waited for a person. */
  readonly isUngated: (change: LoggedChange) => boolean;
}
