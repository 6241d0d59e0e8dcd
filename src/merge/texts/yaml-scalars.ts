import { holdsExactly } from '../../base/exact-number.ts';
import type { JsonValue } from '../../base/json.ts';

/**
 * What an unquoted word says in YAML 1.1 and in 1.2 alike, given what 1.2 makes of it; undefined where they differ, as in
 * `yes`, `012` and `1:30`. Programs read by either.
 */
export function plainValue(value: unknown, source: string): JsonValue | undefined {
  if (typeof value === 'string') {
    return differsIn11.some((pattern) => pattern.test(value)) ? undefined : value;
  }
  if (typeof value === 'number') {
    return /^-?(0|[1-9]\d*)(\.\d+([eE][-+]\d+)?)?$/.test(source) && holdsExactly(source) ? value : undefined;
  }
  return typeof value === 'boolean' || value === null ? value : undefined;
}

/** Types of YAML 1.1 that 1.2 takes for texts. Source: yaml.org/type. */
const differsIn11: readonly RegExp[] = [
  /^(y|yes|n|no|on|off|=|<<)$/i,
  /^[-+]?(0b[01_]+|0[0-7_]+|[\d_]+|0x[\da-f_]+|[\d_]+(:[0-5]?\d)+)$/i,
  /^[-+]?([\d_]*\.[\d_]*(e[-+]?\d+)?|[\d_]+(:[0-5]?\d)+\.[\d_]*|[\d_]+e[-+]?\d+)$/i,
  /^\d{4}-\d\d?-\d\d?([Tt \t].*)?$/,
];

/** Words that need no quotes wherever they stand. */
const plain = /^[A-Za-z](?:[\w./@+-]|:(?=[\w./@+-])| (?=[\w./@+-]))*$/;
const reserved = /^(y|yes|n|no|on|off|true|false|null)$/i;

/** A value without members as it stands behind a colon. An earlier text gives the way of quoting. */
export function scalarText(value: string | number | boolean | null, isFlow: boolean, before = ''): string {
  if (typeof value !== 'string') {
    return JSON.stringify(value);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what quotes of this kind cannot hold
  if (before.startsWith("'") && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(value)) {
    return `'${value.replaceAll("'", "''")}'`;
  }
  const isPlain = plain.test(value) && !reserved.test(value) && !(isFlow && value.includes(':'));
  return isPlain && !before.startsWith('"') ? value : quoted(value);
}

function quoted(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Lines of a text below `|`; undefined for a text that would not be read again as it is. */
export function blockText(value: string, column: number, eol: string): string | undefined {
  const body = value.replace(/\n$/, '');
  const isFit = body.includes('\n') && /^[\t\n -~\u00a1-\ud7ff]*$/.test(value) && /^\S/.test(body) && /\S$/.test(body);
  const lines = body.split('\n').map((line) => (line === '' ? '' : ' '.repeat(column) + line));
  return isFit ? `|${value === body ? '-' : ''}${eol}${lines.join(eol)}` : undefined;
}
