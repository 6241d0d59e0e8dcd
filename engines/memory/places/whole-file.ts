import { canonicalText } from '../../../src/base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { entryLines, headEntries } from './front-matter.ts';
import { linesFrom } from './markdown-headings.ts';
import { frontMatterIn, startOf, trimmed } from './text-parts.ts';
import { lineBreakOf, withoutLayout } from './text-sections.ts';

/** What a file of one memory says: its front matter by key, and its text. */
export interface MemoryFile {
  readonly head: Readonly<Record<string, string>>;
  readonly text: string;
}

interface TakenApart {
  readonly entries: readonly {
    readonly key: string;
    readonly value: string;
    readonly start: number;
    readonly end: number;
  }[];
  /** Behind the line that begins the front matter, and before the one that ends it; undefined where there is none. */
  readonly head: { readonly start: number; readonly end: number } | undefined;
  readonly body: { readonly start: number; readonly end: number };
}

/** Undefined where the front matter is not what can be told apart by its keys. */
function takenApart(text: string): TakenApart | undefined {
  const marks = frontMatterIn(text);
  const from = marks?.end ?? startOf(text);
  const body = trimmed(text, from, text.length) ?? { start: text.length, end: text.length };
  if (marks === undefined) {
    return { entries: [], head: undefined, body };
  }
  const lines = [...linesFrom(text.slice(0, marks.end), marks.start)];
  const start = lines[1]?.start ?? marks.end;
  const end = lines.at(-1)?.start ?? marks.end;
  const entries = headEntries(text.slice(start, end));
  return (
    entries && {
      entries: entries.map((entry) => ({ ...entry, start: entry.start + start, end: entry.end + start })),
      head: { start, end },
      body,
    }
  );
}

export function readMemory(text: string): MemoryFile | undefined {
  const apart = takenApart(text);
  return (
    apart && {
      head: Object.fromEntries(apart.entries.map(({ key, value }) => [key, value.replaceAll('\r\n', '\n')])),
      text: withoutLayout(text.slice(apart.body.start, apart.body.end)),
    }
  );
}

export function memoryText({ head, text }: MemoryFile): string {
  return canonicalText({ head: head as JsonObject, text });
}

/** Undefined for what no file of ours is. */
export function memoryOf(value: JsonValue | undefined): MemoryFile | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { head, text } = value;
  const isHead = isJsonObject(head) && Object.values(head).every((one) => typeof one === 'string');
  return isHead && typeof text === 'string'
    ? { head: head as Record<string, string>, text: withoutLayout(text) }
    : undefined;
}

/** The keys that each memory has come first in a new file. */
const firstKeys = ['name', 'description', 'metadata', 'type'];

/** The text with what it says changed: an entry that stays as it is keeps its bytes, and so does the body. */
export function withMemory(text: string, wanted: MemoryFile): string {
  const apart = takenApart(text);
  if (apart === undefined) {
    return text;
  }
  const lineBreak = lineBreakOf(text);
  const own = (lines: string): string => lines.replaceAll('\n', lineBreak);
  const { entries, head, body } = apart;
  const bodyIs = withoutLayout(text.slice(body.start, body.end)) === wanted.text;
  const written = bodyIs ? text.slice(body.start, body.end) : own(wanted.text);
  const end = text.slice(body.end);
  const behind = written + (end === '' && written !== '' && !bodyIs ? lineBreak : end);
  const left = Object.keys(wanted.head).filter((key) => !entries.some((entry) => entry.key === key));
  const fresh = own(
    inOrder(left)
      .map((key) => entryLines(key, wanted.head[key] as string))
      .join(''),
  );
  if (head === undefined) {
    const start = startOf(text);
    const before = fresh === '' ? text.slice(start, body.start) : own(`---\n${fresh}---\n\n`);
    return text.slice(0, start) + before + behind;
  }
  const kept = entries.map(({ key, value, start, end: until }) => {
    const is = Object.hasOwn(wanted.head, key) ? wanted.head[key] : undefined;
    return is === value.replaceAll('\r\n', '\n')
      ? text.slice(start, until)
      : is === undefined
        ? ''
        : own(entryLines(key, is));
  });
  const lead = text.slice(head.start, entries[0]?.start ?? head.end);
  const between = text.slice(head.end, body.start);
  const isNew = written !== '' && body.start === body.end;
  const gap = isNew ? (between.endsWith('\n') ? lineBreak : lineBreak + lineBreak) : '';
  return text.slice(0, head.start) + lead + kept.join('') + fresh + between + gap + behind;
}

function inOrder(keys: readonly string[]): readonly string[] {
  return [...firstKeys.filter((key) => keys.includes(key)), ...keys.filter((key) => !firstKeys.includes(key)).sort()];
}

/** A plain value of one line; undefined for any other. */
export function plainValue(head: MemoryFile['head'], key: string): string | undefined {
  const value = Object.hasOwn(head, key) ? head[key] : undefined;
  const [, double, single, plain] =
    /^(?:"([^"\\\n]*)"|'([^'\n]*)'|([^\s"'#&*!|>{[%@`,?:-][^#\n]*))$/.exec(value ?? '') ?? [];
  return double ?? single ?? plain?.trim();
}

/** Claude notes the session that a memory is of; others an author. Whatever a file says of itself beside that. */
export function isOfAgent(head: MemoryFile['head']): boolean {
  const lines = Object.entries(head).flatMap(([key, value]) => `${key}: ${value}`.split(/[\n,{}]/));
  return lines.some((line) => {
    const [, key = '', value = ''] = /^[\s"'-]*([\w.-]+)["']?\s*:(.*)$/.exec(line) ?? [];
    return (
      /session|conversation|agent|generated/i.test(key) ||
      (/author|creator|writer|source|by$/i.test(key) &&
        /claude|codex|gemini|copilot|cursor|opencode|agent|assistant|gpt|llm|\bai\b|\bmodel\b/i.test(value))
    );
  });
}
