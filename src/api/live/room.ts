import { updateSince } from '../../merge/crdt/crdt-document.ts';
import { stateVectorOf } from '../../merge/crdt/crdt-live.ts';
import { emptyUpdate, inspectUpdate } from '../../merge/crdt/crdt-update.ts';
import type { WriteResult } from '../../replica/names/write.ts';
import { type StoreFailure, type Trouble, storeFailureOf, troubleOf } from '../../store/ground/failure.ts';
import type { Problem } from '../answers/problem.ts';
import { type EditorMessage, answerMessage, askMessage } from '../ports/messages.ts';
import { type Company, createCompany, isReady } from './company.ts';
import { type CloseCode, type Editor, closeCodes } from './editor.ts';
import { followOthers } from './follow-others.ts';
import { type ReadRow, createOpenDocument, storedDocument } from './open-document.ts';
import { createPacedWork } from './paced-work.ts';
import type { RoomState } from './room-state.ts';
import { malformedUpdate, writeWaiting } from './write-waiting.ts';

/** Edits of one document that come within this become one change of each editor. */
const gatheringMs = 250;

/** What a room asks of the daemon. */
export interface RoomDeps {
  readonly readRow: ReadRow;
  /** Writes the updates in order, as `POST …/updates` writes them; resolves once durable. */
  write(updates: readonly Uint8Array[]): Promise<readonly WriteResult[]>;
  /** Why the editor may no longer do what it does; undefined while it may. */
  refuse(editor: Editor): Problem | undefined;
  onFault(cause: unknown): void;
  readonly nowMs: () => number;
}

/** The editors of one record. Its document is open as long as somebody is there. */
export interface Room extends Pick<Company, 'editors' | 'tell' | 'isStillLetIn'> {
  /** Asks the editor for what is not stored yet. */
  join(editor: Editor): void;
  /** Writes what the editor brought, and forgets it; resolves once that is durable. */
  leave(editor: Editor): Promise<void>;
  take(editor: Editor, message: Extract<EditorMessage, { type: 'ask' | 'answer' | 'update' }>): void;
  /** A change of the record, of this version, was committed: by this room or by anybody else. */
  changed(version: string): void;
  /** Writes what waits; resolves once it is durable. */
  flush(): Promise<void>;
  /** Everybody is sent away with this. */
  closeAll(code: CloseCode, reason: string): void;
}

export function createRoom(deps: RoomDeps): Room {
  const company = createCompany((editor) => deps.refuse(editor));
  const { editors, tell, isStillLetIn } = company;
  const document = createOpenDocument(deps.readRow);
  const told = new Set<string>();
  const pace = createPacedWork({
    everyMs: gatheringMs,
    nowMs: deps.nowMs,
    work: async () => catchUp(deps, { company, document, told }, closeAll),
    isLeft: () => company.ready().length > 0 || told.size > 0,
  });

  function closeAll(code: CloseCode, reason: string): void {
    pace.cancel();
    told.clear();
    company.endAll(code, reason);
  }

  return {
    ...{ editors, tell, isStillLetIn, closeAll },
    join(editor) {
      if (editors.size === 0) {
        document.now();
      }
      company.add(editor);
      editor.send(askMessage(stateVectorOf(storedDocument(deps.readRow))));
    },
    async leave(editor) {
      while (editors.has(editor) && (pace.isRunning || isReady(editor))) {
        await pace.run();
      }
      company.remove(editor);
      if (editors.size === 0) {
        document.spoil();
      }
    },
    take(editor, message) {
      if (message.type === 'ask') {
        if (isStillLetIn(editor)) {
          answer(company, editor, storedDocument(deps.readRow), message.stateVector);
        }
        return;
      }
      if (!inspectUpdate(message.update).ok) {
        company.end(editor, closeCodes.malformed, malformedUpdate);
        return;
      }
      editor.put(message.update);
      editor.isAnswered ||= message.type === 'answer';
      if (isReady(editor)) {
        pace.plan();
      }
    },
    changed(version) {
      told.add(version);
      pace.plan();
    },
    async flush() {
      while (pace.isRunning || company.ready().length > 0) {
        await pace.run();
      }
    },
  };
}

/** Brings in what others wrote, then writes what waits here. Where that fails everybody is sent away. */
async function catchUp(deps: RoomDeps, state: RoomState, closeAll: Room['closeAll']): Promise<void> {
  const { company, document } = state;
  try {
    const ending = followOthers(state, deps.readRow);
    if (ending !== undefined) {
      document.spoil();
      closeAll(ending.code, ending.reason);
    }
    await writeWaiting(state, async (updates) => deps.write(updates));
  } catch (cause) {
    deps.onFault(cause);
    document.spoil();
    const failure = storeFailureOf(cause);
    closeAll(closeCodes.failed, failure === undefined ? couldNotWrite : failedWords(failure, troubleOf(cause)));
  }
  if (company.editors.size === 0) {
    document.spoil();
  }
}

function answer(company: Company, editor: Editor, stored: Uint8Array | null, stateVector: Uint8Array): void {
  const update = stored === null ? emptyUpdate : updateSince(stored, stateVector);
  if (update === undefined) {
    company.end(editor, closeCodes.malformed, 'The state vector cannot be read.');
  } else {
    editor.send(answerMessage(update));
  }
}

const couldNotWrite = 'The daemon could not write. See its log, and connect again.';

/** The editor keeps what it has, and brings it with the next connection. */
function failedWords(failure: StoreFailure, trouble: Trouble): string {
  return failure === 'disk_low'
    ? 'The disk of this home is full. Make room on it, and connect again.'
    : failing[trouble];
}

const failing: Readonly<Record<Trouble, string>> = {
  disk: 'The disk of this home takes nothing. Mend it, and connect again.',
  damage: 'The database of this home is damaged, and is made anew by itself. Connect again in a moment.',
  moved: 'The database of this home was removed or replaced. Put it back as it was, and connect again.',
};
