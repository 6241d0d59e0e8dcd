import { looksOf } from '../../../src/base/look-alike.ts';

/** Programs that show something, or go somewhere, whatever plain words they are given. */
const showing = new Set(
  'cal cd clear df dir du echo egrep fgrep free grep head id ls pwd seq tail tree uname uptime vdir wc whoami'.split(
    ' ',
  ),
);

/** What git does to the repository that it stands in, without programs of others and without force. */
const gitVerbs = new Set('add branch commit diff fetch log pull push show stash status switch'.split(' '));
const gitOption =
  /^(-[a-zA-Z]{1,4}|-\d{1,3}|--(short|branch|oneline|graph|stat|cached|staged|all|decorate|amend|no-edit|verbose|patch|name-only|prune|abbrev-commit|date=\w+|color(=\w+)?))$/;

/** Names that people type to be careful, to become somebody else, or to reach another machine, by how they look. */
const guards = new Set(
  'bash chmod chown command cp curl dd doas docker env exec git gpg kubectl login mv node npm npx passwd pip pkexec python python3 rm scp sftp sh ssh su sudo systemctl tar wget zsh'
    .split(' ')
    .map(looksOf),
);

const plainWord = /^[\w@%+=:,./~*?-]+$/;

/** True for a line of plain words of which it is known that it only shows something. */
export function onlyShows(line: string): boolean {
  const [program = '', ...words] = line.trim().split(/[ \t]+/);
  if (!words.every((word) => plainWord.test(word))) {
    return false;
  }
  return program === 'git' ? isPlainGit(words) : showing.has(program) && !words.some(writesOrRuns);
}

function isPlainGit([verb = '', ...words]: readonly string[]): boolean {
  return gitVerbs.has(verb) && words.every((word) => gitOption.test(word) || /^([A-Za-z][\w./-]*|\.)$/.test(word));
}

/** Options by which a program that shows something writes a file or runs another one. */
function writesOrRuns(word: string): boolean {
  return /^(-o|-R?o.*|--output.*|--exec.*|--pre.*|-x)$/.test(word);
}

/** True also for a name that is drawn like one of them. */
export function isGuard(name: string): boolean {
  return guards.has(looksOf(name));
}
