import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import type { ObservedPlace, ObservedUnit, PlaceReport } from '../../../src/contract/observed-place.ts';
import type { PlaceSurroundings } from '../../../src/contract/place.ts';
import { findClones, workFolders } from './find-clones.ts';
import { type GitFolder, defaultBranchOf, gitFolderAt, rootCommitOf } from './git-folder.ts';
import { type Abbreviation, abbreviationsIn, addressMeant, ownAbbreviations } from './instead-of.ts';
import { type RemoteAddress, remoteAddress } from './remote-address.ts';

const prefix = 'repositories/repo/';

/** Clones of git below the folders that people work in. Git is never run: a repository tells it what to start. */
export const repositories: ObservedPlace = {
  name: 'repositories',
  // The folders themselves are watched by what could lie in them.
  lookedAt({ home }) {
    const all = workFolders.map((name) => join(home, name));
    const there = all.filter((folder) => existsSync(folder));
    return (there.length > 0 ? there : all.slice(0, 1)).map((folder) => join(folder, '.git'));
  },
  observe,
  fieldsOf: (_id, unit) => JSON.parse(unit) as JsonObject,
  unitOf,
  onlyRead:
    'Nothing is cloned for you: for a repository that another machine has, take the address of its record and run `git clone <address>` below ~/src.',
  // A clone that is gone here is gone on this machine alone.
  keepsRecords: true,
};

const atOnce = 8;

async function observe(surroundings: PlaceSurroundings): Promise<PlaceReport> {
  const { clones, faults } = await findClones(surroundings.home);
  const ofPerson = await ownAbbreviations(surroundings);
  const units = new Map<string, ObservedUnit>();
  let leftAlone = 0;
  for (let start = 0; start < clones.length; start += atOnce) {
    const read = await Promise.all(clones.slice(start, start + atOnce).map(async (one) => unitAt(one, ofPerson)));
    for (const unit of read) {
      if (unit === undefined) {
        leftAlone++;
      } else if (!units.has(unit.id)) {
        units.set(unit.id, unit);
      }
    }
  }
  return { units: [...units.values()], faults, leftAlone };
}

async function unitAt(clone: string, ofPerson: readonly Abbreviation[]): Promise<ObservedUnit | undefined> {
  const git = await gitFolderAt(join(clone, '.git'));
  if (git === undefined) {
    return undefined;
  }
  const remotes = remotesOf(git, ofPerson);
  const [name, first] = firstOf(remotes) ?? [];
  if (name === undefined || first === undefined) {
    const root = await rootCommitOf(git);
    return root === undefined
      ? undefined
      : unitFor(join(clone, '.git'), `root:${root}`, { title: basename(clone), props: {} });
  }
  const branch = await defaultBranchOf(git, name);
  const addresses = Object.fromEntries([...remotes].map(([remote, { text }]) => [remote, text]));
  const props: JsonObject = { ...(branch === undefined ? {} : { defaultBranch: branch }), remotes: addresses };
  return unitFor(join(clone, '.git'), nameOf(first), { title: basename(first.path), props });
}

function unitFor(
  path: string,
  name: string,
  { title, props }: { readonly title: string; readonly props: JsonObject },
): ObservedUnit | undefined {
  const id = idFor(name);
  const fields = { kind: 'repo', props, title: title.toWellFormed() };
  return id.length > longestId ? undefined : { id, path, text: canonicalText(fields) };
}

const longestId = 240;

function idFor(name: string): string {
  return prefix + encodeURIComponent(name.toWellFormed());
}

function nameOf({ host, path }: RemoteAddress): string {
  return `${host}/${path}`;
}

/** Each remote by where it is fetched from, as far as other machines can have it from there. */
function remotesOf({ settings }: GitFolder, ofPerson: readonly Abbreviation[]): ReadonlyMap<string, RemoteAddress> {
  const abbreviations = [...ofPerson, ...abbreviationsIn(settings)];
  const remotes = new Map<string, RemoteAddress>();
  for (const { section, part, key, value } of settings) {
    const isFirst = section === 'remote' && key === 'url' && !remotes.has(part);
    const address = isFirst ? addressMeant(value, abbreviations) : undefined;
    if (address !== undefined && address.host !== '' && !carriesToken(address.text) && part.isWellFormed()) {
      remotes.set(part, address);
    }
  }
  return remotes;
}

/** Whoever knows `origin` means where it was cloned from. */
function firstOf(remotes: ReadonlyMap<string, RemoteAddress>): readonly [string, RemoteAddress] | undefined {
  const origin = remotes.get('origin');
  return origin === undefined ? [...remotes][0] : ['origin', origin];
}

function carriesToken(text: string): boolean {
  return /gh[pousr]_\w{16}|github_pat_|glpat-|x-access-token|oauth2:|eyJ[\w-]{10,}\./.test(text);
}

function unitOf(id: string, fields: JsonObject): string | undefined {
  const { kind, title, props } = fields as Readonly<Record<string, JsonValue | undefined>>;
  if (kind !== 'repo' || typeof title !== 'string' || !isJsonObject(props) || !id.startsWith(prefix)) {
    return undefined;
  }
  const { remotes, defaultBranch } = props as Readonly<Record<string, JsonValue | undefined>>;
  const isWhole = (remotes === undefined || isJsonObject(remotes)) && isTextOrNone(defaultBranch);
  const addresses = isJsonObject(remotes) ? Object.entries(remotes) : [];
  if (!isWhole || !addresses.every(([, address]) => typeof address === 'string' && isAsWeWrite(address))) {
    return undefined;
  }
  const known = new Map(addresses.map(([name, address]) => [name, remoteAddress(address as string) as RemoteAddress]));
  const first = firstOf(known)?.[1];
  const isNamed =
    first === undefined ? /^root%3A[0-9a-f]{40,64}$/.test(id.slice(prefix.length)) : id === idFor(nameOf(first));
  const kept: JsonObject = {
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    ...(remotes === undefined ? {} : { remotes }),
  };
  return isNamed ? canonicalText({ kind, props: kept, title }) : undefined;
}

function isTextOrNone(value: JsonValue | undefined): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isAsWeWrite(address: string): boolean {
  return remoteAddress(address)?.text === address && !carriesToken(address);
}
