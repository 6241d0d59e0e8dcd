import type { Logger } from 'pino';
import type { ScopeId } from '../../base/ids.ts';
import type { SyncEvent } from '../../contract/events.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import type { RelaySetting } from '../ground/relay-config.ts';
import type { HomeKeys } from '../keys/key-file.ts';
import type { Outbox } from './outbox.ts';
import type { PresenceHost } from './presence-host.ts';

/** What the connection to one relay works with. */
export interface RelayHostDeps {
  readonly relay: RelaySetting;
  readonly keys: HomeKeys;
  readonly replica: Replica;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly log: Logger;
  readonly paused: boolean;
  readonly presence: Pick<PresenceHost, 'whispered' | 'left' | 'connected'>;
}

/** What the rest of the daemon is told of one relay. */
export interface RelayTold {
  /** Membership entries of a scope arrived, which other relays may lack. */
  readonly entriesTaken: (scopeId: ScopeId) => void;
  /** This relay has said all it had of a scope. */
  readonly caughtUp: (scopeId: ScopeId) => void;
  /** Own batches came back and changed places: every relay is given what it lacks of them. */
  readonly ownChainMoved: (scopeId: ScopeId) => void;
  /** Own batches that were not known here begin to come back. */
  readonly ownCameBack: (scopeId: ScopeId) => void;
  /** Something happened that may change the state of engines. */
  readonly changed: (reason: string) => void;
  readonly tell: (event: SyncEvent) => void;
  /** True for an error of the disk, which is known from then on. */
  readonly storeFailed: (cause: unknown) => boolean;
}
