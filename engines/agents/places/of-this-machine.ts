import { type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { namesHome } from '../../shared/home-folder.ts';
import { holdsKnownToken } from '../../shared/known-tokens.ts';

/** Deeper than any configuration goes: what lies there is not looked at, and stays here. */
const deepest = 32;

/** Said of what is of this machine. */
export const whyHeld = 'it names a home folder, holds what looks like a secret, or cannot be told';

/** True for a value that names a home folder, or holds what is a password more often than not: it stays on this machine. */
export function isOfThisMachine(value: JsonValue, home: string, depth = 0): boolean {
  if (depth > deepest) {
    return true;
  }
  if (typeof value === 'string') {
    return namesHome(value, home) || looksSecret(value);
  }
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    return items.some((item, index) => isOfThisMachine(item, home, depth + 1) || followsItsName(items, index));
  }
  return (
    isJsonObject(value) &&
    Object.entries(value).some(
      ([name, member]) =>
        namesHome(name, home) || isNamedSecret(name, member) || isOfThisMachine(member, home, depth + 1),
    )
  );
}

const secretName =
  /(^|[^a-z])(api[-_]?key|access[-_]?key|auth[-_]?token|token|secret|pass(word|wd|phrase)|credentials?|authorization|private[-_]?key)$/i;
const camelName = /(apiKey|accessKey|Token|Secret|Password|Authorization|privateKey)$/;

function isNamedSecret(name: string, value: JsonValue): boolean {
  return (
    typeof value === 'string' && value !== '' && !isReference(value) && (secretName.test(name) || camelName.test(name))
  );
}

/** `--token x`, as two words. */
function followsItsName(items: readonly JsonValue[], index: number): boolean {
  const [name, value] = [items[index - 1], items[index]];
  return (
    typeof name === 'string' &&
    /^--?\w/.test(name) &&
    typeof value === 'string' &&
    !value.startsWith('-') &&
    isNamedSecret(name, value)
  );
}

// Each of them looks at a bounded stretch from where it begins: a text may be long.
const knownSecrets = /-----BEGIN|\b(bearer|basic)\s[\w+/=.-]{8}/i;
const inAddress = /:\/\/[^/\s@$:]{0,200}:[^/\s@$]{1,200}@/;
const assigned =
  /(?:^|[?&;\s-])[\w-]{0,40}(?:key|token|secret|password|passwd|pwd|auth|sig|signature)=(?!['"]?[\s$]|\{\w+:)[^\s&]/i;
const asHeader =
  /^[\w-]{0,40}(?:key|token|secret|password|authorization)[\w-]{0,40}\s{0,3}:(?!\s{0,3}(?:(?:bearer|basic|token)\s)?\$|\/\/)\s{0,3}\S/i;

export function looksSecret(text: string): boolean {
  return (
    holdsKnownToken(text) ||
    [knownSecrets, inAddress, assigned, asHeader].some((known) => known.test(text)) ||
    hasRandomWord(text)
  );
}

/** A long word of letters and digits that no person made up. What names a commit or a digest is none. */
function hasRandomWord(text: string): boolean {
  const named = text.replaceAll(/[#@:]([0-9a-f]{40}|[0-9a-f]{64})\b/g, ' ');
  return named
    .split(/[^A-Za-z0-9+]+/)
    .some((word) => word.length >= 20 && /\d[^\d]*\d/.test(word) && /[A-Za-z][^A-Za-z]*[A-Za-z]/.test(word));
}

/** Says where a value is to be taken from, and carries none: `${env:NAME}`, `{env:NAME}`, `$NAME`. */
export function isReference(value: string): boolean {
  return /^((bearer|basic|token)\s+)?(\$\{([a-z]+:)?[A-Za-z_][\w.-]*\}|\{(env|file):[\w./~-]+\}|\$[A-Za-z_]\w*)$/i.test(
    value,
  );
}
