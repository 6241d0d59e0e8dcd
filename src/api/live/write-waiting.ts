import type { LiveFault } from '../../merge/crdt/crdt-live.ts';
import { versionOf } from '../../replica/names/version.ts';
import type { WriteResult } from '../../replica/names/write.ts';
import { problemOfRefusal } from '../answers/problem.ts';
import { updateMessage } from '../ports/messages.ts';
import type { Company } from './company.ts';
import { type Editor, closeCodes } from './editor.ts';
import type { RoomState } from './room-state.ts';

/** What waited of one editor, as one update. */
interface Part {
  readonly editor: Editor;
  readonly update: Uint8Array;
}

export const malformedUpdate = 'The update is not a well-formed edit of this record, or is larger than one may be.';

/** Writes what waits of every editor. What is refused sends its author away, and nobody else. */
export async function writeWaiting(
  state: RoomState,
  write: (updates: readonly Uint8Array[]) => Promise<readonly WriteResult[]>,
): Promise<void> {
  const { company, document, told } = state;
  const parts = gather(state);
  if (parts.length === 0) {
    return;
  }
  const results = await write(parts.map(({ update }) => update));
  for (const [index, { editor, update }] of parts.entries()) {
    const result = results[index] as WriteResult;
    if (result.ok) {
      told.delete(versionOf(result.value));
      // To its author too: so it knows that what it wrote is stored.
      company.tell(updateMessage(update));
    } else {
      document.spoil();
      const problem = problemOfRefusal(result.error);
      company.end(editor, problem.status === 403 ? closeCodes.denied : closeCodes.refused, problem.body.detail);
    }
  }
}

function gather({ company, document }: RoomState): readonly Part[] {
  const parts: Part[] = [];
  for (const editor of company.ready()) {
    if (!company.isStillLetIn(editor)) {
      continue;
    }
    const gathered = document.now().absorb(editor.takeWaiting());
    if (!gathered.ok) {
      endFor(company, editor, gathered.error);
      document.spoil();
      // What was gathered of the others before is not in what is stored yet.
      document.now().absorb(parts.map(({ update }) => update));
    } else if (gathered.value !== undefined) {
      parts.push({ editor, update: gathered.value });
    }
  }
  return parts;
}

function endFor(company: Company, editor: Editor, fault: LiveFault): void {
  if (fault === 'crdt_incomplete') {
    company.end(editor, closeCodes.askAgain, 'The edit builds on one that is not here. Connect again to send both.');
  } else {
    company.end(editor, closeCodes.malformed, malformedUpdate);
  }
}
