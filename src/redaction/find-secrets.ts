import { maximumDepth } from '../base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { pointerTo } from '../base/json-pointer.ts';
import type { FindSecrets, FoundSecret } from '../contract/secrets.ts';
import { type TextFind, textRules } from './rules.ts';

/** Nothing shorter is a secret that a rule knows. */
const minimumLength = 16;
/** Enough to say what is wrong with a value. */
const maximumFound = 16;

/** One look that nearly every text ends with. */
const anyMark = new RegExp(textRules.map(({ mark }) => mark.source).join('|'));
/** Names that tell what a text beside them is, which by itself looks like anything. */
const namedSecret = /(?:SECRET|secret|Secret)_?(?:ACCESS|access|Access)_?(?:KEY|key|Key)$/;

/** Finds raw secrets in every text and every member name, as far down as a record may be nested. */
export const findSecrets: FindSecrets = (value) => {
  const found: FoundSecret[] = [];
  visit(value, [], found);
  return found;
};

/** Secrets in one text, first to last; of those that overlap, the first rule's. */
export function findInText(text: string): readonly TextFind[] {
  if (text.length < minimumLength || !anyMark.test(text)) {
    return [];
  }
  const finds: TextFind[] = [];
  for (const { mark, find } of textRules) {
    if (mark.test(text)) {
      finds.push(...find(text).filter(({ range }) => !finds.some((other) => overlaps(other.range, range))));
    }
  }
  return finds.sort((left, right) => left.range[0] - right.range[0]);
}

function visit(value: JsonValue, path: string[], found: FoundSecret[]): void {
  if (typeof value === 'string') {
    note(findInText(value), path, 'value', found);
    return;
  }
  if (typeof value !== 'object' || value === null || path.length > maximumDepth || found.length >= maximumFound) {
    return;
  }
  if (!isJsonObject(value)) {
    (value as readonly JsonValue[]).forEach((item, index) => {
      visitMember(item, String(index), path, found);
    });
    return;
  }
  for (const name of Object.keys(value)) {
    const inName = findInText(name);
    if (inName.length > 0) {
      // A path through such a name would be the secret: what stands below is refused with it.
      note(inName, path, 'name', found);
    } else {
      const before = found.length;
      visitMember(value[name] as JsonValue, name, path, found);
      if (found.length === before) {
        visitNamed(value, name, path, found);
      }
    }
  }
}

function visitMember(value: JsonValue, name: string, path: string[], found: FoundSecret[]): void {
  path.push(name);
  visit(value, path, found);
  path.pop();
}

/** `{secretAccessKey: "…"}`, and `{name: "AWS_SECRET_ACCESS_KEY", body: "…"}` as variables are recorded. */
function visitNamed(object: JsonObject, member: string, path: string[], found: FoundSecret[]): void {
  const text = object[member];
  if (typeof text !== 'string' || text.length < minimumLength) {
    return;
  }
  const variable = member === 'body' || member === 'value' ? object['name'] : undefined;
  const name = [member, variable].find((one) => typeof one === 'string' && namedSecret.test(one));
  const [find] = name === undefined ? [] : findInText(`${String(name)}=${text}`);
  if (find !== undefined) {
    note([{ ...find, range: [0, text.length] }], [...path, member], 'value', found);
  }
}

function note(
  finds: readonly TextFind[],
  path: readonly string[],
  standsIn: FoundSecret['standsIn'],
  found: FoundSecret[],
): void {
  for (const { rule, range } of finds.slice(0, maximumFound - found.length)) {
    found.push({ path: path.reduce<string>(pointerTo, ''), standsIn, rule, range });
  }
}

function overlaps(left: TextFind['range'], right: TextFind['range']): boolean {
  return left[0] < right[1] && right[0] < left[1];
}
