import { type JsonObject, type JsonValue, memberOf } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { whyAddress } from './judge-address.ts';
import { whyHidden } from './hidden-text.ts';

const longestTitle = 4096;
const kinds: readonly (JsonValue | undefined)[] = ['bookmark', 'folder', 'tab', 'session'];

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeBookmark(before: JsonObject | null, next: JsonObject | null): Judgement {
  if (next === null) {
    return { level: 'harmless', words: `harmless: ${textOf(memberOf(before, 'kind'))} less` };
  }
  const changed = [...new Set([...Object.keys(before ?? {}), ...Object.keys(next)])].filter(
    (name) => !sameValue(memberOf(before, name), memberOf(next, name)),
  );
  const words = changed.flatMap((name) => whyMember(name, before, next) ?? []);
  return words.length === 0 ? harmless : dangerous([...new Set(words)].join('; '));
}

/** In words why a member that is new, changed or gone is not known to be harmless. */
function whyMember(name: string, before: JsonObject | null, next: JsonObject): string | undefined {
  const value = memberOf(next, name);
  switch (name) {
    case 'kind':
      return whyKind(before, value);
    case 'title':
      return whyTitle(before, next);
    case 'url':
      return whyUrl(before, next);
    case 'parent':
      return value === undefined || (isPlainText(value) && value.startsWith('browser/'))
        ? undefined
        : `it is put below ${textOf(value)}, which is no folder`;
    case 'root':
      return value === undefined || ['bar', 'other', 'mobile', 'menu'].includes(value as string)
        ? undefined
        : `${textOf(value)} is no folder of a browser`;
    case 'position':
      return value === undefined || isPlainText(value) || Number.isFinite(value) ? undefined : 'its position is none';
    case 'tags':
      return value === undefined || (Array.isArray(value) && value.every(isPlainText))
        ? undefined
        : 'its tags are no words';
    case 'keyword':
      return value === undefined
        ? undefined
        : `whoever types ${textOf(value)} is led to it, also where the word led elsewhere: ${textOf(memberOf(next, 'url'))}`;
    case 'favicon':
      return value === undefined || (typeof value === 'string' && isPicture(value)) ? undefined : 'its picture is none';
    default:
      return `${textOf(name)} is changed, of which nobody knows what it does`;
  }
}

function whyKind(before: JsonObject | null, kind: JsonValue | undefined): string | undefined {
  if (!kinds.includes(kind)) {
    return `${textOf(kind) || 'nothing'} is no kind of thing that a browser keeps`;
  }
  return before === null ? undefined : `a ${textOf(memberOf(before, 'kind'))} becomes a ${textOf(kind)}`;
}

function whyTitle(before: JsonObject | null, next: JsonObject): string | undefined {
  const [title, url] = [memberOf(next, 'title'), memberOf(next, 'url')];
  if (typeof title !== 'string') {
    return 'its title is no text';
  }
  const hidden = title.length > longestTitle ? 'it is too long' : whyHidden(title);
  // A new address is judged with its title; under an old one a title may still say that it is another.
  const isRenamed = before !== null && typeof url === 'string' && /^https:/i.test(url);
  return hidden === undefined
    ? isRenamed && sameValue(memberOf(before, 'url'), url)
      ? whyRenamed(title, url)
      : undefined
    : `its title: ${hidden}`;
}

function whyRenamed(title: string, url: string): string | undefined {
  const words = whyAddress({ title, url, before: url });
  return words?.startsWith('its title') === true ? words : undefined;
}

function whyUrl(before: JsonObject | null, next: JsonObject): string | undefined {
  const [was, url, title] = [memberOf(before, 'url'), memberOf(next, 'url'), memberOf(next, 'title')];
  if (url === undefined) {
    return memberOf(next, 'kind') === 'bookmark' ? 'it leads nowhere any more' : undefined;
  }
  if (typeof url !== 'string') {
    return 'its address is no text, or kept as a secret';
  }
  const judged = { title: typeof title === 'string' ? title.slice(0, longestTitle) : '', url };
  return whyAddress({ ...judged, before: typeof was === 'string' ? was : undefined });
}

function isPlainText(value: JsonValue): value is string {
  return typeof value === 'string' && whyHidden(value) === undefined;
}

function isPicture(value: string): boolean {
  return /^data:image\/(png|x-icon|vnd\.microsoft\.icon|jpeg|gif|webp);base64,[\w+/=]*$/.test(value);
}
