import type { CapabilitiesBody, DoctorBody, StatusBody } from '../api/types/bodies.ts';
import type { Answer, Calls } from './call.ts';

/** The daemon itself. */
export interface DaemonCalls {
  /** Refused in words while its keys are locked; anybody may ask. */
  ready(): Answer<unknown>;
  status(): Answer<StatusBody>;
  capabilities(): Answer<CapabilitiesBody>;
  doctor(): Answer<DoctorBody>;
  metrics(): Answer<string>;
  stopDaemon(): Answer<unknown>;
  sync(action: 'now' | 'pause' | 'resume'): Answer<StatusBody>;
}

export function daemonCalls({ ask }: Calls): DaemonCalls {
  return {
    ready: () => ask('GET /readyz'),
    status: () => ask('GET /v1/status'),
    capabilities: () => ask('GET /v1/capabilities'),
    doctor: () => ask('GET /v1/doctor'),
    metrics: () => ask('GET /metrics'),
    stopDaemon: () => ask('POST /v1/daemon/stop'),
    sync: (action) => ask(`POST /v1/sync/${action}`),
  };
}
