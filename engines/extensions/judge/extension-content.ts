import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';

/** What an extension may bring that is only read: nothing of it is run. */
const onlyRead: ReadonlySet<string> = new Set([
  ...['themes', 'iconThemes', 'productIconThemes', 'colors', 'icons', 'localizations', 'snippets'],
  ...['languages', 'grammars', 'semanticTokenTypes', 'semanticTokenModifiers', 'semanticTokenScopes'],
]);

/** Members of which any makes it more than something to look at. */
const running = ['main', 'browser', 'extensionDependencies', 'extensionPack', 'permissions', 'uninstall'];

/** What it brings where that is read and not run, in words; undefined for any other. */
export function contentOnly(fields: JsonObject): string | undefined {
  const brings = namesIn(fields['contributes']);
  const isMore = running.some((name) => fields[name] !== undefined && !isEmptyList(fields[name]));
  return brings !== undefined && brings.length > 0 && !isMore && brings.every((name) => onlyRead.has(name))
    ? brings.join(', ')
    : undefined;
}

export function isOnlyRead(contribution: string): boolean {
  return onlyRead.has(contribution);
}

/** The names of a list; undefined for what is no list of names. */
export function namesIn(value: JsonValue | undefined): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item): item is string => typeof item === 'string') ? value : undefined;
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return (Array.isArray(value) && value.length === 0) || (isJsonObject(value) && Object.keys(value).length === 0);
}

/** The major versions that `^1.90.0`, `>=1.2` and the like name, of the host and of whatever else. */
export function majorsOf(engines: JsonValue | undefined): string {
  const majorOf = (wanted: JsonValue): string => (typeof wanted === 'string' ? (/\d+/.exec(wanted)?.[0] ?? '') : '?');
  const all = isJsonObject(engines) ? Object.entries(engines) : [];
  const majors = all.map(([name, wanted]) => `${name} ${majorOf(wanted)}`);
  return majors.toSorted().join(', ');
}
