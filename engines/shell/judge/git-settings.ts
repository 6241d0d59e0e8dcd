import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { onlyShows } from './harmless-commands.ts';
import { withoutComments } from './plain-text.ts';
import { shown } from './said.ts';

/** Settings of which no plain value runs anything, reaches another machine or lets anybody in. */
const harmlessKeys =
  /^(color\.[\w.-]+|core\.(abbrev|autocrlf|eol|quotepath|safecrlf|whitespace|compression|longpaths)|push\.(autosetupremote|followtags)|pull\.(rebase|ff)|fetch\.(prune|parallel|writecommitgraph)|init\.defaultbranch|branch\.(sort|autosetuprebase|autosetupmerge)|rebase\.(autosquash|autostash|updaterefs|missingcommitscheck|stat)|merge\.(conflictstyle|ff|log|stat|renames)|diff\.(algorithm|colormoved|colormovedws|context|interhunkcontext|renames|renamelimit|mnemonicprefix|noprefix|wserrorhighlight|indentheuristic|submodule|statgraphwidth)|commit\.(verbose|cleanup|status)|log\.(date|decorate|abbrevcommit|follow|showroot)|status\.(short|branch|showstash|relativepaths|submodulesummary|showuntrackedfiles)|stash\.(showpatch|showstat|showincludeuntracked)|tag\.sort|versionsort\.suffix|column\.[a-z]+|rerere\.(enabled|autoupdate)|advice\.[\w.-]+|grep\.(linenumber|patterntype|extendedregexp|column|fullname)|blame\.(coloring|date|showemail|showroot|blankboundary)|interactive\.singlekey|pretty\.[\w.-]+|format\.pretty|user\.useconfigonly|pack\.threads|transfer\.fsckobjects|help\.format|apply\.whitespace)$/;

/** Of these only some values are. */
const harmlessValues: Readonly<Record<string, RegExp>> = {
  'help.autocorrect': /^(?:0|never|prompt)$/,
  'help.format': /^man$/,
  'push.default': /^(?:simple|current|upstream|nothing)$/,
  'transfer.fsckobjects': /^true$/,
  'user.useconfigonly': /^true$/,
  'apply.whitespace': /^(?:nowarn|warn|fix|error)$/,
  'core.safecrlf': /^(?:true|warn)$/,
};

/** What is lost of a habit of care once it is gone. */
const careful =
  /^(?:push\.default|pull\.ff|merge\.ff|transfer\.fsckobjects|user\.useconfigonly|core\.safecrlf|help\.autocorrect|rebase\.missingcommitscheck)$/;

const reasons: readonly (readonly [key: RegExp, words: string])[] = [
  [/^user\.|^(?:author|committer)\./, 'it changes who your commits say they are of'],
  [
    /^core\.(?:sshcommand|editor|pager|fsmonitor|askpass|gitproxy|alternaterefscommand)$|^sequence\.editor$|^gpg(?:\..*)?\.(?:program|defaultkeycommand)$|^diff\..*external$|^(?:diff|merge)tool\.|^(?:diff|merge)\.(?:tool|guitool)$|^merge\..*\.driver$|^diff\..*\.(?:command|textconv)$|^pager\.|^interactive\.difffilter$|^browser\.|^web\.browser$|^man\.|^sendemail\.|^uploadpack\./,
    'git runs it',
  ],
  [
    /^core\.hookspath$|^init\.templatedir$|^core\.(?:worktree|attributesfile|excludesfile)$/,
    'git takes what it does from there',
  ],
  [/^filter\./, 'git runs it for each file'],
  [/^credential\b/, 'it is handed your passwords'],
  [/^include(?:if)?\b/, 'git reads all settings in it, whatever they run'],
  [/^url\.|^remote\.|^branch\..*\.(?:remote|pushremote|merge)$/, 'what is fetched or pushed goes another way'],
  [
    /^http(?:\..*)?\.(?:sslverify|sslcainfo|sslcapath|sslcert|sslkey|pinnedpubkey|schannel\w+)$/,
    'it decides which servers are trusted',
  ],
  [/^https?\./, 'what git sends and receives goes through it'],
  [/^safe\./, 'git then obeys repositories of other people there'],
  [/^protocol\./, 'a repository may have git run commands, or reach other places'],
  [/^fetch\.prunetags$/, 'tags that are only here are removed by it'],
  [/^submodule\.|^fetch\.recursesubmodules$/, 'repositories in repositories are fetched'],
  [/^(?:commit|tag|push)\.gpgsign$|^gpg\./, 'it decides what is signed, and by what'],
  [/^receive\.|^transfer\./, 'it decides what is taken from others'],
];

export function judgeGitSetting(name: string, unit: string): Judgement {
  const key = plainKey(name);
  const line = withoutComments(unit, gitComment);
  const value = valueOf(line);
  if (line.includes('\n') || line.endsWith('\\')) {
    return dangerous('it goes over several lines');
  }
  if (!isOfKey(line, key)) {
    return dangerous(`it sets something else than ${shown(key)}`);
  }
  if (key.startsWith('alias.')) {
    return judgeGitAlias(value);
  }
  const fits = Object.hasOwn(harmlessValues, key)
    ? harmlessValues[key]
    : harmlessKeys.test(key)
      ? plainValue
      : undefined;
  return fits?.test(value) === true ? harmless : dangerous(`${shown(key)} is ${shown(value)}: ${reasonOf(key)}`);
}

/** Removed, a setting is what git does without it. */
export function judgeGitRemoval(name: string): Judgement {
  const key = plainKey(name);
  const isForgotten = key.startsWith('alias.') || (harmlessKeys.test(key) && !careful.test(key));
  return isForgotten ? harmless : dangerous(`something may rely on ${shown(key)}`);
}

export const gitComment: RegExp = /^\s*([#;].*)?$/;
/** With a quote that is not closed git reads nothing at all any more. */
const plainValue = /^(?!.*%x)(?!.*\.\.\/)(?:[\w@%+:,./ #()<>|*=^~&-]|"[\w@%+:,./ #()<>|*=^~&-]*")*$/;

function plainKey(name: string): string {
  return name.replace(/\[\d+\]$/, '').toLowerCase();
}

/** A line that names no value says true. */
function valueOf(line: string): string {
  return line.includes('=')
    ? line
        .slice(line.indexOf('=') + 1)
        .trim()
        .replace(/^"([^"\\]*)"$/, '$1')
    : 'true';
}

function isOfKey(line: string, key: string): boolean {
  const [, variable = ''] = /^([A-Za-z][\w-]*)\s*(?:=|$)/.exec(line) ?? [];
  return variable !== '' && key.endsWith(`.${variable.toLowerCase()}`);
}

function judgeGitAlias(value: string): Judgement {
  if (/^[a-z]/.test(value) && onlyShows(`git ${value}`)) {
    return harmless;
  }
  return dangerous(
    value.startsWith('!')
      ? `it runs a shell command: ${shown(value)}`
      : `it may do more than show something: ${shown(value)}`,
  );
}

function reasonOf(key: string): string {
  return reasons.find(([fits]) => fits.test(key))?.[1] ?? 'git may run something by it, or reach another machine';
}
