import { base64urlFromBytes, equalBytes } from '../../base/bytes.ts';
import { type ScopeId, scopeIdFromBytes } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { hash } from '../../crypto/hash.ts';
import { verify } from '../../crypto/sign.ts';
import { applyGenesis, applyLater } from './entry-rules.ts';
import type { LaterEntry } from '../parse/entry.ts';
import { type SignedEntry, parseEntry } from '../parse/entry-codec.ts';
import { no } from '../parse/refusals.ts';
import { type ScopeDraft, copyOf } from '../parse/scope-draft.ts';
import type { ScopeState } from '../parse/state.ts';

/**
 * The state after a genesis entry. Never throws.
 * workspace_scope_mismatch/genesis_replaced: it is not the genesis of the expected scope.
 */
export function openScope(genesisBytes: Uint8Array, expected?: ScopeId): Result<ScopeState, Refusal> {
  return openDraft(genesisBytes, expected);
}

/**
 * The state after one more entry, wholly verified; `state` itself is not changed. Never throws.
 * An entry that the log already has gives `state` back; another one at its position is relay_untrusted/log_fork.
 */
export function appendEntry(state: ScopeState, bytes: Uint8Array): Result<ScopeState, Refusal> {
  const parsed = parseEntry(bytes);
  if (!parsed.ok) {
    return parsed;
  }
  const draft = copyOf(state);
  const step = advance(draft, parsed.value);
  return step.ok ? ok(step.value === 'applied' ? draft : state) : step;
}

/** The state after a whole log, genesis first; stops at the first entry that is refused. Never throws. */
export function foldScope(entries: readonly Uint8Array[], expected?: ScopeId): Result<ScopeState, Refusal> {
  const [genesisBytes, ...later] = entries;
  if (genesisBytes === undefined) {
    return err(no.logEmpty);
  }
  const draft = openDraft(genesisBytes, expected);
  if (!draft.ok) {
    return draft;
  }
  for (const bytes of later) {
    const parsed = parseEntry(bytes);
    const step = parsed.ok ? advance(draft.value, parsed.value) : parsed;
    if (!step.ok) {
      return step;
    }
    // One that stands in it twice is no entry of this log: each log has one form.
    if (step.value === 'known') {
      return err(no.logChain);
    }
  }
  return draft;
}

/**
 * The state of another log of the same scope, when its root has decided for it and against the one held: the first entry
 * in which they differ is named there as dropped. Never throws. relay_untrusted/log_fork: the root did not decide so;
 * /log_rollback: the log offered ends before they differ.
 */
export function adoptResolution(held: ScopeState, entries: readonly Uint8Array[]): Result<ScopeState, Refusal> {
  const other = foldScope(entries, held.scopeId);
  if (!other.ok) {
    return other;
  }
  const fork = held.heads.findIndex((head, position) => !equalBytes(head, other.value.heads[position] ?? nothing));
  const ours = held.heads[fork];
  if (ours === undefined || other.value.dropped.has(base64urlFromBytes(ours))) {
    return other;
  }
  return err(other.value.heads[fork] === undefined ? no.logRollback : no.logFork);
}

const nothing = new Uint8Array(0);

/** The scope that a genesis entry founds. */
export function scopeIdOf(genesis: Pick<SignedEntry, 'entryBytes'>): ScopeId {
  return scopeIdFromBytes(hash('scope', genesis.entryBytes));
}

function openDraft(genesisBytes: Uint8Array, expected: ScopeId | undefined): Result<ScopeDraft, Refusal> {
  const parsed = parseEntry(genesisBytes);
  if (!parsed.ok) {
    return parsed;
  }
  const { entry, hash: head, signature } = parsed.value;
  const scopeId = scopeIdOf(parsed.value);
  if (entry.t !== 'genesis' || (expected !== undefined && scopeId !== expected)) {
    return err(no.genesisReplaced);
  }
  if (!verify(entry.rootKeys.sign, 'scope-entry-sig', head, signature)) {
    return err(no.signature);
  }
  return applyGenesis(scopeId, entry, head);
}

/** One entry onto a draft, which is touched only when everything about the entry holds. */
function advance(draft: ScopeDraft, signed: SignedEntry): Result<'applied' | 'known', Refusal> {
  const { entry, hash: head } = signed;
  if (entry.t === 'genesis') {
    return isGenesisOf(draft, signed) ? ok('known') : err(no.genesisReplaced);
  }
  if (entry.scopeId !== draft.scopeId) {
    return err(no.scopeForeign);
  }
  if (entry.sequence > draft.sequence + 1) {
    return err(no.gap);
  }
  const unsigned = checkSignature(draft, entry, signed);
  if (unsigned !== undefined) {
    return err(unsigned);
  }
  if (draft.dropped.has(base64urlFromBytes(head))) {
    return err(no.entryDropped);
  }
  if (entry.sequence <= draft.sequence) {
    const own = draft.heads[entry.sequence];
    return own !== undefined && equalBytes(own, head) ? ok('known') : err(no.logFork);
  }
  const last = draft.heads[draft.sequence];
  if (last === undefined || !equalBytes(entry.previous, last)) {
    return err(no.logChain);
  }
  const refusal = applyLater(draft, entry, head);
  return refusal === undefined ? ok('applied') : err(refusal);
}

function isGenesisOf(draft: Pick<ScopeDraft, 'scopeId' | 'rootKeys'>, signed: SignedEntry): boolean {
  const same = scopeIdOf(signed) === draft.scopeId;
  return same && verify(draft.rootKeys.sign, 'scope-entry-sig', signed.hash, signed.signature);
}

function checkSignature(
  draft: Pick<ScopeDraft, 'members' | 'rootKeys'>,
  entry: LaterEntry,
  signed: SignedEntry,
): Refusal | undefined {
  const key = entry.by === 'root' ? draft.rootKeys.sign : draft.members.get(entry.by)?.keys.sign;
  if (key === undefined) {
    return no.signerUnknown;
  }
  return verify(key, 'scope-entry-sig', signed.hash, signed.signature) ? undefined : no.signature;
}
