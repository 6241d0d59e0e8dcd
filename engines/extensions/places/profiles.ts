import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { textNow } from '../../shared/small-file.ts';
import { parsedJson } from './parsed-json.ts';

/** What a profile of an editor may have of its own. */
export type ProfilePart = 'settings' | 'keybindings' | 'snippets' | 'extensions';

/** The profiles of one editor as they are now. Each is known by its name, as its folder is called otherwise on each machine. */
export interface Profiles {
  /** Absolute, also of those whose name cannot be told. */
  folders(): readonly string[];
  /** Whose a file is. */
  ownerOf(path: string): Owner;
  /** The profiles that have a part of their own, and a name that no other has; none where names cannot be told. */
  named(part: ProfilePart): ReadonlyMap<string, string>;
}

/** `mayBe` names the profiles whose file it may be that cannot be told from others. */
export type Owner =
  | { readonly kind: 'default' }
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'unknown'; readonly mayBe: 'any' | readonly string[] };

interface Profile {
  readonly name: string;
  /** Names a folder below `profiles`. */
  readonly location: string;
  /** What it has not of its own, as the default profile has it. */
  readonly shares: ReadonlySet<string>;
}

const mostBytes = 16 * 1024 * 1024;

const known = new Map<string | undefined, Profiles>();

/** @param userFolder `User` of the editor; undefined for one that has none. */
export function profilesOf(userFolder: string | undefined): Profiles {
  const profiles = known.get(userFolder) ?? createProfiles(userFolder);
  known.set(userFolder, profiles);
  return profiles;
}

function createProfiles(userFolder: string | undefined): Profiles {
  const root = userFolder === undefined ? undefined : join(userFolder, 'profiles');
  const storage = userFolder === undefined ? undefined : join(userFolder, 'globalStorage', 'storage.json');
  let read: { readonly look: string; readonly profiles: readonly Profile[] | undefined } | undefined;
  /** Undefined where nobody can tell. */
  const profilesNow = (): readonly Profile[] | undefined => {
    const look = storage === undefined ? undefined : lookOf(storage);
    if (storage === undefined || look === undefined) {
      return undefined;
    }
    if (read?.look !== look) {
      read = { look, profiles: profilesIn(textNow(storage, mostBytes)) };
    }
    return read.profiles;
  };
  return {
    folders: () => (root === undefined ? [] : foldersIn(root)),
    ownerOf(path) {
      if (root === undefined || !path.startsWith(`${root}/`)) {
        return { kind: 'default' };
      }
      const [location = ''] = path.slice(root.length + 1).split('/');
      const all = profilesNow();
      const names = new Set(all?.filter((one) => one.location === location).map(({ name }) => name));
      const [name = ''] = names;
      return names.size === 1 && all?.filter((one) => one.name === name).length === 1
        ? { kind: 'profile', name }
        : { kind: 'unknown', mayBe: all === undefined ? 'any' : [...names] };
    },
    named(part) {
      const all = profilesNow() ?? [];
      const own = all.filter(
        ({ name, shares }) => !shares.has(part) && all.filter((other) => other.name === name).length === 1,
      );
      return new Map(own.map(({ name, location }) => [name, join(root ?? '', location)]));
    },
  };
}

function lookOf(path: string): string | undefined {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    return undefined;
  }
}

function profilesIn(text: string | undefined): readonly Profile[] | undefined {
  const storage = text === undefined ? undefined : parsedJson(text);
  const { userDataProfiles: listed = [] } = isJsonObject(storage) ? storage : { userDataProfiles: null };
  return Array.isArray(listed) ? listed.flatMap((one: JsonValue) => profileIn(one)) : undefined;
}

function profileIn(value: JsonValue): readonly Profile[] {
  const { name, location, useDefaultFlags } = isJsonObject(value) ? value : {};
  const path = isJsonObject(location) ? location['path'] : location;
  const folder = typeof path === 'string' ? basename(path) : '';
  if (typeof name !== 'string' || !isName(name) || folder === '' || folder === '.' || folder === '..') {
    return [];
  }
  const flags = Object.entries(isJsonObject(useDefaultFlags) ? useDefaultFlags : {});
  return [{ name, location: folder, shares: new Set(flags.filter(([, isOn]) => isOn === true).map(([part]) => part)) }];
}

/** One that an id can be made of. */
function isName(name: string): boolean {
  return name !== '' && name.isWellFormed() && encodeURIComponent(name).length <= 200 && !/^\.+$/.test(name);
}

function foldersIn(root: string): readonly string[] {
  try {
    const entries = readdirSync(root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(root, name))
      .sort();
  } catch {
    return [];
  }
}
