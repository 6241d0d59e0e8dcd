import type { HookBody, HooksBody, NotificationBody } from '../types/notices.ts';
import type { JsonObject } from '../../base/json.ts';
import type { CapabilitiesBody, DoctorBody, EngineBody, StatusBody } from '../types/bodies.ts';
import type { ChannelBody } from '../types/channel.ts';
import type { AuditBody, AuditVerifyBody } from '../types/audit.ts';
import type { KeysBody } from '../types/keys.ts';
import type { OpenedPageBody } from '../types/page.ts';
import type { StoreCopyBody, StoreRebuildBody, StoreVerifyBody } from '../types/store.ts';
import type { PageQuery } from './shapes.ts';

/** The daemon lives; nothing more is said. */
export interface AliveBody {
  readonly ok: true;
}

/** The state of every engine, and nothing else of it. */
export interface StatesBody {
  readonly engines: readonly Pick<EngineBody, 'engineId' | 'state' | 'reasonCodes'>[];
}

export interface StoppingBody {
  readonly stopping: true;
}

/** The daemon itself: how it is, what it can do, what it was asked. */
export interface SystemRoutes {
  /** Says that the daemon lives. */
  'GET /healthz': { name: 'alive'; answer: AliveBody };
  /** Says that the daemon serves records; refused in words while its keys are locked. */
  'GET /readyz': { name: 'ready'; answer: AliveBody };
  /** Tells the state of every engine. */
  'GET /statez': { name: 'states'; answer: StatesBody };
  /** Gives the numbers of the daemon in the text format of Prometheus. */
  'GET /metrics': { name: 'metrics'; answer: string; media: 'text/plain' };
  /** Tells how everything is: device, relays, engines, folders, other devices, alarms. */
  'GET /v1/status': { name: 'status'; answer: StatusBody };
  /** Tells what this build provides and does not, and its limits. */
  'GET /v1/capabilities': { name: 'capabilities'; answer: CapabilitiesBody };
  /** Gives this document. */
  'GET /v1/openapi.json': { name: 'openapi'; answer: JsonObject };
  /** Tells what the envelope of a privileged call must name. */
  'GET /v1/channel': { name: 'channel'; answer: ChannelBody };
  /** Looks for what is wrong with this home, and says what to do. */
  'GET /v1/doctor': { name: 'doctor'; answer: DoctorBody };
  /** Ends the daemon once the answer was sent. */
  'POST /v1/daemon/stop': { name: 'stopDaemon'; answer: StoppingBody };
  /** Opens every stored record and tells which are damaged. */
  'POST /v1/store/verify': { name: 'verifyStore'; answer: StoreVerifyBody };
  /** Copies the store, consistent while the daemon goes on, into a file beside it that the owner of the home may take. */
  'POST /v1/store/copy': { name: 'copyStore'; answer: StoreCopyBody };
  /** Makes damaged records anew from the log; a plan unless `execute` is true. */
  'POST /v1/store/rebuild': { name: 'rebuildStore'; body: { execute?: boolean }; answer: StoreRebuildBody };
  /** Shows one notification, or says why it cannot be shown. */
  'POST /v1/notifications/test': { name: 'testNotification'; answer: NotificationBody };
  /** Lists the programs that are run on events, and how each ended last. */
  'GET /v1/hooks': { name: 'hooks'; answer: HooksBody };
  /** Begins a run of one of them. */
  'POST /v1/hooks/:name/test': { name: 'testHook'; answer: HookBody };
  /** Tells whether the daemon follows its relay. */
  'GET /v1/sync': { name: 'syncStatus'; answer: StatusBody };
  /** Connects now instead of later, and looks through linked folders. */
  'POST /v1/sync/now': { name: 'syncNow'; answer: StatusBody };
  /** Stops following the relay until told otherwise. */
  'POST /v1/sync/pause': { name: 'pauseSync'; answer: StatusBody };
  /** Follows the relay again. */
  'POST /v1/sync/resume': { name: 'resumeSync'; answer: StatusBody };
  /** Opens the keys of the device; answers once everything is up. */
  'POST /v1/unlock': { name: 'unlock'; body: { passphrase?: string }; answer: KeysBody };
  /** Closes the store and forgets the keys. */
  'POST /v1/lock': { name: 'lock'; answer: KeysBody };
  /** Gives an address that opens the page in a browser, once. */
  'POST /v1/page': { name: 'openPage'; answer: OpenedPageBody };
  /** Lists what was done on this device. */
  'GET /v1/audit': {
    name: 'audit';
    query: PageQuery & {
      /** Which come first; the oldest unless told. */
      order?: 'oldest' | 'newest';
    };
    answer: AuditBody;
  };
  /** Holds the audit chain against what the device signed of it. */
  'GET /v1/audit/verify': { name: 'verifyAudit'; answer: AuditVerifyBody };
  /** Proves an audit event, by its id or its place from 1. */
  'GET /v1/audit/prove/:id': { name: 'proveEvent'; answer: JsonObject };
  /** Proves that the audit chain only grew between two checkpoints. */
  'GET /v1/audit/consistency': {
    name: 'proveConsistency';
    query: {
      /** How many events the earlier checkpoint has. */
      from: string;
      /** Of the later one; the latest unless told. */
      to?: string;
    };
    answer: JsonObject;
  };
  /** Streams events as server-sent events with consecutive ids; an event `gap` says that some are gone. */
  'GET /v1/events': {
    name: 'events';
    headers: {
      /** The id of the last event that was seen: the stream goes on behind it. */
      'last-event-id'?: string;
    };
    answer: string;
    media: 'text/event-stream';
  };
}
