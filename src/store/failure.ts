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
  return /^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code) ? 'store_failing' : storeFailureOf(error.cause);
}

/** As the database itself would say it, of a write that is not even tried. */
export function noRoom(message: string): Error {
  return Object.assign(new Error(message), { code: noRoomCode });
}

const noRoomCode = 'SQLITE_FULL';
