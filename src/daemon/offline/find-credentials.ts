import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { base64urlFromBytes } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { CredentialsFound, FoundInFile, SkippedFile } from '../../cli/ground/credentials.ts';
import type { Credential } from '../../contract/credentials.ts';
import { mark } from '../../crypto/hash.ts';
import { readBounded } from '../../estate/read-file.ts';
import { findCredentials, maximumFound } from '../../redaction/find-credentials.ts';
import { type CredentialPlace, credentialPlaces } from './credential-places.ts';

const maximumFileBytes = 1024 * 1024;
const maximumAtHome = 512;

/** Looks for credentials in the home folder of the person, in this process alone. */
export function findCredentialsAtHome(folder: string, environment: NodeJS.ProcessEnv): CredentialsFound {
  const home = realPathOf(folder) ?? folder;
  const found: FoundInFile[] = [];
  const skipped: SkippedFile[] = [];
  const seen = new Set<string>();
  let looked = 0;
  for (const place of credentialPlaces(home, environment)) {
    const file = shown(home, place.path);
    const resolved = resolvedIn(home, place.path);
    if (!resolved.ok) {
      skipped.push({ file, message: resolved.error });
    } else if (resolved.value !== undefined && !seen.has(resolved.value)) {
      seen.add(resolved.value);
      looked += 1;
      const read = credentialsOf(resolved.value, place);
      if (read.ok) {
        const told = read.value.slice(0, maximumAtHome - found.length);
        found.push(...told.map((credential) => ({ ...credential, file, format: place.format })));
        if (told.length < read.value.length || told.length === maximumFound) {
          skipped.push({ file, message: `Only the first ${told.length} of its credentials are told.` });
        }
      } else {
        skipped.push({ file, message: read.error });
      }
    }
  }
  const key = randomBytes(32);
  return {
    ...{ home, found, skipped, looked, key: base64urlFromBytes(key) },
    marks: found.map(({ forms }) => forms.map((form) => base64urlFromBytes(mark(key, form)))),
  };
}

/** Undefined where nothing is there. A link is followed as long as it stays in the home folder. */
function resolvedIn(home: string, path: string): Result<string | undefined, string> {
  let resolved: string;
  try {
    resolved = realpathSync(path);
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? ok(undefined)
      : err(code === 'ELOOP' ? 'It is a loop of symbolic links.' : `It may not be reached (${code}).`);
  }
  return resolved.startsWith(home.endsWith(sep) ? home : home + sep)
    ? ok(resolved)
    : err('It leads out of the home folder, and was not followed.');
}

function credentialsOf(path: string, { format }: CredentialPlace): Result<readonly Credential[], string> {
  const read = readBounded(path, maximumFileBytes);
  if (!read.ok) {
    return err(read.error.message);
  }
  if (read.value.length > maximumFileBytes) {
    return err('It is larger than 1 MiB, and was not looked through.');
  }
  if (read.value.includes(0)) {
    return err('It is no text: it holds bytes of zero.');
  }
  const found = findCredentials(format, new TextDecoder().decode(read.value));
  return typeof found === 'string' ? err(found) : ok(found);
}

function shown(home: string, path: string): string {
  const below = relative(home, path);
  return below.startsWith('..') ? path : `~/${below.split(sep).join('/')}`;
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
