import type { Result } from '../base/result.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { type PublicBatch, decodeBatch } from '../log/header.ts';
import { type BatchMeta, decodeMeta } from '../log/meta.ts';
import { openBatch } from '../log/sealing.ts';
import { type ChainView, verifyBatch } from '../log/verify.ts';
import type { ScopeState } from '../membership/parse/state.ts';
import { type BatchStep, decodingStepOf, verificationStepOf } from './steps.ts';

/** What this device knows when a batch arrives: of the author's chain, the scope and its keys; all of it passed in. */
export interface BatchView extends ChainView {
  /** The membership log of the scope it was delivered for; undefined when that scope was not joined. */
  readonly scope: ScopeState | undefined;
  /** Undefined while the key has not arrived. */
  epochKey(epoch: number): Uint8Array | undefined;
}

export type BatchAdmission =
  | {
      readonly kind: 'opened';
      readonly batch: PublicBatch;
      readonly meta: BatchMeta;
      /** The changes as bytes, without the meta record: `records[n]` stands at index n + 1 of the batch. */
      readonly records: readonly Uint8Array[];
    }
  | { readonly kind: 'duplicate'; readonly batch: PublicBatch }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      /** Undefined when not even the header could be read. */
      readonly batch: PublicBatch | undefined;
      readonly step: BatchStep;
      /**
       * True when the batch is authentic and next in its chain, and only its content failed: the chain goes on over
       * it, so that one bad batch never blocks its device.
       */
      readonly chainAdvances: boolean;
    };

const foreignMessage =
  'The batch belongs to a scope that this device has not joined. It is kept; join the scope to have it judged again.';
const keyMissingMessage =
  'The key of the epoch that sealed this batch is not held here. It is asked for again once the key has arrived.';

/** The line from bytes to records: structure, membership and chain by public means, then opening. Never throws. */
export function admitBatch(bytes: Uint8Array, view: BatchView): BatchAdmission {
  return admitDecoded(decodeBatch(bytes), view);
}

/** As {@link admitBatch}, for who had to know whose batch it is before. */
export function admitDecoded(decoded: Result<PublicBatch, Refusal>, view: BatchView): BatchAdmission {
  if (!decoded.ok) {
    return refused(decoded.error, undefined, decodingStepOf(decoded.error));
  }
  const batch = decoded.value;
  if (view.scope === undefined) {
    const refusal = refuse('quarantine', 'workspace_scope_mismatch', 'scope_foreign', foreignMessage);
    return refused(refusal, batch, 'scope');
  }
  const verdict = verifyBatch(batch, view.scope, view);
  switch (verdict.verdict) {
    case 'accept':
      return openVerified(batch, view);
    case 'duplicate':
      return { kind: 'duplicate', batch };
    case 'review':
    case 'quarantine':
    case 'reject':
    case 'hold':
      return refused(verdict, batch, verificationStepOf(verdict, view.scope.members.has(batch.header.deviceId)));
  }
}

function openVerified(batch: PublicBatch, view: BatchView): BatchAdmission {
  const key = view.epochKey(batch.header.epoch);
  if (key === undefined) {
    return refused(refuse('hold', 'signature_invalid', 'epoch_key_missing', keyMissingMessage), batch, 'key');
  }
  const opened = openBatch(batch, key);
  if (!opened.ok) {
    return contentRefused(opened.error, batch, 'open');
  }
  const [metaBytes, ...records] = opened.value;
  const meta = decodeMeta(metaBytes ?? new Uint8Array());
  return meta.ok ? { kind: 'opened', batch, meta: meta.value, records } : contentRefused(meta.error, batch, 'meta');
}

function refused(refusal: Refusal, batch: PublicBatch | undefined, step: BatchStep): BatchAdmission {
  return { kind: 'refused', refusal, batch, step, chainAdvances: false };
}

function contentRefused(refusal: Refusal, batch: PublicBatch, step: BatchStep): BatchAdmission {
  return { kind: 'refused', refusal, batch, step, chainAdvances: refusal.verdict !== 'hold' };
}
