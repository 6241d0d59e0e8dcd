import { type JsonObject, type JsonValue, isJsonObject, memberOf } from '../../../src/base/json.ts';
import { pointerTo } from '../../../src/base/json-pointer.ts';
import { looksOf } from '../../../src/base/look-alike.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { whyRemotes } from './judge-remotes.ts';

/** Something of a repository that is not known to be harmless. */
interface Finding {
  /** JSON pointer of the member. */
  readonly path: string;
  readonly words: string;
  /** Whether git or an editor would do something else by it: then it waits. */
  readonly isGated: boolean;
}

/** True for the record of a repository, before or afterwards. */
export function isRepository(fields: JsonObject | null): boolean {
  return fields !== null && typeof fields['kind'] === 'string' && looksOf(fields['kind']) === looksOf('repo');
}

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeRepository(before: JsonObject | null, next: JsonObject | null): Judgement {
  if (next === null) {
    return { level: 'harmless', words: 'harmless: no clone is removed by it' };
  }
  const words = findingsOf(before, next).map((finding) => finding.words);
  return words.length === 0 ? harmless : dangerous([...new Set(words)].join('; '));
}

/** What a record of a repository lacks to be one, in words. */
export function lackingOf({ props }: JsonObject): string | undefined {
  const remotes = isJsonObject(props) && Object.hasOwn(props, 'remotes') ? props['remotes'] : undefined;
  const isWhole =
    remotes === undefined ||
    (isJsonObject(remotes) && Object.values(remotes).every((address) => typeof address === 'string'));
  return isWhole ? undefined : 'The remotes of a repository are addresses by name: { "origin": "https://…" }.';
}

/** JSON pointers of what has to wait. */
export function gatedOf(before: JsonObject | null, next: JsonObject): readonly string[] {
  return findingsOf(before, next)
    .filter(({ isGated }) => isGated)
    .map(({ path }) => path);
}

/** What says something to people alone. */
const plain: readonly string[] = ['title', 'note', 'notes', 'description', 'tags', 'color', 'colour', 'archived'];
const plainProps: readonly string[] = [...plain, 'defaultBranch', 'text', 'owner', 'language', 'topics'];

/** What git or an editor runs or follows, by what it is called. */
const followed =
  /remote|url|insteadof|hook|submodule|sshcommand|proxy|helper|filter|include|task|launch|setting|envrc|devcontainer|postcreate|initialize|command|script|automation/;

function findingsOf(before: JsonObject | null, next: JsonObject): readonly Finding[] {
  return changedNames(before, next).flatMap((name): readonly Finding[] => {
    const value = memberOf(next, name);
    if (name === 'props') {
      const [was, is] = [memberOf(before, name), value];
      return is === undefined || isJsonObject(is)
        ? propFindings(isJsonObject(was) ? was : null, is ?? {}, before === null)
        : [{ path: '/props', words: 'its properties are none', isGated: true }];
    }
    if (name === 'kind') {
      const isNew = before === null && value === 'repo';
      return isNew
        ? []
        : [{ path: '/kind', words: `a ${textOf(memberOf(before, name))} becomes a ${textOf(value)}`, isGated: false }];
    }
    if (name === 'edges') {
      return edgeFindings(memberOf(before, name), value);
    }
    return plain.includes(name) && isPlain(value) ? [] : [unknownMember('', name)];
  });
}

function propFindings(before: JsonObject | null, next: JsonObject, isNew: boolean): readonly Finding[] {
  return changedNames(before, next).flatMap((name): readonly Finding[] => {
    if (name === 'remotes') {
      const words = whyRemotes(memberOf(before, name), memberOf(next, name), isNew);
      return words === undefined ? [] : [{ path: '/props/remotes', words, isGated: true }];
    }
    if (name === 'url') {
      // What people write themselves of where it is fetched from.
      const [was, is] = [memberOf(before, name), memberOf(next, name)];
      const words = whyRemotes(was === undefined ? was : { url: was }, is === undefined ? is : { url: is }, isNew);
      return words === undefined ? [] : [{ path: '/props/url', words, isGated: true }];
    }
    return plainProps.includes(name) && isPlain(memberOf(next, name)) ? [] : [unknownMember('/props', name)];
  });
}

function unknownMember(parent: string, name: string): Finding {
  const looks = [looksOf(name), name.toLowerCase()].map((one) => one.replaceAll(/[^a-z]/g, ''));
  const isGated = looks.some((one) => followed.test(one) || lookedFollowed.test(one));
  const words = isGated
    ? `${textOf(name)} is changed: git or an editor may run something by it, or fetch from elsewhere`
    : `${textOf(name)} is changed, of which nobody knows what it does`;
  return { path: pointerTo(parent, name), words, isGated };
}

/** The same words as {@link looksOf} writes them. */
const lookedFollowed = new RegExp(
  followed.source
    .split('|')
    .map((word) => looksOf(word).replaceAll(/[^a-z]/g, ''))
    .join('|'),
);

const harmlessEdges: readonly JsonValue[] = ['relates', 'contains', 'depends'];

/** Whether an edge waits is decided for records of every kind; here, what is said of it. */
function edgeFindings(before: JsonValue | undefined, next: JsonValue | undefined): readonly Finding[] {
  if (next !== undefined && !isJsonObject(next)) {
    return [{ path: '/edges', words: 'its edges are none', isGated: false }];
  }
  const was = isJsonObject(before) ? before : null;
  return changedNames(was, next ?? {}).flatMap((id) => {
    const types = [memberOf(was, id), memberOf(next ?? {}, id)].map((edge) =>
      isJsonObject(edge) ? edge['type'] : undefined,
    );
    const odd = types.find((type) => type !== undefined && !harmlessEdges.includes(type));
    const isNone = memberOf(next ?? {}, id) !== undefined && typeof types[1] !== 'string';
    return odd === undefined && !isNone
      ? []
      : [
          {
            path: pointerTo('/edges', id),
            words: `an edge that is ${textOf(odd) || 'none'} is changed`,
            isGated: false,
          },
        ];
  });
}

function changedNames(before: JsonObject | null, next: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(next)])].filter(
    (name) => !sameValue(memberOf(before, name), memberOf(next, name)),
  );
}

/** Text, a switch, a number, or a list of such. */
function isPlain(value: JsonValue | undefined): boolean {
  return Array.isArray(value) ? value.every((one) => typeof one !== 'object') : typeof value !== 'object';
}
