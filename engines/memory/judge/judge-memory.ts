import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { headEntries } from '../places/front-matter.ts';
import { whyItStays } from '../places/private-text.ts';
import { type PlacedText, whyLossMatters, whyTextMatters } from './judge-text.ts';
import { whyMembersMatter } from './members.ts';
import { whatIsHidden } from './plain-facts.ts';

/** Members that are read as text is. */
const texts = ['text', 'description', 'title', 'summary'] as const;
/** Texts, and what stands for itself elsewhere. */
const apart = [...texts, 'head'];

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeMemory(before: JsonObject | null, next: JsonObject | null): Judgement {
  try {
    return judged(before, next);
  } catch {
    return dangerous('nobody can look through it: it is nested too deep');
  }
}

function judged(before: JsonObject | null, next: JsonObject | null): Judgement {
  if (next === null || isEnded(next)) {
    return judgeLoss(before, next);
  }
  const all = JSON.stringify(next);
  const stays =
    all.length > largest ? 'it is too large to be looked through' : whyItStays(stringsOf(next).join('\n'), undefined);
  const [was, is] = [headOf(before), headOf(next)];
  const reasons = [
    ...(stays === undefined ? [] : [stays]),
    ...(before === null ? newMembers(next) : whyMembersMatter(before, next, apart)),
    ...(is === undefined ? ['nobody can tell what its front matter says'] : []),
    ...(is === undefined ? [] : whyHeadMatters(before === null, was ?? {}, is)),
    ...(all.length > largest ? [] : whyTextsMatter(before, next)),
  ];
  return reasons.length === 0 ? harmless : dangerous([...new Set(reasons)].slice(0, 4).join('; '));
}

const largest = 1024 * 1024;

function whyTextsMatter(before: JsonObject | null, next: JsonObject): readonly string[] {
  return texts.flatMap((name) => {
    const reason = textReason(before, next, name);
    return reason === undefined ? [] : [reason];
  });
}

function textReason(before: JsonObject | null, next: JsonObject, name: string): string | undefined {
  const [was, is] = [valueOf(before, name), valueOf(next, name)];
  if (name === 'text' ? typeof is !== 'string' : is !== undefined && typeof is !== 'string') {
    return `${name} is no text`;
  }
  if (next['kind'] === 'front-matter' && name === 'text') {
    return undefined;
  }
  const headings = headingsOf(next);
  const text = { headings, text: typeof is === 'string' ? is : '' };
  return whyTextMatters({ headings, text: typeof was === 'string' ? was : '' }, text);
}

/** What goes may have kept somebody from something. */
function judgeLoss(before: JsonObject | null, next: JsonObject | null): Judgement {
  const gone: PlacedText[] = texts.map((name) => ({
    headings: headingsOf(before ?? {}),
    text: String(valueOf(before, name) ?? ''),
  }));
  const isHead = before?.['kind'] === 'front-matter';
  const others = next === null ? [] : whyMembersMatter(before, next, [...apart, 'lifecycle']);
  const isSame =
    next === null || [...texts, 'head'].every((name) => isEqual(valueOf(before, name), valueOf(next, name)));
  const lost = gone.map(whyLossMatters).find((words) => words !== undefined);
  if (isHead || others.length > 0 || !isSame) {
    return dangerous(others[0] ?? (isHead ? 'what its front matter said is gone' : 'it ends, and says something else'));
  }
  return lost === undefined ? harmless : dangerous(`it takes away what was told: ${lost}`);
}

function isEqual(was: JsonValue | undefined, is: JsonValue | undefined): boolean {
  return JSON.stringify(was) === JSON.stringify(is);
}

function isEnded({ lifecycle }: JsonObject): boolean {
  return lifecycle === 'expired' || lifecycle === 'revoked';
}

