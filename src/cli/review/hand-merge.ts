import type { ReviewDetailBody } from '../../api/types/reviews.ts';
import { canonicalText } from '../../base/canonical-json.ts';
import { textFromUtf8 } from '../../base/bytes.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { valueAt } from '../../base/json-pointer.ts';
import { parseExact } from '../../base/parse-exact.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { printable } from '../ground/table.ts';
import { hasMarks, markedByLines, mergedByLines, type SideNames } from './marked-text.ts';
import { textAt, textPlace, withValueAt } from './text-place.ts';

/** What a person edits to decide a review item, and how it becomes a record again. */
export interface HandMerge {
  /** What the file is called that an editor opens, so that it knows what kind of text it is. */
  readonly name: string;
  readonly text: string;
  /** JSON pointer of the text in the record; undefined where what is edited is the JSON of the record. */
  readonly place: string | undefined;
  /** The edited record, or in words why it is none. */
  fieldsOf(edited: string): Result<JsonObject, string>;
}

/** Both versions of an item as one text: text where the record is one, else the JSON of the record. */
export function handMerge(review: ReviewDetailBody, sideNames: SideNames): HandMerge | undefined {
  const sides = sidesOf(review);
  if (sides === undefined) {
    return undefined;
  }
  const names: SideNames = { mine: printable(sideNames.mine), theirs: printable(sideNames.theirs) };
  return asText(review, sides, names) ?? asJson(review, sides, names);
}

interface Sides {
  readonly base: JsonObject | null;
  /** What holds of both already; where they contradict each other, the live version. */
  readonly mine: JsonObject;
  /** The same with the other version where they contradict each other. */
  readonly theirs: JsonObject;
}

/** Undefined for what has no version to edit: a mass change, or one write as it was signed. */
function sidesOf({ kind, live, merge, alternatives }: ReviewDetailBody): Sides | undefined {
  const other = alternatives[1];
  if (kind === 'brake' || kind === 'approval' || other === undefined) {
    return undefined;
  }
  if (merge !== null) {
    const { base, merged, proposed, conflicts } = merge;
    const theirs = conflicts.reduce<JsonValue>((fields, at) => withValueAt(fields, at, valueAt(proposed, at)), merged);
    return { base, mine: merged, theirs: theirs as JsonObject };
  }
  const value = other.deleted ? undefined : other.value;
  const mine = live ?? (isJsonObject(value) ? value : {});
  const changed = other.path === '' ? (value ?? mine) : withValueAt(mine, other.path, value);
  const theirs = isJsonObject(changed) ? changed : mine;
  return { base: null, mine, theirs };
}

function asText({ recordId }: ReviewDetailBody, sides: Sides, names: SideNames): HandMerge | undefined {
  const { base, mine, theirs } = sides;
  const place = textPlace(mine);
  const [one, other] = place === undefined ? [] : [textAt(mine, place), textAt(theirs, place)];
  if (place === undefined || one === undefined || other === undefined || !isAlikeBut(place, mine, theirs)) {
    return undefined;
  }
  // Editors end the last line, which is no edit.
  const isEnded = one.endsWith('\n') || other.endsWith('\n') || (one === '' && other === '');
  const end = (text: string): string => (isEnded ? text : `${text}\n`);
  const before = textAt(base, place);
  const merged =
    one === other
      ? end(one)
      : before === undefined
        ? markedByLines(end(one), end(other), names)
        : mergedByLines(end(before), end(one), end(other), names);
  return {
    name: fileName(recordId, ''),
    ...{ text: merged, place },
    fieldsOf: (edited) => {
      const text = isEnded ? edited : edited.replace(/\n$/, '');
      const refused = refusedText(edited, merged);
      return refused === undefined ? ok(withValueAt(mine, place, text) as JsonObject) : err(refused);
    },
  };
}

function isAlikeBut(place: string, mine: JsonObject, theirs: JsonObject): boolean {
  return canonicalText(withValueAt(mine, place, '')) === canonicalText(withValueAt(theirs, place, ''));
}

function asJson({ recordId }: ReviewDetailBody, { mine, theirs }: Sides, names: SideNames): HandMerge {
  const [one, other] = [mine, theirs].map((fields) => `${JSON.stringify(sorted(fields), null, 2)}\n`) as [
    string,
    string,
  ];
  const merged = markedByLines(one, other, names);
  return {
    name: fileName(recordId, '.json'),
    ...{ text: merged, place: undefined },
    fieldsOf: (edited) => {
      const refused = refusedText(edited, merged);
      if (refused !== undefined) {
        return err(refused);
      }
      const parsed = parseExact(edited);
      return !parsed.ok ? parsed : isJsonObject(parsed.value) ? ok(parsed.value) : err(noObject);
    },
  };
}

/** Marks count where there were some: a text may speak of them, too. */
function refusedText(edited: string, opened: string): string | undefined {
  if (edited.trim() === '') {
    return 'Nothing was left in the file.';
  }
  return hasMarks(opened) && hasMarks(edited)
    ? 'Marks (<<<<<<<, >>>>>>>) are left in it: choose what stands between them, and take them out.'
    : undefined;
}

function sorted(value: JsonValue): JsonValue {
  return isJsonObject(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((name) => [name, sorted(value[name] as JsonValue)]),
      )
    : value;
}

/**
 * The record that a file holds: where the record is a text, the file is that text, unless it is the JSON of the record: an
 * object with that text in it, or with no other members than the record has.
 */
export function fieldsOfFile(review: ReviewDetailBody, bytes: Uint8Array): Result<JsonObject, string> {
  const merge = handMerge(review, { mine: '', theirs: '' });
  const parsed = parseExact(bytes);
  const isObject = parsed.ok && isJsonObject(parsed.value);
  if (merge?.place === undefined) {
    return !parsed.ok ? parsed : isObject ? ok(parsed.value) : err(noObject);
  }
  if (isObject && isRecord(parsed.value, review, merge.place)) {
    return ok(parsed.value);
  }
  const text = textFromUtf8(bytes);
  return text === undefined ? err('It is not UTF-8. Save it as UTF-8.') : merge.fieldsOf(text);
}

function isRecord(object: JsonObject, { live, alternatives }: ReviewDetailBody, place: string): boolean {
  const known = [live, ...alternatives.map(({ value }) => value)].flatMap((value) =>
    isJsonObject(value) ? Object.keys(value) : [],
  );
  const names = Object.keys(object);
  return textAt(object, place) !== undefined || (names.length > 0 && names.every((name) => known.includes(name)));
}

const noObject = 'It must hold a JSON object: the fields of the record.';

/** The last part of the record's id, without what no file name should have. */
function fileName(recordId: string, ending: string): string {
  const last = recordId.split('/').at(-1) ?? '';
  const safe = last.replace(/[^\w.-]/g, '_').slice(-100);
  return `${/[^.]/.test(safe) ? safe : 'record'}${ending}`;
}
