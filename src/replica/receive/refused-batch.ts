import type { ScopeId } from '../../base/ids.ts';
import type { ChainHead } from '../../contract/chain.ts';
import { refuse } from '../../contract/verdict.ts';
import type { BatchAdmission } from '../../admission/admit-batch.ts';
import { signedHeaderOf } from '../../log/header.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { noteAlarm } from '../kernel/alarms.ts';
import { dropUnbelieved } from '../members/judge-claims.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { Notices } from '../kernel/notices.ts';

export type Refused = Extract<BatchAdmission, { readonly kind: 'refused' }>;

const isolated = refuse(
  'quarantine',
  'signature_invalid',
  'device_equivocation',
  'The device signed two different batches with one number before. What it sends is kept aside until it is enrolled again.',
);

/** What an isolated device signs from there on has no effect, and is kept as evidence. */
export function isolating(notices: Notices, scopeId: ScopeId, admission: BatchAdmission): BatchAdmission {
  if (admission.kind !== 'opened' || !notices.alarms.isIsolated(scopeId, admission.batch.header.deviceId)) {
    return admission;
  }
  return { kind: 'refused', refusal: isolated, batch: admission.batch, step: 'chain', chainAdvances: false };
}

/** Two batches under one number, both signed: a proof that needs nobody's word. */
export function noteEquivocation(
  core: Known & Pick<Core, 'notices' | 'chains'>,
  scope: ScopeState,
  { refusal, batch }: Refused,
): void {
  if (refusal.detail !== 'device_equivocation' || batch === undefined) {
    return;
  }
  const { scopeId, deviceId, sequence } = batch.header;
  const isBehindOldCopy = deviceId === core.device.id && sequence > core.store.log.acknowledgedAnywhere(scopeId) + 1;
  if (isBehindOldCopy) {
    // It rests on a batch that has not come back yet: hello asks for all of them.
    return;
  }
  const ours = core.store.log.get(scopeId, deviceId, sequence) ?? core.store.log.get(scopeId, deviceId, sequence - 1);
  const proof = [batch.bytes, ...(ours === undefined ? [] : [ours.bytes])].map(signedHeaderOf);
  noteAlarm(core, { kind: 'device_equivocation', scopeId, deviceId, evidence: proof });
  dropUnbelieved(core, scope);
}

/** True for what waits for something that the relay may still bring. */
export function isWorthAsking(
  core: Pick<Core, 'notices' | 'chains'>,
  { refusal, batch }: Refused,
  head: ChainHead | null,
): boolean {
  // Behind a fork of the membership log nothing more comes until its root has decided.
  if (refusal.verdict !== 'hold' || (batch !== undefined && core.notices.alarms.isForked(batch.header.scopeId))) {
    return false;
  }
  const isStalled =
    batch !== undefined &&
    core.chains.stalledChains.has(batch.header.scopeId, batch.header.deviceId, head?.sequence ?? 0);
  const isIsolated = batch !== undefined && core.notices.alarms.isIsolated(batch.header.scopeId, batch.header.deviceId);
  return refusal.detail !== 'gap' || !(isStalled || isIsolated);
}
