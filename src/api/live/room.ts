import type { Result } from '../../base/result.ts';
import { ok } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import { updateSince } from '../../merge/crdt/crdt-document.ts';
import { type LiveDocument, type LiveFault, openLiveDocument, stateVectorOf } from '../../merge/crdt/crdt-live.ts';
import { emptyUpdate, inspectUpdate } from '../../merge/crdt/crdt-update.ts';
import type { WriteResult } from '../../replica/names/write.ts';
import { type StoreFailure, type Trouble, storeFailureOf, troubleOf } from '../../store/ground/failure.ts';
import { versionOf } from '../../replica/names/version.ts';
import { type Problem, problemOfRefusal } from '../answers/problem.ts';
import { type CloseCode, type Editor, closeCodes } from './editor.ts';
import { type EditorMessage, answerMessage, askMessage, updateMessage } from '../ports/messages.ts';

/** Edits of one document that come within this become one change of each editor. */
const gatheringMs = 250;

/** What a room asks of the daemon. */
export interface RoomDeps {
  /** The record as it is stored; `damaged` cannot be read, and undefined was never written. */
  readRow(): RecordRow | 'damaged' | undefined;
  /** Writes the updates in order, as `POST …/updates` writes them; resolves once durable. */
  write(updates: readonly Uint8Array[]): Promise<readonly WriteResult[]>;
  /** Why the editor may no longer do what it does; undefined while it may. */
  refuse(editor: Editor): Problem | undefined;
  onFault(cause: unknown): void;
  readonly nowMs: () => number;
}

/** The editors of one record. Its document is open as long as somebody is there. */
export interface Room {
  /** Asks the editor for what is not stored yet. */
  join(editor: Editor): void;
  /** Writes what the editor brought, and forgets it; resolves once that is durable. */
  leave(editor: Editor): Promise<void>;
  take(editor: Editor, message: Extract<EditorMessage, { type: 'ask' | 'answer' | 'update' }>): void;
  /** A change of the record, of this version, was committed: by this room or by anybody else. */
  changed(version: string): void;
  /** Writes what waits; resolves once it is durable. */
  flush(): Promise<void>;
  /** Sends a message to everybody who may still have it. */
  tell(message: Uint8Array): void;
  /** False for an editor that may no longer do what it does, and is sent away. */
  isStillLetIn(editor: Editor): boolean;
  /** Everybody is sent away with this. */
  closeAll(code: CloseCode, reason: string): void;
  readonly editors: ReadonlySet<Editor>;
}

