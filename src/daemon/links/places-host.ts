import { type Result, err, ok } from '../../base/result.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { PlaceBody, PlaceShowBody } from '../../api/types/places.ts';
import { type ObservedPlace, isObserved } from '../../contract/observed-place.ts';
import type { Place } from '../../contract/place.ts';
import type { CollectionName } from '../../base/ids.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings, CollectionBinding } from '../../replica/names/binding.ts';
import { createPause } from '../../sources/ground/pause.ts';
import { words } from '../../sources/ground/problem-words.ts';
import { type KeptSince, createKeptSince } from '../../sources/places/kept-since.ts';
import { type PlaceSight, type PlacedAside, asidesAmong } from '../../sources/places/read-place.ts';
import { placeOfNote } from '../../sources/places/unit-disk.ts';
import type { Store } from '../../store/ground/port.ts';
import { rowOfPlace } from './link-memory.ts';
import { type LiveRecords, liveRecordsReader } from './live-records.ts';
import type { LinksHost } from './links-host.ts';
import { type OpenedPlace, type PlaceDeps, openedPlace, pathsOf } from './place-units.ts';
import { turn } from '../../sources/ground/turn.ts';

/** The places of this workstation: what is there, what of it would be new, and which are followed. */
export interface PlacesHost {
  list(): Promise<readonly PlaceBody[]>;
  /** Of engines by third parties alone, whose scripts may fail. */
  scripted(): Promise<readonly PlaceBody[]>;
  show(name: string): Promise<Result<PlaceShowBody, ControlFault>>;
  /** Keeps its units and the records of its collection in step from here on. */
  follow(name: string): Promise<Result<PlaceBody, ControlFault>>;
  /** Leaves files and records as they are. */
  leave(name: string): Promise<Result<PlaceBody, ControlFault>>;
}

/** With what a place is looked at. */
export interface PlacesHostDeps extends PlaceDeps {
  readonly store: Store;
  readonly replica: Pick<Replica, 'authorityLacked'>;
}

/** Which places there are, and what follows one. */
export interface Following {
  readonly bindings: Bindings;
  readonly links: LinksHost;
  /** Switches the collection on here; a fault where a person has to choose first, or cannot yet. */
  readonly switchOn: (binding: CollectionBinding) => Result<unknown, ControlFault>;
}

interface Found {
  readonly place: Place | ObservedPlace;
  readonly binding: CollectionBinding;
}

export function createPlacesHost(deps: PlacesHostDeps, { bindings, links, switchOn }: Following): PlacesHost {
  const all = (): readonly Found[] =>
    bindings.all().flatMap((binding) => (binding.engine.places ?? []).map((place) => ({ place, binding })));

  /** By the name of a place: what it knows of what stayed here before. */
  const known = new Map<string, KeptSince>();
  const keptSinceOf = (name: string): KeptSince => {
    const keptSince = known.get(name) ?? createKeptSince();
    known.set(name, keptSince);
    return keptSince;
  };

  /** Whatever happens in it is said of this place alone. */
  async function look(found: Found, liveOf = liveRecordsReader(deps.store)): Promise<PlaceShowBody> {
    const opened = await openedPlace(found.place, deps);
    if (!opened.ok) {
      return unread(deps, found, opened.error.message);
    }
    try {
      const read = await opened.value.source.read();
      const look = { read, keptSince: keptSinceOf(found.place.name) };
      return await bodyOf(deps, found, opened.value, look, await liveOf(found.binding.manifest.collection));
    } catch (cause) {
      return unread(deps, found, `It could not be read: ${(cause as Error).message}. Try again.`);
    }
  }

  /** One after the other, and between two of them others have their turn: together they would hold up the daemon. */
  async function lookAtAll(places: readonly Found[]): Promise<readonly PlaceBody[]> {
    const liveOf = liveRecordsReader(deps.store);
    const bodies: PlaceBody[] = [];
    for (const found of places) {
      bodies.push(withoutItems(await look(found, liveOf)));
      await turn();
    }
    return bodies;
  }

  async function named<T>(name: string, work: (found: Found) => Promise<Result<T, ControlFault>>) {
    const found = all().find(({ place }) => place.name === name);
    return found === undefined
      ? err({ kind: 'not_found' as const, message: `No place is called ${name}. See: sourcesync places ls` })
      : work(found);
  }

  return {
    list: async () => lookAtAll(all()),
    scripted: async () => lookAtAll(all().filter(({ place }) => 'script' in place)),
    show: (name) => named(name, async (found) => ok(await look(found))),
    follow: (name) =>
      named(name, async (found) => {
        const { engineId } = found.binding.manifest;
        if (isOn(deps, found.place)) {
          return ok(withoutItems(await look(found)));
        }
        const on = switchOn(found.binding);
        if (!on.ok) {
          return on;
        }
        const linked = await links.linkPlace(engineId, rootOf(deps, found.place), name);
        return linked.ok ? ok(withoutItems(await look(found))) : linked;
      }),
    leave: (name) =>
      named(name, async (found) => {
        const left = await links.leavePlace(name);
        return left.ok ? ok(withoutItems(await look(found))) : left;
      }),
  };
}

/** A place is called after its first file, and by its name, because two of them may stand in one file. */
function rootOf(deps: PlaceDeps, place: Place | ObservedPlace): string {
  return `${firstPathOf(deps, place)}#${place.name}`;
}

