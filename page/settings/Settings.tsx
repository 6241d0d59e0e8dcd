import type { JSX } from 'preact';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import { Policy } from '../policy/Policy.tsx';
import { Clients } from './Clients.tsx';
import { Leases } from './Leases.tsx';
import { RelayAndSync } from './RelayAndSync.tsx';
import { Secrets } from './Secrets.tsx';
import { Workspaces } from './Workspaces.tsx';

/** What holds on this device and for whom; the command line sets what is only shown here. */
export function Settings({ status }: { readonly status: StatusBody | undefined }): JSX.Element {
  return (
    <>
      {status === undefined ? null : <RelayAndSync status={status} />}
      {status === undefined ? null : <Workspaces status={status} />}
      <Policy status={status} />
      <Leases />
      <Clients />
      <Secrets />
    </>
  );
}