export function createRoom(deps: RoomDeps): Room {
  const editors = new Set<Editor>();
  /** Versions that were told of and that the open document lacks. */
  const told = new Set<string>();
  let document: LiveDocument | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writtenMs = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | undefined;

  /** The first edit after a pause is written at once; those that follow closely are gathered. */
  function plan(): void {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        void work();
      },
      Math.max(0, writtenMs + gatheringMs - deps.nowMs()),
    );
  }

  async function work(): Promise<void> {
    writing ??= catchUpAndWrite().then(() => {
      writing = undefined;
      if ([...editors].some(isReady) || told.size > 0) {
        plan();
      }
    });
    return writing;
  }

  async function catchUpAndWrite(): Promise<void> {
    writtenMs = deps.nowMs();
    try {
      catchUp();
      await writeWaiting();
    } catch (cause) {
      deps.onFault(cause);
      spoil();
      const failure = storeFailureOf(cause);
      closeAll(closeCodes.failed, failure === undefined ? couldNotWrite : failedWords(failure, troubleOf(cause)));
    }
    if (editors.size === 0) {
      spoil();
    }
  }

  /** What others wrote goes to everybody here. */
  function catchUp(): void {
    if (told.size === 0) {
      return;
    }
    told.clear();
    const row = deps.readRow();
    if (row === undefined || row === 'damaged' || row.state !== 'live' || row.document === null) {
      spoil();
      closeAll(closeCodes.removed, 'The record is no longer there, or cannot be read.');
      return;
    }
    // Where the open document was spoilt, what it lacked is not known any more.
    const news = document === undefined ? ok(row.document) : document.follow(row.document);
    if (!news.ok) {
      spoil();
      closeAll(closeCodes.askAgain, 'The record moved on. Connect again.');
    } else if (news.value !== undefined) {
      broadcast(news.value);
    }
  }

  async function writeWaiting(): Promise<void> {
    const parts: { readonly editor: Editor; readonly part: Uint8Array }[] = [];
    for (const editor of [...editors].filter(isReady)) {
      const part = gathered(editor);
      if (!part.ok) {
        closeFor(editor, part.error);
        spoil();
        // What was gathered of the others before is not in what is stored yet.
        documentNow().absorb(parts.map((gatheredBefore) => gatheredBefore.part));
      } else if (part.value !== undefined) {
        parts.push({ editor, part: part.value });
      }
    }
    if (parts.length === 0) {
      return;
    }
    const results = await deps.write(parts.map(({ part }) => part));
    for (const [index, { editor, part }] of parts.entries()) {
      const result = results[index] as WriteResult;
      if (result.ok) {
        told.delete(versionOf(result.value));
        // To its author too: so it knows that what it wrote is stored.
        broadcast(part);
      } else {
        spoil();
        const problem = problemOfRefusal(result.error);
        end(editor, problem.status === 403 ? closeCodes.denied : closeCodes.refused, problem.body.detail);
      }
    }
  }

  function gathered(editor: Editor): Result<Uint8Array | undefined, LiveFault> {
    return isStillLetIn(editor) ? documentNow().absorb(editor.takeWaiting()) : ok(undefined);
  }

  function documentNow(): LiveDocument {
    if (document === undefined) {
      const row = deps.readRow();
      document = openLiveDocument(row === undefined || row === 'damaged' ? null : row.document);
    }
    return document;
  }

  /** What is open is not what is stored: the next question opens it anew. */
  function spoil(): void {
    document?.close();
    document = undefined;
  }

  function closeFor(editor: Editor, fault: LiveFault): void {
    if (fault === 'crdt_incomplete') {
      end(editor, closeCodes.askAgain, 'The edit builds on one that is not here. Connect again to send both.');
    } else {
      end(editor, closeCodes.malformed, malformed);
    }
  }

  function end(editor: Editor, code: CloseCode, reason: string): void {
    editor.close(code, reason);
    editors.delete(editor);
  }

  function closeAll(code: CloseCode, reason: string): void {
    clearTimeout(timer);
    timer = undefined;
    told.clear();
    for (const editor of editors) {
      end(editor, code, reason);
    }
  }

  function broadcast(update: Uint8Array): void {
    tell(updateMessage(update));
  }

  function tell(message: Uint8Array): void {
    for (const editor of editors) {
      if (isStillLetIn(editor)) {
        editor.send(message);
      }
    }
  }

  /** Sends an editor away whose token ended, or to whom policy has closed since it came. */
  function isStillLetIn(editor: Editor): boolean {
    const refused = deps.refuse(editor);
    if (refused !== undefined) {
      end(editor, refused.status === 401 ? closeCodes.tokenEnded : closeCodes.denied, refused.body.detail);
    }
    return refused === undefined;
  }

  function answer(editor: Editor, stateVector: Uint8Array): void {
    const row = deps.readRow();
    const stored = row === undefined || row === 'damaged' ? null : row.document;
    const update = stored === null ? emptyUpdate : updateSince(stored, stateVector);
    if (update === undefined) {
      end(editor, closeCodes.malformed, 'The state vector cannot be read.');
    } else {
      editor.send(answerMessage(update));
    }
  }

  return {
    editors,
    join(editor) {
      if (editors.size === 0) {
        documentNow();
      }
      editors.add(editor);
      const row = deps.readRow();
      editor.send(askMessage(stateVectorOf(row === undefined || row === 'damaged' ? null : row.document)));
    },
    async leave(editor) {
      while (editors.has(editor) && (writing !== undefined || isReady(editor))) {
        await work();
      }
      editors.delete(editor);
      if (editors.size === 0) {
        spoil();
      }
    },
    take(editor, message) {
      if (message.type === 'ask') {
        if (isStillLetIn(editor)) {
          answer(editor, message.stateVector);
        }
        return;
      }
      if (!inspectUpdate(message.update).ok) {
        end(editor, closeCodes.malformed, malformed);
        return;
      }
      editor.put(message.update);
      editor.isAnswered ||= message.type === 'answer';
      if (isReady(editor)) {
        plan();
      }
    },
    changed(version) {
      told.add(version);
      plan();
    },
    async flush() {
      while (writing !== undefined || [...editors].some(isReady)) {
        await work();
      }
    },
    ...{ tell, isStillLetIn, closeAll },
  };
}

function isReady(editor: Editor): boolean {
  return editor.isAnswered && editor.hasWaiting;
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

const malformed = 'The update is not a well-formed edit of this record, or is larger than one may be.';
