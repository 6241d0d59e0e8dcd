import type { Detail } from '../contract/reasons.ts';
import type { Refusal } from '../contract/verdict.ts';

/** What a step asks, in words that `explain` prints. */
export interface StepWords<Name extends string = string> {
  readonly name: Name;
  readonly question: string;
}

export type BatchStep =
  | 'structure'
  | 'suite'
  | 'scope'
  | 'device'
  | 'signature'
  | 'ciphertext_hash'
  | 'membership'
  | 'log_position'
  | 'epoch'
  | 'chain'
  | 'key'
  | 'open'
  | 'meta';

export type ChangeStep =
  | 'record'
  | 'clock'
  | 'collection'
  | 'residence'
  | 'proof'
  | 'scope_kind'
  | 'schema_version'
  | 'audit_entry'
  | 'record_schema'
  | 'role'
  | 'author'
  | 'authority'
  | 'secrets'
  | 'policy';

/** From bytes to records, in the order in which the questions are asked. */
export const batchSteps: readonly StepWords<BatchStep>[] = [
  { name: 'structure', question: 'Is it a whole batch: magic, header length, kind, sizes?' },
  { name: 'suite', question: 'Does this version know its cipher suite and every header flag?' },
  { name: 'scope', question: 'Is it of a scope that this device has joined?' },
  { name: 'device', question: "Is the author in the scope's membership log?" },
  { name: 'signature', question: "Is the header signed by that device's key?" },
  { name: 'ciphertext_hash', question: 'Is the ciphertext the one the header names?' },
  { name: 'membership', question: 'Was the device a member who may write then, and is the batch not past its cut?' },
  { name: 'log_position', question: 'Does it rest on the same membership log as ours, at a position we know?' },
  { name: 'epoch', question: 'Is it sealed for the epoch that was in force at its log position?' },
  { name: 'chain', question: "Does it follow the device's last batch, without gap or second version?" },
  { name: 'key', question: 'Is the key of its epoch held here?' },
  { name: 'open', question: 'Does it open: seal, padding, record bounds, Merkle root?' },
  { name: 'meta', question: 'Does record 0 say what a batch must say of itself?' },
];

/** From one record to a change that policy and strategy may look at. */
export const changeSteps: readonly StepWords<ChangeStep>[] = [
  { name: 'record', question: 'Is the record a well-formed change?' },
  { name: 'clock', question: "Is its stamp near this device's clock?" },
  { name: 'collection', question: 'Is there a local manifest for its collection?' },
  { name: 'residence', question: 'May the collection leave a device at all?' },
  { name: 'proof', question: 'Does what matters in a snapshot carry the proof of the batch it was taken from?' },
  { name: 'scope_kind', question: 'Did it come through the kind of scope that is configured for the collection here?' },
  { name: 'schema_version', question: 'Is its schema version of a major version that is known here?' },
  {
    name: 'audit_entry',
    question: 'Is an entry of the audit what its device noted: by it, under its own hash, behind the one before?',
  },
  { name: 'record_schema', question: "Do the fields fit the collection's record schema?" },
  { name: 'role', question: "Did the author's role allow writing at that log position?" },
  { name: 'author', question: 'Is it by the person of its device, by an agent, or by an owner of records?' },
  { name: 'authority', question: "Did the author hold the collection's authority, where it asks for one?" },
  { name: 'secrets', question: 'Does it hold a raw secret?' },
  { name: 'policy', question: 'Does the policy in force here let it take effect?' },
];

const stepByDetail: Partial<Record<Detail, BatchStep>> = {
  suite_unknown: 'suite',
  flag_unknown: 'suite',
  suite_lowered: 'suite',
  scope_foreign: 'scope',
  device_unknown: 'device',
  signature: 'signature',
  hash_mismatch: 'ciphertext_hash',
  device_revoked: 'membership',
  past_cut: 'membership',
  role_insufficient: 'membership',
  log_behind: 'log_position',
  log_fork: 'log_position',
  epoch_skipped: 'epoch',
  epoch_not_in_force: 'epoch',
  log_rollback: 'chain',
  device_equivocation: 'chain',
  sequence: 'chain',
  gap: 'chain',
};

/** The step at which decoding ended. */
export function decodingStepOf({ detail }: Pick<Refusal, 'detail'>): BatchStep {
  return detail === 'suite_unknown' || detail === 'flag_unknown' ? 'suite' : 'structure';
}

/** The step at which public verification ended: `verifyBatch` gives each of its questions details of their own. */
export function verificationStepOf({ detail }: Pick<Refusal, 'detail'>, authorIsKnown: boolean): BatchStep {
  if (!authorIsKnown && detail === 'log_behind') {
    return 'device';
  }
  // A detail that is not listed is shown at the first of the questions, which claims the least.
  return (detail && stepByDetail[detail]) ?? 'scope';
}
