import type { JsonObject } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { gitComment, judgeGitRemoval, judgeGitSetting } from './git-settings.ts';
import { isCareful, judgeAlias, judgeAliasRemoval } from './judge-alias.ts';
import { isReadlineHarmless, judgeBinding } from './judge-binding.ts';
import { judgeCompletion } from './judge-completion.ts';
import { judgeFunction } from './judge-function.ts';
import { isMissed, judgeOption } from './judge-option.ts';
import { judgePath } from './judge-path.ts';
import { judgePrompt } from './judge-prompt.ts';
import { isForgotten, judgeVariable } from './judge-variable.ts';
import { hidesCharacters, speaksToEditor, withoutComments } from './plain-text.ts';
import { shown } from './said.ts';

/** A unit as it is judged: without its comments. */
interface Judged {
  readonly kind: string;
  readonly name: string;
  readonly shell: string;
  readonly unit: string;
}

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeUnit(before: JsonObject | null, next: JsonObject | null): Judgement {
  if ([before, next].some((fields) => String(fields?.['body']).length > longestBody)) {
    return dangerous('it is too long to be looked at');
  }
  const was = before && judgedOf(before);
  if (next === null) {
    return was === null ? harmless : judgeRemoval(was);
  }
  const is = judgedOf(next);
  if (hidesCharacters(`${String(next['body'])}${is.name}${is.kind}${is.shell}`)) {
    return dangerous('it has characters in it that are not shown');
  }
  if (speaksToEditor(String(next['body'])) && next['body'] !== before?.['body']) {
    return dangerous('an editor follows what its comment says when it opens the file');
  }
  if (was !== null && isSame(was, is)) {
    return harmless;
  }
  const judgement = judgeNew(is, was);
  const isLessCareful = was !== null && judgement.level === 'harmless' && wasCareful(was) && !keepsCare(was, is);
  return isLessCareful ? dangerous(`what made it careful is gone: ${shown(was.unit)}`) : judgement;
}

/** What is longer nobody reads, and it is no line that anybody knows to be harmless. */
const longestBody = 20_000;

function judgedOf(fields: JsonObject): Judged {
  const [kind, name, shell, body] = ['kind', 'name', 'shell', 'body'].map((member) => {
    const value = fields[member];
    return typeof value === 'string' ? value : '';
  }) as [string, string, string, string];
  return { kind, name, shell, unit: withoutComments(body, kind === 'git' ? gitComment : undefined) };
}

function isSame(was: Judged, is: Judged): boolean {
  return was.kind === is.kind && was.name === is.name && was.shell === is.shell && was.unit === is.unit;
}

function judgeNew({ kind, name, shell, unit }: Judged, was: Judged | null): Judgement {
  if (!shells.includes(shell) || name === '' || unit === '') {
    return dangerous('it is of no shell that is known here');
  }
  switch (kind) {
    case 'alias':
    case 'abbr':
      return judgeAlias(name, unit, shell);
    case 'env':
      return judgeVariable(name, unit, shell, was?.unit);
    case 'path':
      return judgePath(name, unit);
    case 'option':
      return shell === 'readline' ? judgeReadline(unit) : judgeOption(name, unit);
    case 'function':
      return judgeFunction(name, unit);
    case 'bind':
      return shell === 'readline' ? judgeReadline(unit) : judgeBinding(unit, shell);
    case 'completion':
      return judgeCompletion(unit, shell);
    case 'prompt':
      return judgePrompt(name, unit, shell);
    case 'source':
      return dangerous(`it runs all that is in ${textOf(name)}`);
    case 'trap':
      return dangerous(`the shell runs it by itself: ${shown(unit)}`);
    case 'git':
      return judgeGitSetting(name, unit);
    default:
      return dangerous(`it runs in each new shell: ${shown(unit)}`);
  }
}

const shells = ['bash', 'zsh', 'fish', 'readline', 'any'];

function judgeReadline(unit: string): Judgement {
  return isReadlineHarmless(unit) ? harmless : dangerous(`a key does more than edit the line: ${shown(unit)}`);
}

/** What makes a command careful is missed when it is gone. */
function judgeRemoval(was: Judged): Judgement {
  const { kind, name, shell, unit } = was;
  const isHarmless = (): boolean => judgeNew(was, was).level === 'harmless';
  switch (kind) {
    case 'alias':
    case 'abbr':
      return judgeAliasRemoval(name, unit, shell);
    case 'env':
      return isForgotten(name) ? harmless : dangerous(`something may rely on ${textOf(name)}`);
    case 'option':
      return isHarmless() && (name.startsWith('zstyle ') || shell === 'readline' || !isMissed(name))
        ? harmless
        : dangerous(`it made the shell careful, or something relies on it: ${shown(unit)}`);
    case 'bind':
      return isHarmless() ? harmless : dangerous(`a key does again what it did without it: ${shown(unit)}`);
    case 'completion':
    case 'prompt':
      return harmless;
    case 'git':
      return judgeGitRemoval(name);
    default:
      return dangerous(`something may rely on ${textOf(name) || 'it'}`);
  }
}

function wasCareful({ kind, name, unit }: Judged): boolean {
  return (kind === 'alias' && isCareful(name, unit)) || (kind === 'env' && /ignore(?:both|space)/.test(unit));
}

/** The same option, or the same word, is still there. */
function keepsCare(was: Judged, is: Judged): boolean {
  if (was.kind === 'env') {
    return /ignore(?:both|space)/.test(is.unit);
  }
  const cares = was.unit.match(/--[\w-]+|-\w*[iI]\w*/g) ?? [];
  return cares.every((care) => is.unit.includes(care)) || /-\w*i/.test(is.unit);
}
