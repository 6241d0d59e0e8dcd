/** The comments between which tools put into start files what is theirs. */
const installerMarks = [
  { opens: /^# >>> .* >>>\s*$/, closes: /^# <<< .* <<<\s*$/ },
  { opens: /\blines (?:were )?added by\b/i, closes: /\bend of lines added by\b/i },
  { opens: /^#+ *added by /i, closes: /^#+ *end of /i },
];

/** Each from its first mark to its last; a block without a last mark is none. */
export function installerSpans(text: string): readonly (readonly [start: number, end: number])[] {
  const spans: (readonly [number, number])[] = [];
  const opened = new Map<(typeof installerMarks)[number], number>();
  for (const { index, 0: line } of text.matchAll(/^#.*$/gm)) {
    for (const mark of installerMarks) {
      const start = opened.get(mark);
      if (start !== undefined && mark.closes.test(line)) {
        spans.push([start, index + line.length]);
        opened.delete(mark);
      } else if (start === undefined && mark.opens.test(line) && !mark.closes.test(line)) {
        opened.set(mark, index);
      }
    }
  }
  return spans;
}

/** Nobody writes so much as one thing, and nobody reads it before a decision. */
const longestUnit = 65_536;

/** In words why a unit stays on this machine; undefined for one that may travel. */
export function whyItStays(unit: string, home: string): string | undefined {
  if (unit.length > longestUnit) {
    return 'it is too long to be told';
  }
  if (unit.includes(home)) {
    return 'it names the home folder of this machine';
  }
  if (isInstalled(unit)) {
    return 'an installer wrote it';
  }
  return isSecret(unit) ? 'it holds what looks like a secret' : undefined;
}

const installerComment = /^[ \t]*#.*\b(?:added|managed|generated|inserted) by\b/im;
/** Files that installers of tools have start files read, and the folders that they name there. */
const installedFiles =
  /\.cargo\/env|\.nvm\b|\bNVM_DIR\b|\bSDKMAN_DIR\b|\.sdkman\/|\.fzf\.(?:bash|zsh)|google-cloud-sdk|\bPNPM_HOME\b|\bBUN_INSTALL\b|\.deno\/env|\.local\/bin\/env|\.ghcup\/env|\.opam\/|\.iterm2_shell_integration|\bsourcesync\/shell\//;

function isInstalled(unit: string): boolean {
  return installerComment.test(unit) || installedFiles.test(unit);
}

/** Names of variables, settings and options that hold what nobody else may know, and a value that is no reference. */
const secretWord =
  '(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH_?KEY|CREDENTIALS?|SMTPPASS|EXTRAHEADER)';
const secretValue = `(?![\\s"']{0,4}(?:\\$|\`|\\(|~|/|$|(?:true|false|yes|no|on|off|[01])\\b))["']?[^\\s"']{3,}`;
const secretNames = [
  `(?:^|[\\s;"'])(?<!\\balias )(?:--?)?[\\w.-]{0,64}${secretWord}\\w{0,32}\\s{0,8}=\\s{0,8}${secretValue}`,
  `^\\s*set\\s(?:\\s*-\\S+\\s)*\\s{0,8}\\w{0,64}${secretWord}\\w{0,32}\\s{1,8}${secretValue}`,
  `(?:^|\\s)--?[\\w-]{0,64}${secretWord}\\s{1,8}${secretValue}`,
].map((source) => new RegExp(source, 'im'));
/** What looks like one, wherever it stands. */
const secretShape =
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|sk-[\w-]{16,}|xox[abprs]-[\w-]{8,}|AKIA[0-9A-Z]{12,}|AIza[\w-]{30,}|npm_\w{20,}|hf_\w{20,}|ey[JK][\w-]{8,400}\.[\w-]{8,400}\.)|-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^\s/:@"'$]*:[^\s/@"'$]+@|\bBearer\s+[\w.+/-]{8,}|\bBasic\s+[A-Za-z0-9+/=]{8,}/;

export function isSecret(unit: string): boolean {
  return secretShape.test(unit) || secretNames.some((name) => name.test(unit));
}
