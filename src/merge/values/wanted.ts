import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type WantedVersion, parseWantedVersion, takesVersion } from '../../contract/version-range.ts';

/** What a reference wants of its target beside that it is there. */
export interface Wanted {
  readonly version?: WantedVersion;
  /** The target's own `kind`. */
  readonly kind?: string;
  /** What of it cannot be understood, in words; such a reference is met by nothing. */
  readonly faults: readonly string[];
}

/** What a live target says of itself, as far as a reference may ask; undefined where it says nothing. */
export interface SaidOfItself {
  readonly version: JsonValue | undefined;
  readonly kind: JsonValue | undefined;
}

const longestShown = 64;

/** The members `version` and `kind` of a reference; undefined where it has neither. */
export function wantedIn(reference: JsonObject): Wanted | undefined {
  const isAsked = (member: string): boolean => Object.hasOwn(reference, member);
  if (!isAsked('version') && !isAsked('kind')) {
    return undefined;
  }
  const faults: string[] = [];
  const version = isAsked('version') ? versionIn(reference['version'], faults) : undefined;
  const kind = isAsked('kind') ? kindIn(reference['kind'], faults) : undefined;
  return { ...(version === undefined ? {} : { version }), ...(kind === undefined ? {} : { kind }), faults };
}

/** What of it a live target does not meet, in words: `is 1.4.0, wanted ^2`; null where it meets everything. */
export function unmetBy({ version, kind, faults }: Wanted, target: SaidOfItself): string | null {
  const words = [...faults];
  if (version !== undefined && !(typeof target.version === 'string' && takesVersion(version, target.version))) {
    words.push(`${saysOf('version', target.version)}, wanted ${version.text}`);
  }
  if (kind !== undefined && target.kind !== kind) {
    words.push(`${saysOf('kind', target.kind)}, wanted ${shown(kind)}`);
  }
  return words.length === 0 ? null : words.join('; ');
}

function versionIn(value: JsonValue | undefined, faults: string[]): WantedVersion | undefined {
  const parsed = typeof value === 'string' ? parseWantedVersion(value) : undefined;
  if (parsed?.ok !== true) {
    const what = parsed === undefined ? 'is no text' : `${parsed.error} (${shown(value as string)})`;
    faults.push(`the version that is wanted ${what}`);
    return undefined;
  }
  return parsed.value;
}

function kindIn(value: JsonValue | undefined, faults: string[]): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > longestShown) {
    faults.push(`the kind that is wanted is no text of 1 to ${longestShown} characters`);
    return undefined;
  }
  return value;
}

function saysOf(member: 'version' | 'kind', value: JsonValue | undefined): string {
  if (typeof value !== 'string') {
    return `says no ${member}`;
  }
  return member === 'version' ? `is ${shown(value)}` : `is of kind ${shown(value)}`;
}

/** Short enough for a message, and in one line. */
function shown(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '?');
  return line.length > longestShown ? `${line.slice(0, longestShown - 1)}…` : line;
}
