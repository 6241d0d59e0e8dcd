import { type JsonObject, type JsonValue, memberOf } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { contentOnly, isOnlyRead, majorsOf, namesIn } from './extension-content.ts';
import { takenFor } from './known-ids.ts';
import { hidesCharacters } from './plain-value.ts';
import { type VersionStep, stepBetween, versionOf } from './versions.ts';

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeExtension(before: JsonObject | null, next: JsonObject | null): Judgement {
  if (next === null) {
    return { level: 'harmless', words: 'harmless: an extension less' };
  }
  const words = [...faultsOf(next), ...(before === null ? newWords(next) : changeWords(before, next))];
  if (words.length > 0) {
    return dangerous(words.join('; '));
  }
  const content = contentOnly(next);
  return before === null && content !== undefined
    ? { level: 'harmless', words: `harmless: it brings ${textOf(content)} and no code, as its list says` }
    : harmless;
}

/** What is wrong with it whatever it was before. */
function faultsOf({ extensionId, version, host, profile = '', enabled }: JsonObject): readonly string[] {
  if (typeof extensionId !== 'string' || hidesCharacters(extensionId)) {
    return ['its name is none, or has characters in it that are not shown'];
  }
  const isPlain = host === 'browser' || /^[a-z0-9][a-z0-9-]*\.[a-z0-9][\w.-]*$/i.test(extensionId);
  const twin = takenFor(extensionId);
  const isProfile = typeof profile === 'string' && !hidesCharacters(profile);
  return [
    ...(isProfile ? [] : ['its profile is none, or has characters in it that are not shown']),
    ...(isPlain ? [] : [`${textOf(extensionId)} is no name of an extension (publisher.name)`]),
    ...(twin === undefined ? [] : [`${textOf(extensionId)} looks like ${twin} and is another one`]),
    ...(versionOf(version) === undefined ? [`${textOf(version)} is no version`] : []),
    ...(typeof enabled === 'boolean' ? [] : ['nobody can tell whether it is on']),
  ];
}

function newWords(next: JsonObject): readonly string[] {
  const source = next['source'];
  const { publisher } = partsOf(next);
  if (contentOnly(next) !== undefined) {
    return source === undefined || galleries.has(source) ? strangeWords(next) : [`it comes from ${textOf(source)}`];
  }
  const parts = [
    ...(next['main'] === undefined && next['browser'] === undefined ? [] : ['runs code of its own']),
    ...(next['uninstall'] === undefined ? [] : ['runs a script when it goes']),
    ...startWords([], next['activationEvents']),
    ...grownWords({}, next),
  ];
  const from = source === undefined || galleries.has(source) ? '' : `, from ${textOf(source)}`;
  const does = parts.length === 0 ? 'nobody can tell here what it runs' : parts.join(', ');
  return [`a new extension of ${textOf(publisher)}${from}: ${does}`];
}

const galleries = new Set<JsonValue>(['gallery', 'openvsx']);

function changeWords(before: JsonObject, next: JsonObject): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(next)])].filter(
    (name) => !sameValue(memberOf(before, name), memberOf(next, name)),
  );
  const step = stepBetween(before['version'], next['version']);
  return names.flatMap((name) => {
    const judge = Object.hasOwn(members, name) ? members[name] : undefined;
    const [was, is] = [memberOf(before, name), memberOf(next, name)];
    return judge?.({ was, is, before, next, step }) ?? [`${textOf(name)} is changed: ${arrow(was, is)}`];
  });
}

interface MemberChange {
  readonly was: JsonValue | undefined;
  readonly is: JsonValue | undefined;
  readonly before: JsonObject;
  readonly next: JsonObject;
  readonly step: VersionStep | undefined;
}

