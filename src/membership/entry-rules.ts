import { base64urlFromBytes, equalBytes } from '../base/bytes.ts';
import type { ScopeId } from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { Refusal } from '../contract/verdict.ts';
import { isUsableBoxKey } from './box-key.ts';
import {
  type AddEntry,
  type GenesisEntry,
  type LaterEntry,
  type NewDevice,
  type NewEpoch,
  type Party,
  type RevokeEntry,
  maximumDevices,
} from './entry.ts';
import { commitmentOf } from './commitment.ts';
import { no } from './refusals.ts';
import type { ScopeDraft } from './scope-draft.ts';
import type { Member, ScopeState } from './state.ts';

/** The first state of a scope; the genesis entry's signature and id are already verified. */
export function applyGenesis(scopeId: ScopeId, entry: GenesisEntry, head: Uint8Array): Result<ScopeDraft, Refusal> {
  const { kind, suite, genesisNonce, rootKeys, userId, historyForNew } = entry;
  const draft: ScopeDraft = {
    scopeId,
    kind,
    suite,
    genesisNonce,
    rootKeys,
    userId,
    historyForNew,
    sequence: 0,
    heads: [head],
    members: new Map(),
    epochs: [{ epoch: 1, commitment: entry.epoch.commitment, since: 0 }],
    usedKeys: new Set([base64urlFromBytes(rootKeys.sign), base64urlFromBytes(rootKeys.box)]),
    activeCount: 0,
  };
  if (!isUsableBoxKey(rootKeys.box) || draft.usedKeys.size !== 2) {
    return err(no.keyUnusable);
  }
  if (entry.epoch.epoch !== 1) {
    return err(no.epochSkipped);
  }
  for (const device of entry.devices) {
    const refusal = checkNewDevice(draft, device);
    if (refusal !== undefined) {
      return err(refusal);
    }
    introduce(draft, device, 0, 1);
  }
  if (!entry.devices.some((device) => device.role === 'admin')) {
    return err(no.adminMissing);
  }
  const refusal = checkEpoch(draft, entry.epoch, new Set([...draft.members.keys(), 'root' as const]), false);
  return refusal === undefined ? ok(draft) : err(refusal);
}

/** Applies an entry whose signature and place in the chain hold, or says why not; then the draft is untouched. */
export function applyLater(draft: ScopeDraft, entry: LaterEntry, head: Uint8Array): Refusal | undefined {
  const refusal = checkSigner(draft, entry) ?? applyByType(draft, entry);
  if (refusal === undefined) {
    draft.sequence = entry.sequence;
    draft.heads.push(head);
  }
  return refusal;
}

function applyByType(draft: ScopeDraft, entry: LaterEntry): Refusal | undefined {
  switch (entry.t) {
    case 'add':
      return applyAdd(draft, entry);
    case 'revoke':
      return applyRevoke(draft, entry);
    case 'role':
      return entry.subject === entry.by ? no.selfUpgrade : no.notImplemented;
    case 'suite':
      return entry.minimum <= draft.suite ? no.suiteLowered : no.notImplemented;
    case 'rotate':
    case 'resolve':
      return no.notImplemented;
  }
}

/** Who may sign what: admins everything but resolve, the root only revoke and resolve. */
function checkSigner(draft: ScopeDraft, entry: LaterEntry): Refusal | undefined {
  if (entry.by === 'root') {
    return entry.t === 'revoke' || entry.t === 'resolve' ? undefined : no.roleInsufficient;
  }
  const signer = draft.members.get(entry.by);
  if (signer === undefined) {
    return no.signerUnknown;
  }
  if (signer.revoked !== null) {
    return no.signerRevoked;
  }
  return signer.role === 'admin' && entry.t !== 'resolve' ? undefined : no.roleInsufficient;
}

function applyAdd(draft: ScopeDraft, entry: AddEntry): Refusal | undefined {
  const refusal = checkNewDevice(draft, entry.device);
  if (refusal === undefined) {
    introduce(draft, entry.device, entry.sequence, draft.epochs.length);
  }
  return refusal;
}

function applyRevoke(draft: ScopeDraft, entry: RevokeEntry): Refusal | undefined {
  const subject = draft.members.get(entry.subject);
  if (entry.by === entry.subject) {
    return no.selfRevoke;
  }
  if (subject === undefined) {
    return no.subjectUnknown;
  }
  if (subject.revoked !== null) {
    return no.subjectRevoked;
  }
  if (entry.epoch.epoch !== draft.epochs.length + 1) {
    return no.epochSkipped;
  }
  const recipients = new Set<Party>(['root']);
  for (const member of draft.members.values()) {
    if (member.revoked === null && member !== subject) {
      recipients.add(member.deviceId);
    }
  }
  const refusal = checkEpoch(draft, entry.epoch, recipients, draft.historyForNew);
  if (refusal !== undefined) {
    return refusal;
  }
  const { epoch, commitment } = entry.epoch;
  draft.members.set(subject.deviceId, { ...subject, revoked: { at: entry.sequence, cut: entry.cut } });
  draft.epochs.push({ epoch, commitment, since: entry.sequence });
  draft.activeCount--;
  return undefined;
}

function checkEpoch(
  state: ScopeState,
  entry: NewEpoch,
  recipients: ReadonlySet<Party>,
  handsOnHistory: boolean,
): Refusal | undefined {
  if (entry.wraps.size !== recipients.size || ![...entry.wraps.keys()].every((party) => recipients.has(party))) {
    return no.wrapSet;
  }
  if ((entry.previousKey !== null) !== handsOnHistory || (entry.printedKey !== null) !== (state.kind === 'public')) {
    return no.epochFields;
  }
  const { printedKey, epoch, commitment } = entry;
  if (printedKey !== null && !equalBytes(commitmentOf(printedKey, state.genesisNonce, epoch), commitment)) {
    return no.epochCommit;
  }
  return undefined;
}

function checkNewDevice(draft: ScopeDraft, device: NewDevice): Refusal | undefined {
  const known = draft.members.get(device.deviceId);
  if (known !== undefined) {
    return known.revoked === null ? no.duplicateDevice : no.keysRevoked;
  }
  const { sign, box } = device.keys;
  if (!isUsableBoxKey(box) || equalBytes(sign, box)) {
    return no.keyUnusable;
  }
  if (draft.usedKeys.has(base64urlFromBytes(sign)) || draft.usedKeys.has(base64urlFromBytes(box))) {
    return no.keyReused;
  }
  return draft.activeCount >= maximumDevices ? no.tooManyDevices : undefined;
}

function introduce(draft: ScopeDraft, device: NewDevice, addedAt: number, epoch: number): void {
  const member: Member = {
    deviceId: device.deviceId,
    userId: device.userId,
    keys: device.keys,
    role: device.role,
    authorities: device.authorities,
    label: { epoch, sealed: device.label },
    addedAt,
    revoked: null,
  };
  draft.members.set(device.deviceId, member);
  draft.usedKeys.add(base64urlFromBytes(device.keys.sign)).add(base64urlFromBytes(device.keys.box));
  draft.activeCount++;
}
