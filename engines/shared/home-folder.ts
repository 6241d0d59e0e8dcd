/**
 * Home folders of people, on whatever machine; `~` and `$HOME` are of no machine. Homebrew's own folder on Linux and the
 * shared one of macOS are nobody's, and the same on every machine.
 */
const anyHome =
  /(?<![\w.~$}-])[\\/]+(?:var[\\/]+)?(?:home|Users)[\\/]+(?!(?:linuxbrew|Shared)\b)[^\s\\/]|(?<![\w.~$}/-])\/root(?![\w.-])|\b[a-z]:[\\/]+Users[\\/]/i;
/** In an address that leads to another machine's files; `/home/` of a page is a page. */
const anyHomeElsewhere = /\b(?!https?:)[a-z][a-z0-9+.-]{0,30}:\/\/[^/\s]{0,200}\/+(?:home|users)\//i;

/** True for a text that names a home folder: the one of this machine, or of somebody else, whom nobody has here and there. */
export function namesHome(text: string, home: string | undefined): boolean {
  const plain = decoded(text);
  return anyHome.test(plain) || anyHomeElsewhere.test(plain) || namesOwnHome(text, home);
}

/** The home folder of this machine alone; one of a single letter, as of a system's user, is in every path. */
export function namesOwnHome(text: string, home: string | undefined): boolean {
  return home !== undefined && home.length > 1 && (text.includes(home) || decoded(text).includes(home));
}

/** What stands percent-coded in an address is the same place. */
function decoded(text: string): string {
  return text.includes('%')
    ? text.replaceAll(/%([2-7][0-9a-f])/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
}
