import type { CapabilitiesBody, DoctorBody, StatusBody } from '../api/types/bodies.ts';
import type { Answer, Calls } from './call.ts';

/** The daemon itself. */
export interface DaemonCalls {
  status(): Answer<StatusBody>;
  capabilities(): Answer<CapabilitiesBody>;
  doctor(): Answer<DoctorBody>;
  metrics(): Answer<string>;
  stopDaemon(): Answer<unknown>;
  sync(action: 'now' | 'pause' | 'resume'): Answer<StatusBody>;
}

export function daemonCalls({ get, post }: Calls): DaemonCalls {
  return {
    status: () => get('/v1/status'),
    capabilities: () => get('/v1/capabilities'),
    doctor: () => get('/v1/doctor'),
    metrics: () => get('/metrics'),
    stopDaemon: () => post('/v1/daemon/stop'),
    sync: (action) => post(`/v1/sync/${action}`),
  };
}
