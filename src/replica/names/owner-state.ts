import type { CollectionName, ScopeId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { type OwnerName, type OwnerStatus, parseOwnerName } from '../../contract/owner.ts';
import type { SyncToken } from '../../contract/sync-token.ts';
import type { Store } from '../../store/ground/port.ts';

/** What this device remembers of an owner's set in a collection. */
export interface OwnerState {
  /** Of the last push. */
  readonly status: OwnerStatus;
  /** Of the active set; null before there is one. */
  readonly syncToken: SyncToken | null;
  readonly contentHash: string | null;
  readonly version: string | null;
  /** Records of the active set. */
  readonly ids: readonly string[];
  /** Those of them that required what was not there when the set was taken. */
  readonly unsatisfied: readonly string[];
  /** How many items belonged to somebody else then; null where an earlier version did not keep it. */
  readonly foreign: number | null;
  /** Milliseconds since 1970 of when the active set was taken; null before there is one, or where it was not kept. */
  readonly takenAtMs: number | null;
  /** Why the last push did not come to `synced`, in words. */
  readonly message: string | null;
  /** Milliseconds since 1970 of the last push; null before there was one. */
  readonly atMs: number | null;
  /** The last push, where it did not come into force: the active set stands and is served. */
  readonly late: LatePush | null;
}

export interface LatePush {
  /** Null where it is not fit to be shown. */
  readonly syncToken: SyncToken | null;
  readonly version: string | null;
  /** Records that it names, in order. */
  readonly ids: readonly string[];
  /** The review item that a person decides it by; null where none asks. */
  readonly reviewId: string | null;
}

/** An owner's set in a collection, as this device lists it. */
export interface OwnerPlace {
  readonly collection: CollectionName;
  readonly owner: OwnerName;
}

const nothingYet: OwnerState = {
  status: 'not_synced',
  syncToken: null,
  contentHash: null,
  version: null,
  ids: [],
  unsatisfied: [],
  foreign: 0,
  takenAtMs: null,
  message: null,
  atMs: null,
  late: null,
};

const statePrefix = 'owner-set/';
const listSetting = 'owner-sets';

export function readOwnerState(
  store: Pick<Store, 'settings'>,
  collection: CollectionName,
  owner: OwnerName,
): OwnerState {
  const kept = store.settings.get(settingOf(collection, owner));
  // Only writeOwnerState writes it, in this version or an earlier one.
  return kept !== undefined && isJsonObject(kept) ? { ...nothingYet, ...earlier(kept), ...kept } : nothingYet;
}

/** Inside a transaction. */
export function writeOwnerState(
  store: Pick<Store, 'settings'>,
  collection: CollectionName,
  owner: OwnerName,
  state: OwnerState,
): void {
  const name = settingOf(collection, owner);
  const isNew = store.settings.get(name) === undefined;
  store.settings.set(name, state as unknown as JsonObject);
  if (!hasListedOwnerSets(store)) {
    listOwnerSets(store);
  } else if (isNew) {
    keepList(store, [...ownerPlaces(store), { collection, owner: { type: owner.type, id: owner.id } }]);
  }
}

/** Every set of which this device knows anything, by collection, then by owner. */
export function ownerPlaces(store: Pick<Store, 'settings'>): readonly OwnerPlace[] {
  return (store.settings.get(listSetting) ?? []) as unknown as readonly OwnerPlace[];
}

/** Writes the list anew; once at the start where an earlier version kept sets without one. */
export function listOwnerSets(store: Pick<Store, 'settings'>): void {
  keepList(
    store,
    store.settings.names(statePrefix).flatMap((name) => placeOf(name) ?? []),
  );
}

export function hasListedOwnerSets(store: Pick<Store, 'settings'>): boolean {
  return store.settings.get(listSetting) !== undefined;
}

/** Names a set; the list is in its order. */
export function keyOf({ collection, owner }: OwnerPlace): string {
  return `${collection}:${owner.type}:${owner.id}`;
}

/** What was pushed into a scope says nothing of another: it is put aside until that scope serves again. Inside a transaction. */
export function setOwnersAside(store: Pick<Store, 'settings'>, collection: CollectionName, scopeId: ScopeId): void {
  rename(store, `${statePrefix}${collection}/`, asidePrefix(collection, scopeId));
}

/** The scope serves its collection again. Inside a transaction. */
export function bringOwnersBack(store: Pick<Store, 'settings'>, collection: CollectionName, scopeId: ScopeId): void {
  rename(store, asidePrefix(collection, scopeId), `${statePrefix}${collection}/`);
  listOwnerSets(store);
}

function asidePrefix(collection: CollectionName, scopeId: ScopeId): string {
  return `owner-set-aside/${scopeId}/${collection}/`;
}

function rename({ settings }: Pick<Store, 'settings'>, from: string, to: string): void {
  for (const name of settings.names(from)) {
    settings.set(`${to}${name.slice(from.length)}`, settings.get(name) ?? null);
    settings.remove(name);
  }
}

function keepList(store: Pick<Store, 'settings'>, places: readonly OwnerPlace[]): void {
  const sorted = places.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  store.settings.set(listSetting, sorted as unknown as JsonValue);
}

/** What versions without a list did not keep. */
function earlier(kept: JsonObject): Partial<OwnerState> {
  const isPartial = kept['status'] === 'partial' && kept['foreign'] === undefined;
  return isPartial ? { foreign: null } : {};
}

function settingOf(collection: CollectionName, owner: OwnerName): string {
  return `${statePrefix}${collection}/${owner.type}/${owner.id}`;
}

function placeOf(setting: string): OwnerPlace | undefined {
  const [collection = '', type = '', id = ''] = setting.slice(statePrefix.length).split('/');
  const owner = parseOwnerName(type, id);
  return owner && { collection: collection as CollectionName, owner };
}
