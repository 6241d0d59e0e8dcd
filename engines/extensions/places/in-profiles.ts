import { nameOfPart } from '../../../src/base/coded-name.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import type { Place, PlaceCodec, PlaceSurroundings } from '../../../src/contract/place.ts';
import { type Editor, editors } from './editors.ts';
import { type ProfilePart, profilesOf } from './profiles.ts';

/** What the ids of a profile's units begin with, and what is in each of its records; the default profile has no name. */
export interface ProfileIds {
  readonly prefix: string;
  readonly fields: JsonObject;
}

/** A codec for one profile, whose files are named below the profile's folder. */
export interface ProfileCodec extends Omit<PlaceCodec, 'fileOf' | 'each'> {
  nameOf(id: string): string | undefined;
}

export interface PartOfEditors {
  readonly part: ProfilePart;
  /** Below the folder of the default profile; the place is called after it. */
  readonly firstFile: string;
  /** Those that are there, below the folder of a profile. */
  files(folder: string): readonly string[];
  codecOf(ids: ProfileIds, home: string): ProfileCodec;
}

/** One place for each editor, with what its default profile has and what each other profile has of its own. */
export function placesOfEditors(kind: PartOfEditors): readonly Place[] {
  return editors.flatMap(({ host, userFolder }) => (userFolder === undefined ? [] : placeOf(kind, host, userFolder)));
}

function placeOf(kind: PartOfEditors, host: string, userFolder: NonNullable<Editor['userFolder']>): Place {
  const firstFile = (surroundings: PlaceSurroundings): string => `${userFolder(surroundings)}/${kind.firstFile}`;
  return {
    name: `${host}-${kind.part}`,
    files(surroundings) {
      const folder = userFolder(surroundings);
      const folders = [folder, ...profilesOf(folder).folders()];
      return [...new Set([firstFile(surroundings), ...folders.flatMap((one) => kind.files(one))])];
    },
    newUnits: firstFile,
    hookLine: undefined,
    open: async (surroundings) => codecOf(kind, host, userFolder(surroundings), surroundings.home),
  };
}

function codecOf(kind: PartOfEditors, host: string, userFolder: string, home: string): PlaceCodec {
  const profiles = profilesOf(userFolder);
  const codecs = new Map<string | undefined, ProfileCodec>();
  const codecFor = (profile: string | undefined): ProfileCodec => {
    const known = codecs.get(profile) ?? kind.codecOf(idsOf(`${host}-${kind.part}/`, host, profile), home);
    codecs.set(profile, known);
    return known;
  };
  const codecOfId = (id: string): ProfileCodec => codecFor(profileIn(id));
  const fileOf = (id: string): string | undefined => {
    const profile = profileIn(id);
    const name = codecFor(profile).nameOf(id);
    const folder = profile === undefined ? userFolder : profiles.named(kind.part).get(profile);
    return folder === undefined || name === undefined ? undefined : `${folder}/${name}`;
  };
  return {
    parse(text, path = '') {
      const owner = profiles.ownerOf(path);
      switch (owner.kind) {
        case 'default':
          return codecFor(undefined).parse(text, path);
        case 'profile':
          return profiles.named(kind.part).has(owner.name)
            ? codecFor(owner.name).parse(text, path)
            : ok({ units: [], leftAlone: 1 });
        case 'unknown':
          return ok({ units: [], leftAlone: 1, held: (id) => heldBy(owner.mayBe, profileIn(id)) });
      }
    },
    restsOn(path) {
      const owner = profiles.ownerOf(path);
      return owner.kind === 'profile'
        ? `${owner.name} ${profiles.named(kind.part).has(owner.name)}`
        : JSON.stringify(owner);
    },
    fileOf,
    set: (text, id, unit) => codecOfId(id).set(text, id, unit),
    remove: (text, id) => codecOfId(id).remove(text, id),
    fieldsOf: (id, unit) => codecOfId(id).fieldsOf(id, unit),
    // Of a profile that is not here nothing is a unit: whoever makes it gets what the others have.
    unitOf: (id, fields) => (fileOf(id) === undefined ? undefined : codecOfId(id).unitOf(id, fields)),
  };
}

function heldBy(mayBe: 'any' | readonly string[], profile: string | undefined): string | undefined {
  return profile !== undefined && (mayBe === 'any' || mayBe.includes(profile))
    ? 'its profile cannot be told from others'
    : undefined;
}

export function idsOf(prefix: string, host: string, profile: string | undefined): ProfileIds {
  return profile === undefined
    ? { prefix, fields: { host } }
    : { prefix: `${prefix}profile/${encodeURIComponent(profile.toWellFormed())}/`, fields: { host, profile } };
}

/** The profile that an id names; undefined for the default one. */
export function profileIn(id: string): string | undefined {
  const [, word, name] = id.split('/');
  return word === 'profile' ? nameOfPart(name ?? '') : undefined;
}

/** True for a record of the profile that its id names. */
export function isOf({ fields }: ProfileIds, { host, profile }: JsonObject): boolean {
  return host === fields['host'] && profile === fields['profile'];
}
