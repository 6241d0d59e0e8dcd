import { namesHome } from '../../shared/home-folder.ts';
import { holdsKnownToken } from '../../shared/known-tokens.ts';

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
  if (namesHome(unit, home)) {
    return 'it names a home folder of one machine';
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

export function isInstalled(unit: string): boolean {
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
  // Variables that end in one of these words, and headers that begin with one of the others.
  `^\\s*(?:export\\s+|set\\s(?:\\s*-\\S+\\s)*\\s*)?[A-Z][A-Z0-9_]{0,64}_(?:KEY|PAT|PASS|PWD)[=\\s]${secretValue}`,
  `["'\\s][\\w-]{0,32}(?:TOKEN|SECRET|API-?KEY|AUTH-?KEY):\\s{0,8}${secretValue}`,
].map((source) => new RegExp(source, 'im'));
/** What looks like one in a command: a password as one word of it, and a user that is one. */
const secretShape = /\bBearer\s+[\w.+/-]{8,}|\bBasic\s+[A-Za-z0-9+/=]{8,}|:\/\/(?=[^\s/@]*\d)[\w-]{16,}@/;

const plainWord = `["']?(?![$\`(~/"'-])[^\\s"'$]{3,}`;
/** Programs that are given a password as one of their words. */
const givenTo = [
  `\\b(?:curl|https?|xh|lftp|smbclient)\\b[^\\n|;]*\\s(?:-[A-Za-z]*[uUa]|--(?:user|proxy-user|auth))[=\\s]*["']?[^\\s:"'$/]+[:%](?!\\/)[^\\s"'$]+`,
  `\\bsshpass\\s+-p\\s*${plainWord}`,
  `\\b(?:mysql|mysqldump|mysqladmin|mariadb)\\b[^\\n|;]*\\s-p${plainWord}`,
  `\\bredis-cli\\b[^\\n|;]*\\s-a\\s*${plainWord}`,
  `\\bldap\\w+\\b[^\\n|;]*\\s-w\\s*${plainWord}`,
  `\\b(?:zip|unzip)\\b[^\\n|;]*\\s-P\\s*${plainWord}`,
  `\\bopenssl\\b[^\\n|;]*\\s(?:-k\\s+|-pass(?:in|out)?\\s+pass:)${plainWord}`,
  `\\bw?l?x?freerdp\\b[^\\n|;]*\\s/p:${plainWord}`,
].map((source) => new RegExp(source));

export function isSecret(unit: string): boolean {
  return (
    holdsKnownToken(unit) ||
    secretShape.test(unit) ||
    secretNames.some((name) => name.test(unit)) ||
    givenTo.some((words) => words.test(unit))
  );
}
