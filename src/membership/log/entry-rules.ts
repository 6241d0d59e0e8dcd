import { base64urlFromBytes, equalBytes } from '../../base/bytes.ts';
import type { ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { isUsableBoxKey } from '../parse/box-key.ts';
import {
  type AddEntry,
  type GenesisEntry,
  type LaterEntry,
  type NewDevice,
  type NewEpoch,
  type Party,
  type ResolveEntry,
  type RevokeEntry,
  type RoleEntry,
  maximumDevices,
} from '../parse/entry.ts';
import { commitmentOf } from '../parse/commitment.ts';
import { no } from '../parse/refusals.ts';
import type { ScopeDraft } from '../parse/scope-draft.ts';
import { type Member, type ScopeState, roles } from '../parse/state.ts';

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
    dropped: new Set(),
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
      return applyRole(draft, entry);
    case 'rotate':
      return applyEpoch(draft, entry.epoch, entry.sequence, recipientsOf(draft));
    case 'suite':
      return entry.minimum <= draft.suite ? no.suiteLowered : no.suiteUnknown;
    case 'resolve':
      return applyResolve(draft, entry);
  }
}

/** What the root may sign: what brings a person back in who has lost every device, and what ends a fork. */
const rootMaySign: ReadonlySet<LaterEntry['t']> = new Set(['add', 'role', 'revoke', 'rotate', 'resolve']);

/** Who may sign what: admins everything but resolve, the root everything but suite. */
function checkSigner(draft: Pick<ScopeDraft, 'members'>, entry: LaterEntry): Refusal | undefined {
  if (entry.by === 'root') {
    return rootMaySign.has(entry.t) ? undefined : no.roleInsufficient;
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

function applyAdd(
  draft: Pick<ScopeDraft, 'members' | 'epochs' | 'usedKeys' | 'activeCount'>,
  entry: AddEntry,
): Refusal | undefined {
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
  const refusal = applyEpoch(draft, entry.epoch, entry.sequence, recipientsOf(draft, subject));
  if (refusal === undefined) {
    draft.members.set(subject.deviceId, { ...subject, revoked: { at: entry.sequence, cut: entry.cut } });
    draft.activeCount--;
  }
  return refusal;
}

function applyRole(draft: Pick<ScopeDraft, 'members'>, entry: RoleEntry): Refusal | undefined {
  const subject = draft.members.get(entry.subject);
  if (entry.subject === entry.by) {
    return no.selfUpgrade;
  }
  if (subject === undefined) {
    return no.subjectUnknown;
  }
  if (subject.revoked !== null) {
    return no.subjectRevoked;
  }
  const { role, authorities, cut, sequence: since } = entry;
  if (takesAway(subject, entry) !== (cut !== null)) {
    return no.roleCut;
  }
  const grants = [...subject.grants, { role, authorities, since, cut }];
  draft.members.set(subject.deviceId, { ...subject, role, authorities, grants });
  return undefined;
}

/** True where the subject may do less afterwards: a lower role, or an authority less. */
function takesAway(before: Member, after: Pick<RoleEntry, 'role' | 'authorities'>): boolean {
  const isLower = roles.indexOf(after.role) < roles.indexOf(before.role);
  return isLower || before.authorities.some((authority) => !after.authorities.includes(authority));
}

/** After a fork: the log that this entry stands in goes on, and what it names never counts, here or elsewhere. */
function applyResolve(draft: Pick<ScopeDraft, 'heads' | 'dropped'>, entry: ResolveEntry): Refusal | undefined {
  const dropsOwn = entry.drop.some((hash) => draft.heads.some((head) => equalBytes(head, hash)));
  if (!equalBytes(entry.keep, entry.previous) || dropsOwn) {
    return no.resolveSelf;
  }
  for (const hash of entry.drop) {
    draft.dropped.add(base64urlFromBytes(hash));
  }
  return undefined;
}

/** Everyone who must be able to open the next epoch's key: the root, and every active device but one that goes. */
function recipientsOf(draft: Pick<ScopeDraft, 'members'>, leaving?: Member): ReadonlySet<Party> {
  const recipients = new Set<Party>(['root']);
  for (const member of draft.members.values()) {
    if (member.revoked === null && member !== leaving) {
      recipients.add(member.deviceId);
    }
  }
  return recipients;
}

function applyEpoch(
  draft: ScopeDraft,
  entry: NewEpoch,
  since: number,
  recipients: ReadonlySet<Party>,
): Refusal | undefined {
  const { epoch, commitment } = entry;
  if (epoch !== draft.epochs.length + 1) {
    return no.epochSkipped;
  }
  const refusal = checkEpoch(draft, entry, recipients, draft.historyForNew);
  if (refusal === undefined) {
    draft.epochs.push({ epoch, commitment, since });
  }
  return refusal;
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

function checkNewDevice(
  draft: Pick<ScopeDraft, 'members' | 'usedKeys' | 'activeCount'>,
  device: NewDevice,
): Refusal | undefined {
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

function introduce(
  draft: Pick<ScopeDraft, 'members' | 'usedKeys' | 'activeCount'>,
  device: NewDevice,
  addedAt: number,
  epoch: number,
): void {
  const member: Member = {
    deviceId: device.deviceId,
    userId: device.userId,
    keys: device.keys,
    role: device.role,
    authorities: device.authorities,
    grants: [{ role: device.role, authorities: device.authorities, since: addedAt, cut: null }],
    label: { epoch, sealed: device.label },
    addedAt,
    revoked: null,
  };
  draft.members.set(device.deviceId, member);
  draft.usedKeys.add(base64urlFromBytes(device.keys.sign)).add(base64urlFromBytes(device.keys.box));
  draft.activeCount++;
}
