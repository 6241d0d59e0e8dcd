import type { FastifyRequest } from 'fastify';
import type { RecordId } from '../../base/ids.ts';
import { secretUrn } from '../../contract/secrets.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import { absentRecordBody } from '../answers/bodies.ts';
import { channelIdOf } from '../ports/clients.ts';
import { callerOf } from './gate.ts';
import type { ApiDeps } from '../ports/port.ts';
import type { RecordBody } from '../types/bodies.ts';

/** True where values live in the vault of this device and nowhere else. */
export function isVault(binding: CollectionBinding): boolean {
  return binding.manifest.mergeStrategy === 'never_merge';
}

/** The vault's records as descriptions: labels and kinds, never values. */
export function vaultRecords(
  deps: Pick<ApiDeps, 'replica' | 'vault'>,
  binding: CollectionBinding,
): readonly RecordBody[] {
  return deps.vault.list().map(({ id, fields }) => ({
    ...absentRecordBody(binding.manifest.collection, id),
    state: 'live',
    fields,
    deviceId: deps.replica.self,
  }));
}

/** A secret was put in or changed, revealed, or forgotten: by whom and which, never what. */
export function auditVault(
  { replica }: Pick<ApiDeps, 'replica'>,
  request: FastifyRequest,
  id: RecordId,
  eventType: 'graph.write.accepted' | 'secret.lease.issued' | 'secret.lease.revoked',
): void {
  const caller = callerOf(request);
  replica.audit({
    eventType,
    actorId: caller === undefined ? replica.self : channelIdOf(caller),
    subjectId: secretUrn(id),
    policyDomain: 'secrets',
    outcome: 'allow',
    reasonCode: 'none',
    details: {},
  });
}
