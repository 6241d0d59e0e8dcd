/** What an operator is told of a disk that fails under the store of a relay: where, what the system said, what to do next. */
export function diskWords(where: string, cause: unknown): string {
  const { message, code } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : { message: String(cause) };
  const said = code === undefined || message.includes(code) ? message : `${message} (${code})`;
  return `${where}: ${said}. ${remedyFor(code ?? '')}`;
}

const nothingLost = 'Nothing that was confirmed is lost, and devices ask again by themselves.';

function remedyFor(code: string): string {
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return (
      'What was read is not what was written: the disk failed, or the file is damaged. Start the relay again. Where it ' +
      'says this once more, move the file away and start it: devices bring back what they hold.'
    );
  }
  return /^(SQLITE_FULL|ENOSPC)/.test(code)
    ? `The disk is full: make room on it. ${nothingLost}`
    : `See whether the disk is read-only, unplugged or broken (dmesg, smartctl), and whether the folder is this user's. ${nothingLost}`;
}
