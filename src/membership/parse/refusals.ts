import { type Refusal, refuse } from '../../contract/verdict.ts';

const notApplied = 'The membership entry was not applied.';

/** Every reason for which this room refuses an entry of a scope log; one place, so that words and codes stay together. */
export const no: Readonly<
  Record<
    | 'logEmpty'
    | 'genesisReplaced'
    | 'scopeForeign'
    | 'gap'
    | 'signerUnknown'
    | 'signature'
    | 'logFork'
    | 'logChain'
    | 'logRollback'
    | 'signerRevoked'
    | 'roleInsufficient'
    | 'selfRevoke'
    | 'selfUpgrade'
    | 'suiteLowered'
    | 'suiteUnknown'
    | 'roleCut'
    | 'resolveSelf'
    | 'entryDropped'
    | 'subjectUnknown'
    | 'subjectRevoked'
    | 'epochSkipped'
    | 'epochFields'
    | 'epochCommit'
    | 'wrapSet'
    | 'adminMissing'
    | 'duplicateDevice'
    | 'keysRevoked'
    | 'keyReused'
    | 'keyUnusable'
    | 'tooManyDevices',
    Refusal
  >
> = {
  logEmpty: refuse('reject', 'schema_unknown', 'record_malformed', 'A membership log without entries is no scope.'),
  genesisReplaced: refuse(
    'reject',
    'workspace_scope_mismatch',
    'genesis_replaced',
    `This is not the first entry of the expected scope. ${notApplied}`,
  ),
  scopeForeign: refuse(
    'reject',
    'workspace_scope_mismatch',
    'scope_foreign',
    `The entry belongs to another scope. ${notApplied}`,
  ),
  gap: refuse('hold', 'relay_untrusted', 'gap', 'Entries before this one are missing: fetch them first.'),
  signerUnknown: refuse(
    'reject',
    'signature_invalid',
    'device_unknown',
    `The signer was never a member of the scope. ${notApplied}`,
  ),
  signature: refuse('reject', 'signature_invalid', 'signature', `The signature does not hold. ${notApplied}`),
  logFork: refuse(
    'reject',
    'relay_untrusted',
    'log_fork',
    'Two signed entries claim one position of the log. Membership stops here until the root decides which one stays.',
  ),
  logChain: refuse(
    'reject',
    'relay_untrusted',
    'log_chain',
    `The entry does not continue the log held here. ${notApplied} Compare the scope with another device.`,
  ),
  logRollback: refuse(
    'reject',
    'relay_untrusted',
    'log_rollback',
    'The relay showed an older membership log than this device has seen. It was not applied; check the relay.',
  ),
  signerRevoked: refuse(
    'reject',
    'capability_expired',
    'device_revoked',
    `The signer was revoked before this entry. ${notApplied}`,
  ),
  roleInsufficient: refuse(
    'reject',
    'policy_denied',
    'role_insufficient',
    `The signer's role does not allow this. ${notApplied} Ask an administrator of the scope.`,
  ),
  selfRevoke: refuse(
    'reject',
    'policy_denied',
    'role_insufficient',
    `A device cannot revoke itself. ${notApplied} Ask another administrator, or use the recovery phrase.`,
  ),
  selfUpgrade: refuse('reject', 'policy_denied', 'self_upgrade', `A device cannot change its own role. ${notApplied}`),
  suiteLowered: refuse(
    'reject',
    'policy_denied',
    'suite_lowered',
    `The minimum cipher suite only rises. ${notApplied}`,
  ),
  suiteUnknown: refuse(
    'quarantine',
    'migration_required',
    'suite_unknown',
    'The scope demands a cipher suite that this version does not know. Install a newer version; the bytes are kept.',
  ),
  roleCut: refuse(
    'reject',
    'policy_denied',
    'role_cut',
    `Taking rights away needs the device's last batch that counts, and giving some must not name one. ${notApplied}`,
  ),
  resolveSelf: refuse(
    'reject',
    'policy_denied',
    'log_fork',
    `The decision drops an entry of the very log that it continues, or continues another one. ${notApplied}`,
  ),
  entryDropped: refuse(
    'reject',
    'policy_denied',
    'entry_dropped',
    `The root has decided against this entry after a fork. ${notApplied}`,
  ),
  subjectUnknown: refuse(
    'reject',
    'policy_denied',
    'device_unknown',
    `The device that the entry is about was never a member. ${notApplied}`,
  ),
  subjectRevoked: refuse(
    'reject',
    'policy_denied',
    'device_revoked',
    `The device that the entry is about is revoked already. ${notApplied}`,
  ),
  epochSkipped: refuse(
    'reject',
    'signature_invalid',
    'epoch_skipped',
    `The new epoch is not the next one. ${notApplied}`,
  ),
  epochFields: refuse(
    'reject',
    'schema_unknown',
    'record_malformed',
    `The new epoch carries a key it must not carry, or lacks one. ${notApplied}`,
  ),
  epochCommit: refuse(
    'reject',
    'signature_invalid',
    'epoch_commit',
    `The printed key of a public scope is not the one committed to. ${notApplied}`,
  ),
  wrapSet: refuse(
    'reject',
    'policy_denied',
    'wrap_set',
    `The new key is not wrapped for exactly the remaining devices and the root. ${notApplied}`,
  ),
  adminMissing: refuse(
    'reject',
    'policy_denied',
    'role_insufficient',
    'A new scope needs a first device that is its administrator.',
  ),
  duplicateDevice: refuse(
    'reject',
    'policy_denied',
    'duplicate_device',
    `The device is a member already. ${notApplied}`,
  ),
  keysRevoked: refuse(
    'reject',
    'policy_denied',
    'device_revoked',
    `Revoked keys are never added again. ${notApplied} Give the device new keys and pair it.`,
  ),
  keyReused: refuse(
    'reject',
    'policy_denied',
    'duplicate_device',
    `One of the device's keys was already used in this scope. ${notApplied} Give the device new keys and pair it.`,
  ),
  keyUnusable: refuse(
    'reject',
    'policy_denied',
    'record_malformed',
    `A key in the entry is weak: nothing can be sealed to it. ${notApplied}`,
  ),
  tooManyDevices: refuse(
    'reject',
    'policy_denied',
    'too_many',
    `A scope has at most 512 devices. ${notApplied} Revoke one first.`,
  ),
};
