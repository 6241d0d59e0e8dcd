import type { JsonObject } from '../base/json.ts';
import type { ManagedBy } from './operation.ts';
import type { SyncToken } from './sync-token.ts';

export const ownerTypes = ['app', 'service', 'seed'] as const;
export type OwnerType = (typeof ownerTypes)[number] & ManagedBy;

/** Who pushes a complete set of records: an application, a service, or the seed of a package. */
export interface OwnerName {
  readonly type: OwnerType;
  readonly id: string;
}

export interface OwnedItem {
  readonly id: string;
  readonly fields: JsonObject;
}

/** The complete set of one owner in one collection. */
export interface OwnerSet {
  readonly owner: OwnerName;
  /** The owner's own version, for people; a lower one with a higher token is a downgrade, and right. */
  readonly version: string | null;
  /** Rises with every push, or is opaque, whatever becomes of the version. */
  readonly syncToken: SyncToken;
  /** The token that this set follows: it is refused where another one is active. An opaque one needs it. */
  readonly previousToken?: SyncToken;
  /** `sha256:` and 64 hexadecimal digits, over the canonical JSON of the items sorted by id. */
  readonly contentHash: string;
  readonly items: readonly OwnedItem[];
}

/**
 * synced: as pushed. partial: all but records of others, or a required reference leads nowhere. pending_retry: the brake
 * holds it. sync_failed: refused. A push is one transaction, so that `syncing` is seen by nobody.
 */
export type OwnerStatus = 'not_synced' | 'syncing' | 'synced' | 'sync_failed' | 'pending_retry' | 'partial';

export function parseOwnerName(type: string, id: string): OwnerName | undefined {
  const known = ownerTypes.find((one) => one === type);
  return known !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id) && !id.endsWith('\n')
    ? { type: known, id }
    : undefined;
}

/** The author of everything that an owner writes. */
export function ownerUrn({ type, id }: OwnerName): string {
  return `urn:srcos:${type}:${id}`;
}

/** How people write an owner. */
export function ownerText({ type, id }: OwnerName): string {
  return `${type}:${id}`;
}

/** What {@link ownerText} made, or a person typed. */
export function ownerFromText(text: string): OwnerName | undefined {
  const colon = text.indexOf(':');
  return parseOwnerName(text.slice(0, Math.max(colon, 0)), text.slice(colon + 1));
}

/** The items in the order in which they are hashed. */
export function itemsInOrder(items: readonly OwnedItem[]): JsonObject[] {
  return items
    .toSorted((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0))
    .map(({ id, fields }) => ({ id, fields }));
}
