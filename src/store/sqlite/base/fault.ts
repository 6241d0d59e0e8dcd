/** Why a store does not open: what happened, and what to do next. */
export type StoreFault =
  | { readonly kind: 'in_use'; readonly holder: LockHolder | null; readonly message: string }
  | { readonly kind: 'newer_schema'; readonly found: number; readonly known: number; readonly message: string }
  | { readonly kind: 'wrong_key'; readonly message: string }
  | { readonly kind: 'damaged'; readonly message: string }
  | { readonly kind: 'foreign'; readonly message: string }
  | { readonly kind: 'no_room'; readonly neededBytes: number; readonly freeBytes: number; readonly message: string }
  | { readonly kind: 'upgrade_failed'; readonly reason: string; readonly copy: string | null; readonly message: string }
  | { readonly kind: 'no_copy'; readonly message: string }
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

/** What a home says of the upgrade that made its store too new. */
export interface NewerStore {
  /** Version of the program that upgraded it; undefined where no upgrade is known. */
  readonly program: string | undefined;
  /** When the copy was made that this program can go back to; undefined where there is none. */
  readonly copyAt: string | undefined;
}

/** Whether another process holds the database. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code));
}

export function newerSchema(found: number, known: number, { program, copyAt }: Partial<NewerStore> = {}): StoreFault {
  const which = program === undefined ? 'the version that wrote it' : `version ${program}`;
  const back =
    copyAt === undefined
      ? ''
      : ` Or go back to the copy of ${copyAt}, without what was written since; this shows what that means: sourcesync store rollback`;
  const message =
    `The store was written by a newer version of SourceSync (schema ${found}; this one knows ${known}). ` +
    `Nothing was changed. Install ${which} or a newer one (sourcesync version names the schema that one knows).${back}`;
  return { kind: 'newer_schema', found, known, message };
}

interface Upgrading {
  readonly from: number;
  readonly to: number;
}

export function noRoom({
  folder,
  neededBytes,
  freeBytes,
  ...upgrading
}: Upgrading & {
  readonly folder: string;
  readonly neededBytes: number;
  readonly freeBytes: number | null;
}): StoreFault {
  const message =
    `The store has to be upgraded ${stepsOf(upgrading)}, and is copied before. That needs ${inWords(neededBytes)} on the disk of ${folder}, where ${inWords(freeBytes ?? 0)} are free. ` +
    'Nothing was changed. Make room there and start again, or go on with the version of SourceSync that was used before.';
  return { kind: 'no_room', neededBytes, freeBytes: freeBytes ?? 0, message };
}

export function upgradeFailed({
  copy,
  reason,
  ...upgrading
}: Upgrading & { readonly copy: string | undefined; readonly reason: string }): StoreFault {
  const kept = copy === undefined ? '' : ` A copy of its store was made before: ${copy}`;
  const message =
    `The store could not be upgraded ${stepsOf(upgrading)}: ${reason}. This home is as it was before.${kept}\n` +
    'Where the disk was in the way, mend that and start again. Else go on with the version of SourceSync that was used before, and ' +
    'report it with what this says, which tries the upgrade on a copy: sourcesync store upgrade --dry-run';
  return { kind: 'upgrade_failed', reason, copy: copy ?? null, message };
}

function stepsOf({ from, to }: Upgrading): string {
  return `from version ${from} to ${to}`;
}

function inWords(bytes: number): string {
  const mib = 1024 * 1024;
  return bytes >= mib ? `${Math.ceil(bytes / mib)} MiB` : `${Math.floor(bytes / 1024)} KiB`;
}

export function noCopy(message: string): StoreFault {
  return { kind: 'no_copy', message };
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
