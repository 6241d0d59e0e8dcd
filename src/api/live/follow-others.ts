import { ok } from '../../base/result.ts';
import { updateMessage } from '../ports/messages.ts';
import { type CloseCode, closeCodes } from './editor.ts';
import type { ReadRow } from './open-document.ts';
import type { RoomState } from './room-state.ts';

/** Why everybody is sent away. */
export interface Ending {
  readonly code: CloseCode;
  readonly reason: string;
}

/** What others wrote goes to everybody here. Answers why nobody can stay, where that is so. */
export function followOthers({ company, document, told }: RoomState, readRow: ReadRow): Ending | undefined {
  if (told.size === 0) {
    return undefined;
  }
  told.clear();
  const row = readRow();
  if (row === undefined || row === 'damaged' || row.state !== 'live' || row.document === null) {
    return { code: closeCodes.removed, reason: 'The record is no longer there, or cannot be read.' };
  }
  // Where the open document was spoilt, what it lacked is not known any more.
  const news = document.opened === undefined ? ok(row.document) : document.opened.follow(row.document);
  if (!news.ok) {
    return { code: closeCodes.askAgain, reason: 'The record moved on. Connect again.' };
  }
  if (news.value !== undefined) {
    company.tell(updateMessage(news.value));
  }
  return undefined;
}
