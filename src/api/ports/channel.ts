import type { Result } from '../../base/result.ts';
import type { PrivilegedCommand } from '../../contract/source-channel.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { AskedCall, ChannelFacts } from '../../membership/envelope/envelope.ts';
import type { Caller } from './clients.ts';

/** A privileged call before it is done. */
export interface PrivilegedCall extends AskedCall {
  readonly caller: Caller;
  /** The route, for the audit log: a path may name what nobody else should read. */
  readonly route: string;
}

/** Judges privileged calls. Each is audited exactly once: by `admit`, or by `turnedAway` when it never came to that. */
export interface ChannelPort {
  /** What an envelope of this caller must name. */
  facts(caller: Caller): ChannelFacts;
  /** Verifies the envelope, spends its nonce, and audits the verdict, in one transaction. */
  admit(call: PrivilegedCall, envelope: string | undefined): Result<undefined, Refusal>;
  /** Audits a call that was refused before its envelope was looked at. */
  turnedAway(call: { caller: Caller; command: PrivilegedCommand; route: string }, reasonCode: string): void;
}
