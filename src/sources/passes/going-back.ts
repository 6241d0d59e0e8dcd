import type { PlannedEdit } from '../reconcile/planned-edit.ts';
import { type RecordView, versionSaying } from '../ground/records.ts';

/** Fewer files than these go back without more ado: history has what each was. */
const mostUnmarked = 20;

/**
 * Watches one pass for files that go back to what they were at some time (an older branch, an unpacked backup), and calls
 * `before` once, before the edits that make them too many.
 */
export function createGoingBack(
  view: RecordView,
  before: ((files: number) => void) | undefined,
): (planned: readonly PlannedEdit[]) => void {
  let files = 0;
  return (planned) => {
    if (before === undefined || files > mostUnmarked || files + planned.length <= mostUnmarked) {
      return;
    }
    files += planned.filter((edit) => goesBack(view, edit)).length;
    if (files > mostUnmarked) {
      before(files);
    }
  };
}

function goesBack(view: RecordView, { observation }: PlannedEdit): boolean {
  const { id, row, found } = observation;
  return row !== undefined && found !== undefined && versionSaying(view, id, found.content) !== undefined;
}
