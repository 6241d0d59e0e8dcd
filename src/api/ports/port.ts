import type { CollectionName, EngineId, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { Replica } from '../../replica/port.ts';
import type { Write, WriteResult } from '../../replica/names/write.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import type { ChannelPort } from './channel.ts';
import type { ClientRegistry } from './clients.ts';
import type { PresencePort } from './presence-port.ts';
import type { LeasePort } from './leases.ts';
import type { MembershipPort } from './membership-port.ts';
import type { PeoplePort } from './people-port.ts';
import type { CapabilitiesBody, DoctorBody, EngineBody, EngineDetailBody, StatusBody } from '../types/bodies.ts';
import type { InviteBody, PairingBody, ScopeBody } from '../types/devices.ts';
import type { LinkBody, LinkCleanBody, LinkShowBody } from '../types/links.ts';
import type { PlaceBody, PlaceShowBody } from '../types/places.ts';
import type { EnginePlanBody, FirstChoiceName } from '../types/plan.ts';
import type { StoreRebuildBody, StoreVerifyBody } from '../types/store.ts';
import type { ControlFault } from './fault.ts';

/** What the daemon gives the API beside the replica: each part does one thing and says what it promises. */
export interface ApiDeps {
  readonly replica: Replica;
  readonly store: Store;
  readonly bindings: Bindings;
  readonly control: Control;
  readonly membership: MembershipPort;
  readonly people: PeoplePort;
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

export interface Control {
  status(): StatusBody;
  engines(): readonly EngineBody[];
  engine(engineId: string): EngineDetailBody | undefined;
  /** A dry run of switching an engine on. */
  plan(engineId: string): Result<EnginePlanBody, ControlFault>;
  /** Switching on where both sides have data asks for a choice, the first time. */
  setEnabled(engineId: EngineId, enabled: boolean, first?: FirstChoiceName): Result<EngineBody, ControlFault>;
  /** Gathers writes that come in quick succession into one transaction; resolves once durable. */
  edit(collection: CollectionName, writes: readonly Write[], isConfirmed?: boolean): Promise<readonly WriteResult[]>;
  capabilities(): CapabilitiesBody;
  doctor(): Promise<DoctorBody>;
  pause(): void;
  resume(): void;
  /** Connects now instead of after the backoff, and rescans linked folders. */
  syncNow(): Promise<void>;
  invite(options: { trustCode: boolean }): Promise<Result<InviteBody, ControlFault>>;
  pairing(): PairingBody;
  approve(digits: string): Promise<Result<PairingBody, ControlFault>>;
  scopes(): readonly ScopeBody[];
  createScope(kind: string, name: string): Promise<Result<ScopeBody, ControlFault>>;
  places(): Promise<readonly PlaceBody[]>;
  showPlace(name: string): Promise<Result<PlaceShowBody, ControlFault>>;
  followPlace(name: string): Promise<Result<PlaceBody, ControlFault>>;
  leavePlace(name: string): Promise<Result<PlaceBody, ControlFault>>;
  links(): readonly LinkBody[];
  link(engineId: string, root: string, takesLinks: boolean): Promise<Result<LinkBody, ControlFault>>;
  unlink(root: string): Promise<Result<LinkBody, ControlFault>>;
  showLink(root: string): Result<LinkShowBody, ControlFault>;
  /** A person says that the folder of a paused link may be the right one again. */
  resumeLink(root: string): Promise<Result<LinkBody, ControlFault>>;
  /** A person says that the folder of a link is to be taken as new: missing files are written, nothing is removed. */
  adoptLink(root: string): Promise<Result<LinkBody, ControlFault>>;
  cleanLink(root: string, execute: boolean): Promise<Result<LinkCleanBody, ControlFault>>;
  /** Why a file of a linked folder is ignored, in words; undefined for one that is not. */
  ignoredBecause(collection: CollectionName, id: RecordId): string | undefined;
  /** Ends the daemon after the answer was sent. */
  stop(): void;
  metrics(): Promise<string>;
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
