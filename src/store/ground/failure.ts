/** Why a disk does not take what is written to a store: it has no room, or it fails. */
export type StoreFailure = 'disk_low' | 'store_failing';

/**
 * What an exception says of the disk under the store; undefined for one that has another cause. Whatever the transaction
 * did is undone, so that it can be done again when the disk is well.
 */
export function storeFailureOf(error: unknown): StoreFailure | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  const code = 'code' in error ? String(error.code) : '';
  if (code === noRoomCode) {
    return 'disk_low';
  }
  return /^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code) || isDamage(error)
    ? 'store_failing'
    : storeFailureOf(error.cause);
}

/** True for what the database says of pages that are not as it wrote them: it is mended where it is opened anew. */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  return ('code' in error && /^SQLITE_(CORRUPT|NOTADB)/.test(String(error.code))) || isDamage(error.cause);
}

/** True where the database is no longer found under its name. */
export function isMovedAway(error: unknown): boolean {
  return error instanceof Error && (('code' in error && error.code === movedCode) || isMovedAway(error.cause));
}

/** What became of the store: its disk, a page of it, or the name under which it is found. */
export type Trouble = 'disk' | 'damage' | 'moved';

export function troubleOf(cause: unknown): Trouble {
  return isMovedAway(cause) ? 'moved' : isDamage(cause) ? 'damage' : 'disk';
}

/** As the database itself would say it. */
export function movedAway(path: string): Error {
  return Object.assign(new Error(`${path} was removed or replaced while it was in use`), { code: movedCode });
}

/** As the database itself would say it, of a write that is not even tried. */
export function noRoom(message: string): Error {
  return Object.assign(new Error(message), { code: noRoomCode });
}

const noRoomCode = 'SQLITE_FULL';
const movedCode = 'SQLITE_READONLY_DBMOVED';
