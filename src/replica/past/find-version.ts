import { type ChangeId, type CollectionName, type DeviceId, type RecordId, parseChangeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Disposition } from '../../contract/record.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import type { Core } from '../kernel/core.ts';
import { wasLiveHere } from '../kernel/history-of.ts';

const shortestBeginning = 6;

/**
 * The change that a version names: a change id, an ETag (of which the part before the dot is one), or a beginning of at
 * least 6 characters that fits one change of the record alone. The error says in words what was found instead.
 */
export function findVersion(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  { collection, id }: { readonly collection: CollectionName; readonly id: RecordId },
  history: readonly HistoryRow[],
  version: string,
): Result<ChangeId, string> {
  const wanted = version.split('.', 1)[0] ?? '';
  const seeHistory = `See: sourcesync records history ${collection} ${id}`;
  if (wanted.length < shortestBeginning) {
    return err(`A version is named by at least ${shortestBeginning} characters of its hash. ${seeHistory}`);
  }
  const found = history.filter(({ changeId }) => changeId.startsWith(wanted));
  const [row] = found;
  if (row === undefined) {
    return err(`${foreign(core.store, wanted)}No version of ${collection}/${id} begins with ${wanted}. ${seeHistory}`);
  }
  if (found.length > 1) {
    return err(`${found.length} versions of ${collection}/${id} begin with ${wanted}. Give more of the hash.`);
  }
  const obstacle = obstacleOf(core.device.id, row, core.logs.reader.change(row)?.operation);
  return obstacle === undefined ? ok(row.changeId) : err(`${obstacle} Choose another one. ${seeHistory}`);
}

function foreign(store: Pick<Store, 'history'>, wanted: string): string {
  const changeId = parseChangeId(wanted);
  const row = changeId && store.history.get(changeId);
  return row === undefined ? '' : `That is a version of ${row.collection}/${row.recordId}. `;
}

/** Why a change is no version to go back to; undefined when it is one. */
function obstacleOf(self: DeviceId, row: HistoryRow, operation: string | undefined): string | undefined {
  if (operation === 'command') {
    return 'That change is a decision about other versions, and no version itself.';
  }
  return wasLiveHere(self, row) ? undefined : neverLive[row.disposition];
}

const neverLive: Readonly<Record<Disposition, string | undefined>> = {
  applied: undefined,
  proposed: 'That version waits for a decision and was not live here.',
  superseded: 'That version was proposed, and a newer proposal took its place before it was live here.',
  waiting: 'That version is held here without effect.',
  refused: 'That version was refused or decided against here.',
};
