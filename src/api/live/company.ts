import type { Problem } from '../answers/problem.ts';
import { type CloseCode, type Editor, closeCodes } from './editor.ts';

/** The editors that are at one record. */
export interface Company {
  readonly editors: ReadonlySet<Editor>;
  /** Those of whom something waits that may be written. */
  ready(): readonly Editor[];
  add(editor: Editor): void;
  remove(editor: Editor): void;
  /** False for an editor that may no longer do what it does, and is sent away. */
  isStillLetIn(editor: Editor): boolean;
  /** Sends a message to everybody who may still have it. */
  tell(message: Uint8Array): void;
  /** Sends one editor away. */
  end(editor: Editor, code: CloseCode, reason: string): void;
  endAll(code: CloseCode, reason: string): void;
}

/** `refuse` says why an editor may no longer do what it does: its token ended, or policy has closed since it came. */
export function createCompany(refuse: (editor: Editor) => Problem | undefined): Company {
  const editors = new Set<Editor>();

  function isStillLetIn(editor: Editor): boolean {
    const refused = refuse(editor);
    if (refused !== undefined) {
      end(editor, refused.status === 401 ? closeCodes.tokenEnded : closeCodes.denied, refused.body.detail);
    }
    return refused === undefined;
  }

  function end(editor: Editor, code: CloseCode, reason: string): void {
    editor.close(code, reason);
    editors.delete(editor);
  }

  return {
    editors,
    isStillLetIn,
    end,
    ready: () => [...editors].filter(isReady),
    add: (editor) => void editors.add(editor),
    remove: (editor) => void editors.delete(editor),
    tell(message) {
      for (const editor of editors) {
        if (isStillLetIn(editor)) {
          editor.send(message);
        }
      }
    },
    endAll(code, reason) {
      for (const editor of editors) {
        end(editor, code, reason);
      }
    },
  };
}

export function isReady(editor: Editor): boolean {
  return editor.isAnswered && editor.hasWaiting;
}
