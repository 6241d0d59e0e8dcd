import type { PermissionBody, PermissionMatchBody, PermissionWordBody } from '../../api/types/permissions.ts';
import type { PolicyKeyBody } from '../../api/types/policy.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { printable, table } from './table.ts';

/** True for what maps speak of, and no key of policy. */
export function isTarget(text: string): boolean {
  return /^(tool|engine|capability):/.test(text);
}

/** What holds for a target, and every pattern that covers it, those that decide first. */
export function permissionText({ answer, words, rules, says }: PermissionBody): string {
  const rows = words.flatMap((word) => wordRows(word, answer));
  const keys = rules.map(({ key, decision }) => ['', 'policy', key, decision, '']);
  const all = [...rows, ...keys];
  return [
    `${answer}: ${printable(says)}`,
    ...(all.length === 0 ? [] : ['', table(['layer', 'record', 'pattern', 'answer', ''], all)]),
  ].join('\n');
}

/** The maps of all layers, pattern by pattern; empty where no layer has any. */
export function mapsTable(keys: readonly PolicyKeyBody[]): readonly string[] {
  const rows = keys.flatMap(({ words }) =>
    words.flatMap(({ layer, source, key, rule }) =>
      mapsIn(rule['kind'], rule['value']).flatMap((map) =>
        Object.entries(map).map(([pattern, answer]) => [layer, source, key, pattern, String(answer)]),
      ),
    ),
  );
  return rows.length === 0 ? [] : ['', table(['layer', 'record', 'map', 'pattern', 'answer'], rows)];
}

function wordRows(word: PermissionWordBody, holds: PermissionBody['answer']): readonly (readonly string[])[] {
  const { layer, source, unreadable, matches } = word;
  return unreadable === null
    ? matches.map((match) => [layer, source, match.pattern, match.answer, role(match, holds)])
    : [[layer, source, '', 'deny', `cannot be read (${unreadable})`]];
}

function role({ answer, by, decides }: PermissionMatchBody, holds: PermissionBody['answer']): string {
  const looks = by === 'looks' ? 'looks like it' : '';
  const part = decides
    ? answer === holds
      ? 'decides'
      : 'weaker than another layer'
    : by === 'name'
      ? 'shorter or weaker'
      : '';
  return [part, looks].filter((text) => text !== '').join(', ');
}

function mapsIn(
  kind: JsonValue | undefined,
  value: JsonValue | undefined,
): readonly { readonly [pattern: string]: JsonValue }[] {
  const maps = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return kind === 'map' ? maps.filter(isJsonObject) : [];
}
