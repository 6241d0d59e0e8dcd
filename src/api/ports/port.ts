import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import type { ChannelPort } from './channel.ts';
import type { ClientRegistry } from './clients.ts';
import type { PresencePort } from './presence-port.ts';
import type { LeasePort } from './leases.ts';
import type { MembershipPort } from './membership-port.ts';
import type { NoticesPort } from './notices-port.ts';
import type { PagePort } from './page-port.ts';
import type { PeoplePort } from './people-port.ts';
import type { StoreCopyBody, StoreRebuildBody, StoreVerifyBody } from '../types/store.ts';
import type { Control } from './control.ts';

/** What the daemon gives the API beside the replica: each part does one thing and says what it promises. */
export interface ApiDeps {
  readonly replica: Replica;
  readonly store: Store;
  readonly bindings: Bindings;
  readonly control: Control;
  readonly membership: MembershipPort;
  readonly people: PeoplePort;
  readonly page: PagePort;
  readonly notices: NoticesPort;
  readonly vault: VaultPort;
  readonly storeCare: StorePort;
  readonly events: EventSource;
  /** Whose bearer token a request carries. */
  readonly clients: ClientRegistry;
  readonly channel: ChannelPort;
  readonly leases: LeasePort;
  readonly presence: PresencePort;
  readonly nowMs: () => number;
  readonly labelOf: (deviceId: string) => string;
  /** Called with what went wrong inside, for the log; the caller of the API is told nothing of it. */
  readonly onInternalError: (cause: unknown) => void;
}

/** Secrets of this device: values go in and their descriptions come out; values only by `get`. */
export interface VaultPort {
  list(): readonly { readonly id: RecordId; readonly fields: JsonObject }[];
  describe(id: RecordId): JsonObject | undefined;
  put(id: RecordId, fields: JsonObject): Result<JsonObject, string>;
  reveal(id: RecordId): string | undefined;
  remove(id: RecordId): boolean;
}

/** Looks after what is stored: finds damage, and mends from the log what can be mended. */
export interface StorePort {
  /** A record's row was found damaged on reading. */
  noticed(collection: CollectionName, id: RecordId): void;
  /** A page left damaged rows out without saying whose they are: they are looked for soon, unless some are known. */
  suspected(): void;
  /** Opens every record, in slices. */
  verify(): Promise<StoreVerifyBody>;
  /** Without `execute` it says what it would do. */
  rebuild(execute: boolean): Promise<StoreRebuildBody>;
  /** Copies the store into a file of the home while it is in use; why the disk does not take it, in words. */
  copy(): Promise<Result<StoreCopyBody, string>>;
}

export interface NumberedEvent {
  readonly id: number;
  readonly type: string;
  readonly at: string;
  readonly data: JsonObject;
}

export interface EventSource {
  /** Events after an id that are still kept; `gap` when some before them are gone. */
  since(id: number): { readonly events: readonly NumberedEvent[]; readonly gap: boolean };
  readonly lastId: number;
  subscribe(listener: (event: NumberedEvent) => void): () => void;
}
