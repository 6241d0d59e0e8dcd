/** Why a store does not open: what happened, and what to do next. */
export type StoreFault =
  | { readonly kind: 'in_use'; readonly holder: LockHolder | null; readonly message: string }
  | { readonly kind: 'newer_schema'; readonly found: number; readonly known: number; readonly message: string }
  | { readonly kind: 'wrong_key'; readonly message: string }
  | { readonly kind: 'damaged'; readonly message: string }
  | { readonly kind: 'foreign'; readonly message: string }
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string };

/** The process that has a store open. */
export interface LockHolder {
  readonly pid: number;
  /** RFC 3339, when it opened the store; null when it did not say. */
  readonly since: string | null;
}

export function inUse(holder: LockHolder | null): StoreFault {
  const who = holder === null ? 'another process' : `process ${holder.pid}`;
  const since = holder?.since ? ` since ${holder.since}` : '';
  const message = `The store is in use by ${who}${since}. Stop that daemon, or choose another home.`;
  return { kind: 'in_use', holder, message };
}

export function newerSchema(found: number, known: number): StoreFault {
  const message =
    `The store was written by a newer version of SourceSync (schema ${found}; this one knows ${known}). ` +
    'Nothing was changed. Install that version or a newer one.';
  return { kind: 'newer_schema', found, known, message };
}

export const wrongKey: StoreFault = {
  kind: 'wrong_key',
  message:
    'The store was sealed under another key. Nothing was changed. Put back the key file that belongs to this home.',
};

export function damaged(what: string): StoreFault {
  const message = `The store cannot be read: ${what}. Move it away and restore it from a backup or from another device.`;
  return { kind: 'damaged', message };
}

export const foreign: StoreFault = {
  kind: 'foreign',
  message:
    'The store cannot be read: its file is a database of another program. Nothing was changed. Move it away, and put ' +
    'back the one that belongs to this home. Where that is lost, start without it: what relays and other devices have ' +
    'comes back.',
};

export function unreadable(code: string): StoreFault {
  const message = `The store's file cannot be opened (${code}). Check that the folder exists, is yours and has room.`;
  return { kind: 'unreadable', code, message };
}

/** The fault that an exception of SQLite or the file system stands for; undefined for a bug, which is thrown on. */
export function faultOf(error: unknown): StoreFault | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
    return damaged('its file is not a whole database');
  }
  const isOutside = /^(SQLITE_(CANTOPEN|IOERR|FULL|PERM|READONLY|AUTH)|E[A-Z]+)/.test(code);
  return isOutside ? unreadable(code) : undefined;
}
