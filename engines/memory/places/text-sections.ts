import type { JsonObject } from '../../../src/base/json.ts';
import { nameOfPart } from '../../../src/base/coded-name.ts';
import { ok } from '../../../src/base/result.ts';
import type { PlaceCodec } from '../../../src/contract/place.ts';
import { linesFrom } from './markdown-headings.ts';
import { isFitKey } from './part-names.ts';
import { whyItStays } from './private-text.ts';
import { type TextPart, frontMatter, headingsOfKey, partsOf, preamble, startOf } from './text-parts.ts';

/** A text of instructions as its sections; `app` is whose it is. */
export function textSections(app: string, home: string): PlaceCodec {
  const prefix = `${app}/`;
  const whyHere = (key: string, text: string): string | undefined =>
    isFitKey(prefix + key) ? whyItStays(`${nameOfPart(key)}\n${text}`, home) : 'no record can be called so';
  const whyPart = (text: string, { key, start, end }: TextPart): string | undefined =>
    whyHere(key, text.slice(start, end));
  return {
    parse(text) {
      const parts = partsOf(text).filter(({ isBare }) => !isBare);
      const whys = new Map(parts.map((part) => [prefix + part.key, whyPart(text, part)]));
      const shared = parts.filter(({ key }) => whys.get(prefix + key) === undefined);
      return ok({
        units: shared.map((part) => ({ id: prefix + part.key, text: unitOfPart(text, part) })),
        leftAlone: parts.length - shared.length,
        held: (id) => whys.get(id),
      });
    },
    set(text, id, unit) {
      const parts = partsOf(text);
      const key = id.slice(prefix.length);
      const found = parts.find((part) => part.key === key);
      if (found === undefined) {
        return inserted(text, parts, key, unit);
      }
      // What is left alone here is not written either.
      const isWritable = found.isBare || whyPart(text, found) === undefined;
      return !isWritable || unitOfPart(text, found) === unit
        ? text
        : text.slice(0, found.start) + unit.replaceAll('\n', lineBreakOf(text)) + text.slice(found.end);
    },
    remove(text, id) {
      const parts = partsOf(text);
      const index = parts.findIndex(({ key }) => key === id.slice(prefix.length));
      return index === -1 ? text : withoutPart(text, parts, index);
    },
    fieldsOf: (id, unit): JsonObject => ({ ...namesOf(id.slice(prefix.length)), app, text: unit, ...standing(app) }),
    unitOf(id, fields) {
      const { kind, text, lifecycle } = fields;
      const key = id.startsWith(prefix) ? id.slice(prefix.length) : '';
      return kind === namesOf(key)['kind'] &&
        fields['app'] === app &&
        typeof text === 'string' &&
        !isGone(lifecycle) &&
        whyHere(key, text) === undefined
        ? withoutLayout(text)
        : undefined;
    },
    isOut: (id, { lifecycle }) => id.startsWith(prefix) && isGone(lifecycle),
  };
}

/** What ended leaves the files. */
export function isGone(lifecycle: unknown): boolean {
  return lifecycle === 'expired' || lifecycle === 'revoked';
}

function standing(app: string): JsonObject {
  return { lifecycle: 'observed', provenance: `place:${app}`, memoryScope: 'user' };
}

function namesOf(key: string): JsonObject {
  if (key === frontMatter || key === preamble) {
    return { kind: key.slice('part/'.length) };
  }
  return key.startsWith('section/')
    ? { kind: 'section', heading: headingsOfKey(key).map((part) => nameOfPart(part.replace(/\[\d+\]$/, ''))) }
    : { kind: '' };
}

function unitOfPart(text: string, { start, end }: TextPart): string {
  return withoutLayout(text.slice(start, end));
}

/** Lines end in one way, and no empty ones stand around it. */
export function withoutLayout(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  let [from, to] = [0, lines.length];
  while (from < to && (lines[from] as string).trim() === '') {
    from++;
  }
  while (to > from && (lines[to - 1] as string).trim() === '') {
    to--;
  }
  return lines.slice(from, to).join('\n');
}

export function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Below the nearest heading of its path that is there, with those that are not; else at the end. */
function inserted(text: string, parts: readonly TextPart[], key: string, unit: string): string {
  const head = parts.find((part) => part.key === frontMatter);
  if (key === frontMatter) {
    return putAt(text, startOf(text), unit);
  }
  if (key === preamble) {
    return putAt(text, head?.end ?? startOf(text), unit);
  }
  const names = key.split('/');
  const above = names.findLastIndex((_name, index) => {
    const path = names.slice(0, index + 1).join('/');
    return index > 0 && index < names.length - 1 && parts.some((part) => part.key === path);
  });
  const path = names.slice(0, above + 1).join('/');
  const last = above < 1 ? parts.at(-1) : parts.findLast((part) => `${part.key}/`.startsWith(`${path}/`));
  const missing = names.slice(Math.max(above, 0) + 1, -1);
  const level = levelOf(unit) - missing.length;
  const headings = missing.map((name, index) => `${'#'.repeat(Math.max(level + index, 1))} ${plainName(name)}\n\n`);
  return level < 1 ? text : putAt(text, last?.end ?? startOf(text), headings.join('') + unit);
}

function plainName(part: string): string {
  return nameOfPart(part.replace(/\[\d+\]$/, ''));
}

function levelOf(unit: string): number {
  const [first] = partsOf(unit);
  return first?.level ?? 1;
}

/** Behind an offset at the end of a line, with an empty line on both sides. */
function putAt(text: string, offset: number, unit: string): string {
  const lineBreak = lineBreakOf(text);
  const [before, behind] = [text.slice(0, offset), text.slice(offset)];
  const isFirst = offset === startOf(text);
  const above = isFirst ? '' : lineBreak + lineBreak;
  const isLast = behind.trim() === '';
  const below = isLast ? (behind === '' ? lineBreak : behind) : isFirst ? lineBreak + lineBreak + behind : behind;
  return before + above + unit.replaceAll('\n', lineBreak) + below;
}

/** Its heading stays where something stands below it. */
function withoutPart(text: string, parts: readonly TextPart[], index: number): string {
  const { key, start, end } = parts[index] as TextPart;
  const next = parts[index + 1];
  if (next?.key.startsWith(`${key}/`) === true) {
    return text.slice(0, start) + headingOf(text.slice(start, end)) + text.slice(end);
  }
  if (next !== undefined) {
    return text.slice(0, start) + text.slice(next.start);
  }
  const from = parts[index - 1]?.end ?? startOf(text);
  const isEmpty = index === 0;
  return text.slice(0, from) + (isEmpty ? '' : text.slice(end));
}

function headingOf(part: string): string {
  const [first] = partsOf(part);
  const lines = [...linesFrom(part, 0)];
  const body = part.slice(first?.start ?? 0);
  // Of two lines where it is underlined.
  const count = /^ {0,3}#/.test(body)
    ? 1
    : lines.findIndex(({ start, end }) => /^ {0,3}[=-]+\s*$/.test(part.slice(start, end))) + 1;
  return part.slice(0, lines[count - 1]?.end ?? part.length);
}