/** Of a new memory: what it says of itself matters only where it is unknown, or more than is known to be harmless. */
function newMembers(next: JsonObject): readonly string[] {
  const {
    kind,
    app,
    heading,
    name,
    provenance,
    retention,
    sensitivity,
    confidence,
    memoryScope,
    writtenBy,
    ...others
  } = next;
  const plain = [kind, app, name, provenance, retention, sensitivity, confidence, memoryScope, writtenBy].every(
    (value) => value === undefined || typeof value === 'string' || typeof value === 'number' || isJsonObject(value),
  );
  const reasons = whyMembersMatter(null, others, apart);
  const called = typeof name === 'string' ? whyNameMatters(undefined, name) : undefined;
  return [
    ...(called === undefined ? [] : [called]),
    ...(plain && (heading === undefined || Array.isArray(heading)) ? [] : ['nobody can tell what it says of itself']),
    ...reasons,
  ];
}

/** The front matter of a file by its keys, or of a part of a text; undefined where nobody can tell. */
function headOf(fields: JsonObject | null): JsonObject | undefined {
  const head = valueOf(fields, 'head');
  if (fields?.['kind'] === 'front-matter') {
    const text = String(fields['text'])
      .replace(/^---[ \t]*\n/, '')
      .replace(/\n?(?:---|\.\.\.)[ \t]*$/, '');
    const entries = headEntries(text);
    return entries && Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  }
  return head === undefined ? {} : isJsonObject(head) ? head : undefined;
}

/** What is further in is judged by its own names. A new memory says who wrote it; one that is there does not change that. */
function whyHeadMatters(isNew: boolean, was: JsonObject, is: JsonObject): readonly string[] {
  const [before, next] = [flat(was), flat(is)];
  const textAt = (head: JsonObject, name: string): string => String(valueOf(head, name) ?? '');
  const reasons = [
    whatIsHidden(Object.entries(next).flat().join('\n')),
    whyNameMatters(textAt(before, 'name'), textAt(next, 'name')),
    ...texts.map((name) =>
      whyTextMatters({ headings: [], text: textAt(before, name) }, { headings: [], text: textAt(next, name) }),
    ),
    ...whyMembersMatter(before, next, ['name', ...texts, ...(isNew ? ['originSessionId'] : [])]),
  ];
  return reasons.filter((reason) => reason !== undefined);
}

/** A name is a text too: it stands in the list of all memories. */
function whyNameMatters(was: string | undefined, is: string): string | undefined {
  const asTitle = (name: string): PlacedText => ({
    headings: [],
    text: name === '' ? '' : `# ${name.replaceAll(/[-_.]+/g, ' ')}`,
  });
  return whyTextMatters(asTitle(was ?? ''), asTitle(is));
}

function flat(head: JsonObject): JsonObject {
  const entries: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(head)) {
    const [first = '', ...lines] = typeof value === 'string' ? value.split('\n') : [];
    const inner = first === '' ? headEntries(lines.map((line) => line.replace(/^ {2}/, '')).join('\n')) : undefined;
    if (inner !== undefined && inner.length > 0) {
      entries.push(...inner.map((one): [string, JsonValue] => [one.key, one.value]));
    } else {
      entries.push([key, value]);
    }
  }
  // A name that stands at two depths is neither.
  const names = entries.map(([key]) => key);
  return Object.fromEntries(
    entries.map(([key, value], index) => [names.indexOf(key) === index ? key : `${key} (again)`, value]),
  );
}

function headingsOf(fields: JsonObject): readonly string[] {
  const { heading } = fields;
  return Array.isArray(heading) ? heading.map((name) => (typeof name === 'string' ? name : textOf(name))) : [];
}

function stringsOf(value: JsonValue): readonly string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap((inner) => stringsOf(inner as JsonValue))
    : [];
}

function valueOf(fields: JsonObject | null, name: string): JsonValue | undefined {
  return fields !== null && Object.hasOwn(fields, name) ? fields[name] : undefined;
}