/** What of a change of one member is dangerous; undefined where nothing is known of it. */
const members: Readonly<Record<string, (change: MemberChange) => readonly string[] | undefined>> = {
  version: versionWords,
  enabled: ({ is }) => (is === false ? [] : ['it is switched on again']),
  pinned: ({ is }) => (is === true ? [] : ['it is no longer kept at its version']),
  preRelease: ({ is }) => (is === true ? ['it follows versions before their release'] : undefined),
  publisherId: ({ was, is }) => [`another publisher under the same name: ${arrow(was, is)}`],
  extensionId: ({ was, is }) => [`another extension in its place: ${arrow(was, is)}`],
  profile: ({ was, is }) => [`another profile has it: ${arrow(was, is)}`],
  host: ({ was, is }) => [`another program loads it: ${arrow(was, is)}`],
  source: ({ was, is }) => [`it comes from somewhere else: ${arrow(was, is)}`],
  main: codeWords,
  browser: codeWords,
  uninstall: codeWords,
  activationEvents: ({ was, is }) =>
    namesIn(is ?? []) === undefined ? undefined : startWords(namesIn(was ?? []) ?? [], is),
  extensionDependencies: ({ before, next }) => listWords('extensionDependencies', before, next),
  extensionPack: ({ before, next }) => listWords('extensionPack', before, next),
  permissions: ({ before, next }) => listWords('permissions', before, next),
  contributes: ({ before, next }) => listWords('contributes', before, next),
  engines: ({ was, is, step }) =>
    step === 'back' || majorsOf(was) !== majorsOf(is) ? [`it is made for another version: ${arrow(was, is)}`] : [],
};

function versionWords({ was, is, before, next, step }: MemberChange): readonly string[] | undefined {
  switch (step) {
    case 'patch':
    case 'none':
      return [];
    case 'more':
      return contentOnly(before) !== undefined && contentOnly(next) !== undefined && versionOf(is)?.isRelease === true
        ? []
        : [`more than a correction: ${arrow(was, is)}`];
    case 'back':
      return [`an older version, with what was mended since: ${arrow(was, is)}`];
    case undefined:
      return versionOf(is) === undefined ? [] : [`nobody can tell what changed from ${textOf(was)}`];
  }
}

function codeWords({ was, is }: MemberChange): readonly string[] {
  if (is === undefined) {
    return [];
  }
  return [was === undefined ? `it runs code now: ${textOf(is)}` : `it runs other code: ${arrow(was, is)}`];
}

function startWords(was: readonly string[], is: JsonValue | undefined): readonly string[] {
  const fresh = (namesIn(is ?? []) ?? []).filter((event) => !was.includes(event));
  const always = fresh.filter((event) => event === '*' || /^onStartup/i.test(event));
  const others = fresh.filter((event) => !always.includes(event));
  return [
    ...always.map((event) => `starts with the editor (${textOf(event)})`),
    ...(others.length === 0 ? [] : [`starts by ${textOf(others.join(', '))}`]),
  ];
}

const grown: Readonly<Record<string, string>> = {
  extensionDependencies: 'brings other extensions along',
  extensionPack: 'brings other extensions along',
  permissions: 'may do more',
  contributes: 'adds to the editor',
};

function grownWords(before: JsonObject, next: JsonObject): readonly string[] {
  return Object.keys(grown).flatMap((name) => listWords(name, before, next) ?? [`${name} is no list`]);
}

/** Undefined where it is no list of names. */
function listWords(name: string, before: JsonObject, next: JsonObject): readonly string[] | undefined {
  const [was, is] = [namesIn(memberOf(before, name) ?? []), namesIn(memberOf(next, name) ?? [])];
  if (is === undefined) {
    return undefined;
  }
  const fresh = is.filter((item) => was?.includes(item) !== true && !(name === 'contributes' && isOnlyRead(item)));
  return fresh.length === 0 ? [] : [`${grown[name] ?? name}: ${textOf(fresh.join(', '))}`];
}

/** Members of which nobody here knows anything. */
function strangeWords(next: JsonObject): readonly string[] {
  const known = new Set(Object.keys(members));
  return Object.keys(next)
    .filter((name) => !known.has(name))
    .map((name) => `${textOf(name)} is nothing that is known here`);
}

function partsOf({ extensionId, host }: JsonObject): { readonly publisher: string } {
  const id = String(extensionId);
  return { publisher: host === 'browser' ? id : (id.split('.')[0] ?? id) };
}

function arrow(was: JsonValue | undefined, is: JsonValue | undefined): string {
  return `${textOf(was ?? 'nothing')} → ${textOf(is ?? 'nothing')}`;
}
