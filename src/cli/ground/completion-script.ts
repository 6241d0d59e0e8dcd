import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export function isShell(word: string): word is Shell {
  return (shells as readonly string[]).includes(word);
}

/** What may follow a command: its name is the words that lead to it, and empty for the program. */
interface Stop {
  readonly name: string;
  readonly words: readonly { readonly word: string; readonly description: string }[];
  /** Words of a person's own follow it, the name of a file for one: options are offered behind a hyphen alone. */
  readonly isOpen: boolean;
}

/** Completes the words of every command and its options, as this build has them; where a person names something, a file. */
export function completionScript(program: Command, shell: Shell): string {
  const stops = stopsOf(program, []);
  switch (shell) {
    case 'bash':
      return bashScript(stops);
    case 'zsh':
      return zshScript(stops);
    case 'fish':
      return fishScript(stops);
  }
}

function stopsOf(command: Command, path: readonly string[]): readonly Stop[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((one) => one.name() !== 'help');
  const choices = command.registeredArguments[0]?.argChoices ?? [];
  const words = [
    ...commands.map((one) => ({ word: one.name(), description: one.description() })),
    ...choices.map((word) => ({ word, description: '' })),
    ...help.visibleOptions(command).map(({ long, short, description }) => ({ word: long ?? short ?? '', description })),
  ];
  const isOpen = commands.length + choices.length === 0 && command.registeredArguments.length > 0;
  return [{ name: path.join(' '), words, isOpen }, ...commands.flatMap((one) => stopsOf(one, [...path, one.name()]))];
}

/** The words typed so far that lead to a command, the options among them left out; the same in bash and zsh. */
const findStop = `  local at='' word known
  for word in "\${typed[@]}"; do
    case $word in -*) continue ;; esac
    known=$(_sourcesync_words "\${at:+$at }$word") || break
    at="\${at:+$at }$word"
  done`;

function bashScript(stops: readonly Stop[]): string {
  return `# bash completion for sourcesync
${wordsFunction(stops, ({ word }) => word)}
_sourcesync() {
  local typed=("\${COMP_WORDS[@]:1:COMP_CWORD-1}") current=\${COMP_WORDS[COMP_CWORD]}
${findStop}
  COMPREPLY=($(compgen -W "$(_sourcesync_words "$at" "$current")" -- "$current"))
}
complete -o default -F _sourcesync sourcesync`;
}

function zshScript(stops: readonly Stop[]): string {
  return `#compdef sourcesync
${wordsFunction(stops, ({ word, description }) => `${word}:${plain(description)}`)}
_sourcesync() {
  local -a typed=("\${(@)words[2,CURRENT-1]}") found
${findStop}
  found=("\${(@f)$(_sourcesync_words "$at" "$PREFIX")}")
  found=("\${(@)found:#}")
  (( $#found )) && _describe command found || _files
}
if [ "$funcstack[1]" = _sourcesync ]; then _sourcesync "$@"; else compdef _sourcesync sourcesync; fi`;
}

/** Prints what may follow a command where the second word is begun, a line each; fails for words that lead to none. */
function wordsFunction(stops: readonly Stop[], line: (word: Stop['words'][number]) => string): string {
  const cases = stops.map(({ name, words, isOpen }) => {
    const print = `printf '%s\\n' ${words.map((word) => `'${line(word)}'`).join(' ')}`;
    return `    '${name}') ${isOpen ? `case "$2" in -*) ${print} ;; esac` : print} ;;`;
  });
  return ['_sourcesync_words() {', '  case "$1" in', ...cases, '    *) return 1 ;;', '  esac', '}'].join('\n');
}

function fishScript(stops: readonly Stop[]): string {
  const cases = stops.map(({ name, words, isOpen }) => {
    const print = `printf '%s\\n' ${words.map(({ word, description }) => `'${word}'\\t'${plain(description)}'`).join(' ')}`;
    const files = `if not string match -q -- '-*' "$argv[2]"; __fish_complete_path "$argv[2]"; return 0; end; `;
    return `    case '${name}'\n      ${isOpen ? files : ''}${print}`;
  });
  return `# fish completion for sourcesync
function __sourcesync_words
  switch "$argv[1]"
${cases.join('\n')}
    case '*'
      return 1
  end
end
function __sourcesync_complete
  set -l at ''
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; and continue
    set -l next (string trim -- "$at $word")
    __sourcesync_words "$next" - >/dev/null; or break
    set at $next
  end
  __sourcesync_words "$at" (commandline -ct)
  # What stands behind an option may be its file.
  if string match -q -- '-*' (commandline -opc)[-1]
    __fish_complete_path (commandline -ct)
  end
end
complete -c sourcesync -f -a '(__sourcesync_complete)'`;
}

/** Within quotes of all three shells, and before a colon of zsh's. */
function plain(description: string): string {
  return description.replaceAll(/['"\\$`:]/g, ' ');
}
