import type { ReasonCode } from '../contract/reasons.ts';

/** What a person reads about a reason code. */
export interface ReasonPage {
  readonly title: string;
  readonly whatHappened: string;
  readonly whatItMeans: string;
  readonly whatToDoNext: string;
}

/** One page for each reason code. */
export const reasonPages: Readonly<Record<ReasonCode, ReasonPage>> = {
  no_user_profile: {
    title: 'No personal profile on this device',
    whatHappened: 'Something needed your personal profile, and this device has none.',
    whatItMeans: 'Without a profile nothing can be signed in your name or decrypted for you. Nothing was changed.',
    whatToDoNext:
      'Run "sourcesync init" to start a new profile, or "sourcesync pair join" with a code from a device that has yours.',
  },
  no_org_profile: {
    title: 'Not enrolled in the workspace or organisation',
    whatHappened: 'Something belongs to a workspace or an organisation that this device has not joined.',
    whatItMeans: 'The content stays sealed here. Nothing was lost, and your own collections are not affected.',
    whatToDoNext: 'Ask an administrator for an invitation, then run "sourcesync scopes join".',
  },
  policy_denied: {
    title: 'Refused by policy',
    whatHappened: 'A rule in force here does not allow this change, this author or this engine.',
    whatItMeans: 'The change has no effect. Its hash is kept in the audit log as evidence.',
    whatToDoNext:
      'See the rule and its layer with "sourcesync policy explain", or every step of the decision with "sourcesync explain". If the rule is wrong, someone who holds policy authority must change it.',
  },
  signature_invalid: {
    title: 'Signature or seal does not hold',
    whatHappened:
      'Data arrived whose signature, seal, key or chain does not fit the device that it claims to come from.',
    whatItMeans:
      'It was damaged on the way, or someone tampered with it. It has no effect; what was already here is untouched.',
    whatToDoNext:
      'The detail names the check that failed. A single case after a disk or network fault clears itself. Repeated cases from one device, or "device_equivocation", mean that its keys may be copied: revoke it with "sourcesync devices revoke" and pair it anew.',
  },
  schema_unknown: {
    title: 'Content that this device cannot read',
    whatHappened:
      'A record or message has a form that is not known here: an unknown collection, a broken encoding, or fields that break the record schema.',
    whatItMeans: 'It is kept whole in quarantine and has no effect. Other records go on.',
    whatToDoNext:
      'Install the manifest or the version that knows it; it is then judged again by itself. If it should not exist, drop it with "sourcesync quarantine drop".',
  },
  migration_required: {
    title: 'Written by a newer version',
    whatHappened: 'Something uses a schema, protocol suite or rule that this version does not know.',
    whatItMeans: 'It is kept sealed, and the records concerned are read-only here. Nothing else is affected.',
    whatToDoNext: 'Upgrade SourceSync on this device; what waited is judged again without asking the network.',
  },
  secret_redacted: {
    title: 'A secret was taken out',
    whatHappened: 'A write held what looks like a password, token or private key.',
    whatItMeans:
      'The secret was replaced by a reference into the vault, or the write was refused, as configured. It was not sent.',
    whatToDoNext:
      'Check the record; use the reference where the secret is needed. If the secret was ever elsewhere in the open, replace it at its issuer.',
  },
  remote_policy_weaker: {
    title: 'Another device asks for a weaker policy',
    whatHappened: 'A policy arrived that allows more than the one in force here.',
    whatItMeans: 'The stricter rule stays in force for that key. Policies join towards the strict side, never away.',
    whatToDoNext:
      'If the loosening is meant, someone with policy authority must raise the generation of the layer. Compare with "sourcesync policy explain".',
  },
  remote_policy_newer: {
    title: 'A newer policy has arrived',
    whatHappened: 'A policy of a higher generation replaced an older one of the same layer.',
    whatItMeans: 'The newer rules are in force, as far as no other layer is stricter.',
    whatToDoNext: 'Nothing, unless the change surprises you: "sourcesync policy show" names the layer and its author.',
  },
  local_policy_stronger: {
    title: "This device's own rule is stricter",
    whatHappened: 'A rule of this device forbids what the shared policy would allow.',
    whatItMeans: 'The local rule wins here and only here; it is never sent to others.',
    whatToDoNext: 'If it is too strict, change the local floor in the configuration of this device.',
  },
  capability_expired: {
    title: 'The right to do this has ended',
    whatHappened: 'A lease has expired or was revoked, or the device that wrote this had been removed.',
    whatItMeans: 'What was written before the right ended still counts; this did not count.',
    whatToDoNext:
      'Renew the lease with "sourcesync lease grant", or pair the device anew if it was removed by mistake; a removed device gets new keys.',
  },
  agent_untrusted: {
    title: 'The agent is not trusted for this',
    whatHappened: 'An agent presented no lease, or one that was given to another agent or for another purpose.',
    whatItMeans: 'The change is held without effect.',
    whatToDoNext:
      'Look at it with "sourcesync quarantine show". If the agent should be able to do this, grant it a lease.',
  },
  relay_untrusted: {
    title: 'The relay does not tell the whole truth',
    whatHappened:
      'What the relay delivered contradicts what other devices signed, or its identity is not the one that was pinned.',
    whatItMeans:
      'It may hold data back, show two histories, or have been restored from an old backup. It cannot read or forge your data.',
    whatToDoNext:
      'Check the detail. Ask the operator about a restore or a new certificate; otherwise use another relay. The devices keep the signed log and can fill a new one.',
  },
  workspace_scope_mismatch: {
    title: 'Wrong workspace',
    whatHappened: 'Something arrived in a scope that is not the one it belongs to.',
    whatItMeans: 'It is kept apart without effect, so that content does not leak from one workspace into another.',
    whatToDoNext:
      'Check which scope the collection is configured for on both devices, under [engines."…"] in the configuration.',
  },
  profile_boundary_violation: {
    title: 'Personal data outside the personal profile',
    whatHappened: 'A record of a collection that belongs to your profile arrived through a shared scope.',
    whatItMeans: 'It is held without effect. Others in that scope may have been able to read it.',
    whatToDoNext:
      'Find the device that wrote it with "sourcesync quarantine show" and correct its configuration; drop the item here.',
  },
  manual_review_required: {
    title: 'A person must decide',
    whatHappened: 'A change touches something that is never changed here without a decision, or two versions compete.',
    whatItMeans: 'What is live stays as it is until you decide. Nothing is lost either way.',
    whatToDoNext: 'See "sourcesync reviews ls", then accept, reject, merge or keep both.',
  },
};
