import type { Credential, CredentialFormat, FindCredentials } from '../contract/credentials.ts';
import { type Assignment, envAssignments, shellAssignments } from './assignments.ts';
import {
  type Raw,
  awsCredentials,
  dockerCredentials,
  gitCredentials,
  githubCredentials,
  iniCredentials,
  netrcCredentials,
  npmCredentials,
  postgresCredentials,
} from './credential-files.ts';
import { isReference, isSecretPair, kindOf, safeName } from './credential-names.ts';
import { findInText } from './find-secrets.ts';

/** No more than this many are told of a file. */
export const maximumFound = 128;
const longestLine = 16_384;

const takenApart: Readonly<Record<CredentialFormat, (text: string) => readonly Credential[] | string>> = {
  shell: (text) => assigned(text, shellAssignments(text)),
  env: (text) => assigned(text, envAssignments(text)),
  netrc: (text) => netrcCredentials(text).map(told),
  npmrc: (text) => npmCredentials(text).map(told),
  ini: (text) => iniCredentials(text).map(told),
  aws: (text) => awsCredentials(text).map(told),
  gh: (text) => githubCredentials(text).map(told),
  docker(text) {
    const found = dockerCredentials(text);
    return typeof found === 'string' ? found : found.map(told);
  },
  pgpass: (text) => postgresCredentials(text).map(told),
  'git-credentials': (text) => gitCredentials(text).map(told),
};

/** By the file's own form first, and then, on lines where that found nothing, by the looks of a text. */
export const findCredentials: FindCredentials = (format, text) => {
  const named = takenApart[format](text);
  if (typeof named === 'string') {
    return named;
  }
  const known = new Set(named.map(({ line }) => line));
  return [...named, ...byLooks(text, known)].sort((left, right) => left.line - right.line).slice(0, maximumFound);
};

function told({ line, name, label, forms }: Raw): Credential {
  const isKnown = forms.every((form) => !form.includes('\ufffd'));
  return { line, name: safeName(name), kind: kindOf(label, forms[0]), forms: isKnown ? [...new Set(forms)] : [] };
}

function assigned(text: string, assignments: readonly Assignment[]): readonly Credential[] {
  const starts = lineStarts(text);
  return assignments.filter(isCredential).map(({ name, raw, value, from }) => ({
    line: lineAt(starts, from),
    name: safeName(name),
    kind: kindOf(name, value ?? raw),
    forms: value === undefined ? [] : [value],
  }));
}

function isCredential({ name, raw, isLiteral }: Assignment): boolean {
  if (!isLiteral && isReference(raw)) {
    return false;
  }
  const looks = findInText(`${name}=${raw}`).length > 0 && !refersWithin(raw);
  return looks || isSecretPair(name, raw);
}

/** `https://$USER:$TOKEN@host` holds no secret. */
function refersWithin(text: string): boolean {
  return /:\/\/[^/\s]{0,512}[$`{][^/\s]{0,512}@/.test(text);
}

function byLooks(text: string, known: ReadonlySet<number>): readonly Credential[] {
  const found: Credential[] = [];
  let line = 0;
  for (const whole of text.split(/\r\n|\n|\r/)) {
    line += 1;
    const short = whole.slice(0, longestLine);
    if (found.length >= maximumFound || known.has(line)) {
      continue;
    }
    for (const { rule, range } of findInText(short)) {
      const secret = short.slice(...range);
      if (!isReference(secret) && !refersWithin(secret)) {
        found.push({ line, name: `line ${line}`, kind: rule, forms: [secret] });
      }
    }
  }
  return found;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low + 1;
}