function firstPathOf(deps: PlaceDeps, place: Place | ObservedPlace): string {
  return pathsOf(place, deps)[0] ?? place.name;
}

function isOn({ store }: PlacesHostDeps, place: Place | ObservedPlace): boolean {
  const row = rowOfPlace(store, place.name);
  return row !== undefined && row.left !== true;
}

/** In which file each unit stood when it was seen last. */
function notedFiles({ store }: PlacesHostDeps, place: Place | ObservedPlace): ReadonlyMap<string, string> {
  const root = rowOfPlace(store, place.name)?.root;
  return new Map(root === undefined ? [] : store.links.files(root).flatMap(placeOfNote));
}

/** What reads it failed, or is not there. */
function unread(deps: PlacesHostDeps, { place, binding: { manifest } }: Found, message: string): PlaceShowBody {
  const units = { total: 0, fresh: 0, same: 0, different: 0, absent: 0, held: 0 };
  return {
    ...{ name: place.name, engineId: manifest.engineId, collection: manifest.collection, on: isOn(deps, place) },
    ...{ onlyRead: isObserved(place) ? place.onlyRead : null, files: [], units, leftAlone: 0, items: [] },
    ...{ lookedAt: pathsIfAny(deps, place), failure: message, missingLine: null },
    lackedAuthority: lackedBy(deps, manifest.collection),
    obstacles: [{ path: pathsIfAny(deps, place)[0] ?? place.name, message }],
  };
}

/** None where asking for them is what failed. */
function pathsIfAny(deps: PlaceDeps, place: Place | ObservedPlace): readonly string[] {
  try {
    return pathsOf(place, deps);
  } catch {
    return [];
  }
}

function lackedBy({ replica }: PlacesHostDeps, collection: CollectionName): PlaceBody['lackedAuthority'] {
  return replica.authorityLacked(collection) ?? null;
}

function withoutItems({ items: _items, ...body }: PlaceShowBody): PlaceBody {
  return body;
}

async function bodyOf(
  deps: PlacesHostDeps,
  { place, binding: { manifest } }: Found,
  { source, records }: OpenedPlace,
  { read, keptSince }: { readonly read: PlaceSight; readonly keptSince: KeptSince },
  known: LiveRecords,
): Promise<PlaceShowBody> {
  const live = new Map<string, string>();
  const pause = createPause();
  for (const { id, fields } of known) {
    await pause();
    const text = records.unitOf(id, fields);
    if (text !== undefined) {
      live.set(id, text);
    }
  }
  // Opening all that is noted of tens of thousands holds up the daemon, and is of use for what has no name alone.
  const noted = (read.nameless ?? []).length === 0 ? new Map<string, string>() : notedFiles(deps, place);
  const sight = await keptSince(read, { files: noted, textOf: (id) => live.get(id) });
  const { units, files, faults, leftAlone, failure } = sight;
  const kept = files.flatMap(({ path, keeper }) => (keeper === undefined ? [] : [{ path, ...keeper }]));
  const standingOf = (id: string, text: string): 'fresh' | 'same' | 'different' =>
    !live.has(id) ? 'fresh' : live.get(id) === text ? 'same' : 'different';
  const here = [...units].map(([id, { file, text }]) => ({ id, path: file.path, standing: standingOf(id, text) }));
  await pause();
  const missing = [...live.keys()].filter((id) => !units.has(id));
  const asides = await asidesAmong(sight, missing);
  const gone = missing.map((id) => goneOf(id, asides.get(id), source.newFileOf(id) ?? firstPathOf(deps, place)));
  const items: PlaceShowBody['items'] = [...here, ...gone];
  const count = (standing: (typeof items)[number]['standing']): number =>
    items.filter((item) => item.standing === standing).length;
  return {
    ...{ name: place.name, engineId: manifest.engineId, collection: manifest.collection, items, leftAlone },
    ...{ on: isOn(deps, place), failure: failure ?? null },
    files: files.map(({ path }) => path),
    lookedAt: pathsOf(place, deps),
    onlyRead: isObserved(place) ? place.onlyRead : null,
    units: {
      total: units.size,
      ...{ fresh: count('fresh'), same: count('same'), different: count('different'), absent: count('absent') },
      held: count('held'),
    },
    obstacles: [...faults, ...kept].map(({ path, code, detail }) => ({
      path,
      message: [detail, ...words[code]].filter(Boolean).join(' '),
    })),
    missingLine: isObserved(place) ? null : missingLine(deps, place, files),
    lackedAuthority: lackedBy(deps, manifest.collection),
  };
}

/** Of a record whose unit was not found: whether it stands here after all, and stays here. */
function goneOf(id: string, aside: PlacedAside | undefined, newUnits: string): PlaceShowBody['items'][number] {
  return aside?.why === undefined
    ? { id, path: newUnits, standing: 'absent' }
    : { id, path: aside.path, standing: 'held', why: aside.why };
}

/** What the other devices add stands in a file of its own, which the first one has to read. */
function missingLine({ surroundings }: PlaceDeps, place: Place, files: PlaceSight['files']): PlaceBody['missingLine'] {
  const [first] = place.files(surroundings);
  const own = place.newUnits(surroundings);
  if (place.hookLine === undefined || first === undefined || !files.some(({ path }) => path === own)) {
    return null;
  }
  const isRead = files.some(({ path, text }) => path !== own && text.includes('sourcesync/shell/'));
  return isRead ? null : { path: first, line: place.hookLine };
}
