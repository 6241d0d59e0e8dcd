import type { CollectionName, EngineId, RecordId } from '../../base/ids.ts';
import type { Result } from '../../base/result.ts';
import type { Write, WriteResult } from '../../replica/names/write.ts';
import type { CapabilitiesBody, DoctorBody, EngineBody, EngineDetailBody, StatusBody } from '../types/bodies.ts';
import type { InviteBody, PairingBody, ScopeBody, ScopeUseBody } from '../types/devices.ts';
import type { LinkBody, LinkCleanBody, LinkFetchBody, LinkShowBody } from '../types/links.ts';
import type { PlaceBody, PlaceShowBody } from '../types/places.ts';
import type { EnginePlanBody, FirstChoiceName } from '../types/plan.ts';
import type { ControlFault } from './fault.ts';

/** What the daemon does and says beside its replica. */
export interface Control
  extends EngineControl,
    LinkControl,
    PlaceControl,
    SyncControl,
    PairingControl,
    ScopeControl,
    ProcessControl {
  /** Gathers writes that come in quick succession into one transaction; resolves once durable. */
  edit(collection: CollectionName, writes: readonly Write[], isConfirmed?: boolean): Promise<readonly WriteResult[]>;
}

/** Engines of this device: what is said of each, and switching them on and off. */
export interface EngineControl {
  engines(): readonly EngineBody[];
  engine(engineId: string): EngineDetailBody | undefined;
  /** A dry run of switching an engine on. */
  plan(engineId: string): Result<EnginePlanBody, ControlFault>;
  /** Switching on where both sides have data asks for a choice, the first time. */
  setEnabled(engineId: EngineId, enabled: boolean, first?: FirstChoiceName): Result<EngineBody, ControlFault>;
}

/** Folders that feed collections. */
export interface LinkControl {
  links(): readonly LinkBody[];
  link(engineId: string, root: string, takesLinks: boolean): Promise<Result<LinkBody, ControlFault>>;
  unlink(root: string): Promise<Result<LinkBody, ControlFault>>;
  showLink(root: string): Result<LinkShowBody, ControlFault>;
  /** A person says that the folder of a paused link may be the right one again. */
  resumeLink(root: string): Promise<Result<LinkBody, ControlFault>>;
  /** A person says that the folder of a link is to be taken as new: missing files are written, nothing is removed. */
  fetchLink(path: string): Promise<Result<LinkFetchBody, ControlFault>>;
  adoptLink(root: string): Promise<Result<LinkBody, ControlFault>>;
  cleanLink(root: string, execute: boolean): Promise<Result<LinkCleanBody, ControlFault>>;
  /** Why a file of a linked folder is ignored, in words; undefined for one that is not. */
  ignoredBecause(collection: CollectionName, id: RecordId): string | undefined;
}

/** Places of this workstation that are followed. */
export interface PlaceControl {
  places(): Promise<readonly PlaceBody[]>;
  showPlace(name: string): Promise<Result<PlaceShowBody, ControlFault>>;
  followPlace(name: string): Promise<Result<PlaceBody, ControlFault>>;
  leavePlace(name: string): Promise<Result<PlaceBody, ControlFault>>;
}

/** Sync as a whole: stopped, gone on with, or wanted now. */
export interface SyncControl {
  pause(): void;
  resume(): void;
  /** Connects now instead of after the backoff, and rescans linked folders. */
  syncNow(): Promise<void>;
}

/** A newcomer and an inviter, on the side of this device. */
export interface PairingControl {
  invite(options: { trustCode: boolean }): Promise<Result<InviteBody, ControlFault>>;
  pairing(): PairingBody;
  approve(digits: string): Promise<Result<PairingBody, ControlFault>>;
}

/** The scopes that this device shares with others, and new ones. */
export interface ScopeControl {
  scopes(): readonly ScopeBody[];
  createScope(kind: string, name: string): Promise<Result<ScopeBody, ControlFault>>;
  /** Chooses a scope for a collection, on this device; a plan unless `execute`. */
  useScope(scope: string, collection: string, execute: boolean): Promise<Result<ScopeUseBody, ControlFault>>;
}

/** The daemon itself. */
export interface ProcessControl {
  status(): StatusBody;
  capabilities(): CapabilitiesBody;
  /** The OpenAPI document of this API, as JSON text. */
  openapi(): string;
  doctor(): Promise<DoctorBody>;
  metrics(): Promise<string>;
  /** Ends the daemon after the answer was sent. */
  stop(): void;
}
