import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { looksOf } from '../../../src/base/look-alike.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { type Difference, differences, hidesCharacters } from './differences.ts';
import { isHarmless } from './harmless-settings.ts';
import { isKnownModel, judgeModelChange } from './judge-model.ts';
import { reachOf } from './reach.ts';
import { destinationOf, isAddressName, saysLocalFalsely } from './where-it-goes.ts';

const mostReasons = 3;

/** Dangerous unless it is known to be harmless. `next` is null for a removal. Pure and total. */
export function judgeRecord(before: JsonObject | null, next: JsonObject | null): Judgement {
  if (next === null) {
    return judgeRemoval(before ?? {});
  }
  if (hidesCharacters(next)) {
    return dangerous('it has characters in it that are not shown');
  }
  if (saysLocalFalsely(next)) {
    return dangerous(`it says that it is local, but goes to ${placeWords(next)}`);
  }
  if (before === null) {
    return judgeNew(next);
  }
  const reasons = [...turnOf(before, next), ...reasonsOf(before, next)];
  return reasons.length === 0 ? harmless : dangerous(few(reasons));
}

function judgeNew(next: JsonObject): Judgement {
  if (isKnownModel(next)) {
    return harmless;
  }
  const kind = textOf(next['kind']);
  if (kind === 'setting') {
    const none = { kind: 'setting', app: next['app'] ?? null, name: next['name'] ?? null };
    const reasons = reasonsOf('enabled' in next ? { ...none, enabled: true } : none, next);
    return reasons.length === 0 ? harmless : dangerous(few(reasons));
  }
  const where = destinationOf(next) === undefined ? '' : ` that goes to ${placeWords(next)}`;
  const wildcard = String(next['name']).includes('*') ? ', for any name' : '';
  return dangerous(`a new ${kind || 'record'} ${textOf(next['name'])}${where}${wildcard}`);
}

/** A route less is asked less; a setting that is gone is another setting. */
function judgeRemoval(before: JsonObject): Judgement {
  const destination = destinationOf(before);
  if (before['kind'] === 'setting') {
    const { settings: _gone, ...rest } = before;
    const reasons = reasonsOf(before, rest);
    return reasons.length === 0 ? harmless : dangerous(few(reasons));
  }
  if (before['kind'] === 'provider' && destination !== undefined) {
    return dangerous(
      `what went to ${textOf(destination.by)} goes where ${textOf(before['app'] ?? 'the application')} sends it by default`,
    );
  }
  return ['route', 'model', 'provider', 'log'].includes(String(before['kind']))
    ? { level: 'harmless', words: 'harmless: nothing is sent by it any more' }
    : dangerous('something may rely on it');
}

/** That prompts go elsewhere comes before all else. */
function turnOf(before: JsonObject, next: JsonObject): readonly string[] {
  const [was, is] = [destinationOf(before)?.reach, destinationOf(next)?.reach];
  return is === undefined || was === is
    ? []
    : [`goes to ${placeWords(next)}${was === undefined ? '' : `, not ${placeWords(before)}`}`];
}

function reasonsOf(before: JsonObject, next: JsonObject): readonly string[] {
  const changes = differences(before, next).filter(({ path }) => !isComputed(path, next));
  const ofModel = judgeModelChange(before, next);
  const others = changes.filter(
    (change) => !ofModel.told.includes(String(change.path[0])) && !isHarmless(change, next['app'], next['name']),
  );
  return [...ofModel.reasons, ...others.map((change) => wordsOf(change, next))];
}

/** It follows from the rest, where there is anything that it could follow from. */
function isComputed(path: readonly string[], next: JsonObject): boolean {
  const destination = destinationOf(next);
  return (
    path.length === 1 &&
    path[0] === 'local' &&
    (destination !== undefined || typeof next['app'] === 'string') &&
    next['local'] === (destination?.reach === 'local')
  );
}

function wordsOf({ path, was, is }: Difference, { name }: JsonObject): string {
  const key = path.length === 1 && path[0] === 'settings' ? String(name) : (path.at(-1) ?? '');
  const change = `${textOf(key)}: ${shown(was)} → ${shown(is)}`;
  const why = Object.entries(reasonByLook).find(([pattern]) => new RegExp(pattern).test(looksOf(key)));
  if (isAddressName(key) && typeof is === 'string') {
    return `${change} (${reachWords[reachOf(is)]})`;
  }
  return why === undefined ? change : `${change} (${why[1]})`;
}

/** By how a name looks; letters as {@link looksOf} draws them. */
const reasonByLook: Readonly<Record<string, string>> = {
  [`${looksOf('verify')}|${looksOf('insecure')}`]: 'whether the other side is who it says',
  [`${looksOf('fallback')}`]: 'who is asked where the first fails',
  [`${looksOf('callback')}|${looksOf('store')}|${looksOf('log')}|${looksOf('telemetry')}|${looksOf('analytics')}`]:
    'who gets a copy of prompts',
  [`${looksOf('system')}|${looksOf('template')}|${looksOf('prompt')}`]: 'what a model is told before you',
  [`${looksOf('header')}`]: 'what is sent along',
  [`${looksOf('cmd')}|${looksOf('command')}|${looksOf('trust')}`]: 'what runs here',
  [`${looksOf('key')}|${looksOf('auth')}`]: 'who may ask, or is charged',
  [`${looksOf('provider')}|${looksOf('model')}`]: 'who is asked',
};

function shown(value: JsonValue | undefined): string {
  return value === undefined ? 'nothing' : textOf(value) || '""';
}

/** Where a record goes, in words. */
export function placeWords(fields: JsonObject): string {
  const destination = destinationOf(fields);
  return destination === undefined ? 'nowhere' : `${textOf(destination.by)} (${reachWords[destination.reach]})`;
}

const reachWords = { local: 'local', lan: 'your network', remote: 'remote' };

function few(reasons: readonly string[]): string {
  const rest = reasons.length - mostReasons;
  return reasons.slice(0, mostReasons).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}
