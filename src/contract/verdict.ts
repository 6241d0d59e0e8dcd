import type { Detail, ReasonCode } from './reasons.ts';

/**
 * What admission says of a batch or a change.
 * reject: proven wrong, kept as evidence by hash. quarantine: cannot be judged or is suspect, bytes kept whole.
 * hold: a gap in transport, bounded. review: admitted, but not live until a person decides. duplicate: no effect.
 */
export type Verdict = Accept | Duplicate | Refusal;

export interface Accept {
  readonly verdict: 'accept';
}

export interface Duplicate {
  readonly verdict: 'duplicate';
}

export interface Refusal {
  readonly verdict: 'review' | 'quarantine' | 'reject' | 'hold';
  readonly reasonCode: ReasonCode;
  readonly detail: Detail | undefined;
  /** What happened and what to do next; never content or a secret. */
  readonly message: string;
}

export const accept: Accept = { verdict: 'accept' };
export const duplicate: Duplicate = { verdict: 'duplicate' };

export function refuse(
  verdict: Refusal['verdict'],
  reasonCode: ReasonCode,
  detail: Detail | undefined,
  message: string,
): Refusal {
  return { verdict, reasonCode, detail, message };
}

/** `signature_invalid/aead`, or the reason code alone. */
export function reasonText(refusal: Pick<Refusal, 'reasonCode' | 'detail'>): string {
  return refusal.detail === undefined ? refusal.reasonCode : `${refusal.reasonCode}/${refusal.detail}`;
}
