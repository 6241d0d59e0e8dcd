/** What an error of the file system means for a person, with what to do next; undefined for what is none. */
export function diskWords(cause: unknown, path: string): string | undefined {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'SQLITE_FULL':
      return `The disk of ${path} has no room for it. Make room there, or name a place on another disk.`;
    case 'EFBIG':
      return `${path} may not become as large as this (a limit of the file system or of this shell, see ulimit -f). Name a place on another disk, or raise the limit.`;
    case 'EACCES':
    case 'EPERM':
      return `${path} is not this user's to write or read (${code}). Name another place, or change who may.`;
    case 'EROFS':
      return `The file system of ${path} is read-only. Name a place on another disk.`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `${path} is not there, or its folder is not (${code}). See how it is written, and make the folder first.`;
    default:
      return /^(E[A-Z0-9]+|SQLITE_(IOERR|CANTOPEN|READONLY)\w*)$/.test(code)
        ? `${path}: the disk does not give or take it (${code}). See whether it is mounted and well (dmesg).`
        : undefined;
  }
}
