import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';

/** What a condition looks at: the record itself, or a field of it. */
export interface Queried {
  readonly id: string;
  readonly fields: JsonValue;
  readonly updatedAt: string;
  readonly author: string;
  readonly managedBy: string;
}

export type Where = (record: Queried) => boolean;

const ofRecord = ['id', 'updatedAt', 'author', 'managedBy'] as const;
const condition = /^\s*([A-Za-z_][\w.-]*)\s*(!=|>=|<=|=|~|>|<)\s*(.*?)\s*$/s;
const words =
  'A query is conditions with "and" between them, each FIELD OP VALUE: kind = task and title ~ "next week". FIELD is id, updatedAt, author, managedBy or a field (props.place), OP one of = != ~ > < >= <=, where ~ means: has in it. What has blanks in it stands in double quotes.';

/** Reads a query; the error is what is wrong with it and how one is written. */
export function parseWhere(text: string): Result<Where, string> {
  const conditions: Where[] = [];
  for (const part of partsOf(text)) {
    const [, field = '', operator = '', written = ''] = condition.exec(part) ?? [];
    const value = valueOf(written);
    if (field === '' || value === undefined) {
      return err(`${JSON.stringify(part.trim())} is no condition. ${words}`);
    }
    conditions.push((record) => holds(fieldOf(record, field), operator, value));
  }
  return ok((record) => conditions.every((one) => one(record)));
}

/** Split at `and`, but not where quotes hold it. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [''];
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"|\s+and(?:\s+|$)|[\s\S]/gi)) {
    if (/^\s+and(?:\s+|$)/i.test(piece)) {
      parts.push('');
    } else {
      parts.push(`${parts.pop() ?? ''}${piece}`);
    }
  }
  return parts;
}

/** JSON, or one bare word. */
function valueOf(written: string): JsonValue | undefined {
  try {
    return JSON.parse(written) as JsonValue;
  } catch {
    return /^[^\s"=!~<>][^\s"]*$/.test(written) ? written : undefined;
  }
}

function fieldOf(record: Queried, field: string): JsonValue | undefined {
  const own = ofRecord.find((name) => name === field);
  if (own !== undefined) {
    return record[own];
  }
  let value: JsonValue | undefined = record.fields;
  for (const name of field.split('.')) {
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function holds(value: JsonValue | undefined, operator: string, wanted: JsonValue): boolean {
  switch (operator) {
    case '=':
      return isAlike(value, wanted);
    case '!=':
      return !isAlike(value, wanted);
    case '~':
      return value !== undefined && textOf(value).toLowerCase().includes(textOf(wanted).toLowerCase());
    case '>':
      return isOrdered(wanted, value, false);
    case '<':
      return isOrdered(value, wanted, false);
    case '>=':
      return isOrdered(wanted, value, true);
    default:
      return isOrdered(value, wanted, true);
  }
}

function isAlike(value: JsonValue | undefined, wanted: JsonValue): boolean {
  return value !== undefined && (JSON.stringify(value) === JSON.stringify(wanted) || textOf(value) === textOf(wanted));
}

/** Numbers by their size, everything else as text; what is not there is neither before nor after. */
function isOrdered(low: JsonValue | undefined, high: JsonValue | undefined, orAlike: boolean): boolean {
  if (low === undefined || high === undefined) {
    return false;
  }
  const isBefore = typeof low === 'number' && typeof high === 'number' ? low < high : textOf(low) < textOf(high);
  return isBefore || (orAlike && isAlike(low, high));
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
