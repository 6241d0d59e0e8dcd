import type { ControlFault } from '../ports/fault.ts';
import type { MassChangePreview } from '../../replica/names/mass-change-preview.ts';
import type { StoreFailure, Trouble } from '../../store/ground/failure.ts';
import type { ReasonCode } from '../../contract/reasons.ts';
import type { WriteRefusal } from '../../replica/names/write.ts';
import { type Refusal, reasonText } from '../../contract/verdict.ts';
import { relayAway } from '../types/problem-types.ts';
import type { ProblemBody } from '../types/bodies.ts';

/** An answer that is an error, as an RFC 9457 problem document. */
export interface Problem {
  readonly status: number;
  readonly body: ProblemBody;
}

const titleByStatus: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'A token is required',
  403: 'This is not allowed',
  404: 'There is no such thing here',
  405: 'The method does not apply',
  409: 'The request does not fit the present state',
  412: 'The record has changed',
  413: 'The request is too large',
  414: 'The address is too long',
  415: 'Only application/json is understood',
  421: 'This host name is not served here',
  422: 'The content is not valid',
  423: 'The keys of this device are locked',
  426: 'Another protocol is spoken here',
  429: 'Too many requests',
  500: 'Something went wrong inside the daemon',
  501: 'This build does not provide it',
  503: 'The daemon, or the relay that it needs, is not ready',
  507: 'The disk does not take it',
};

export function problem(
  status: number,
  detail: string,
  extra: Partial<Pick<ProblemBody, 'reasonCode' | 'type' | 'current' | 'brake'>> = {},
): Problem {
  const { type, ...rest } = extra;
  return {
    status,
    body: { type: type ?? 'about:blank', title: titleByStatus[status] ?? 'Error', status, detail, ...rest },
  };
}

const fullWords =
  'The disk that holds this home is full: nothing was stored. Make room on it and try again; see: sourcesync status';

const failingWords: Readonly<Record<Trouble, string>> = {
  disk: 'The disk that holds this home does not take what is written: nothing was stored. Mend it and try again; see: sourcesync status',
  damage:
    'A page of the database of this home is not as it was written: nothing was stored. It is made anew by itself within moments: try again then; see: sourcesync status',
  moved:
    'The database of this home was removed or replaced while it was in use: nothing was stored. Put it back as it was and try again; see: sourcesync status',
};

/** The disk of the home did not take or give something, or its database is not there; nothing of the call was done. */
export function problemOfStore(failure: StoreFailure, trouble: Trouble): Problem {
  return problem(507, failure === 'disk_low' ? fullWords : failingWords[trouble], { type: failure });
}

/** A call that the brake holds, of which nothing was written: what it would do, and how to go on. */
export function problemOfMassChange({ detail, message, ...brake }: MassChangePreview): Problem {
  return problem(409, `${message} Add "confirm": true to the body.`, {
    reasonCode: `manual_review_required/${detail}`,
    brake,
  });
}

export function problemOfFault(fault: ControlFault): Problem {
  const extra = fault.reasonCode === undefined ? {} : { reasonCode: fault.reasonCode };
  switch (fault.kind) {
    case 'not_found':
      return problem(404, fault.message, extra);
    case 'invalid':
      return problem(422, fault.message, extra);
    case 'conflict':
    case 'not_ready':
      return problem(409, fault.message, extra);
    case 'relay_away':
      return problem(503, fault.message, { ...extra, type: relayAway });
    case 'failed':
      return problem(500, fault.message, extra);
  }
}

/** Reasons of who may, not of what is written. */
const denials: ReadonlySet<ReasonCode> = new Set(['policy_denied', 'capability_expired', 'agent_untrusted']);

export function problemOfRefusal(refusal: WriteRefusal): Problem {
  switch (refusal.kind) {
    case 'version_mismatch':
      return problem(412, refusal.message, { current: refusal.current });
    case 'unknown_collection':
      return problem(404, refusal.message, { reasonCode: 'schema_unknown' });
    case 'engine_disabled':
    case 'no_scope':
      return problem(409, refusal.message);
    case 'damaged':
      return problem(409, refusal.message, { reasonCode: 'signature_invalid' });
    case 'decided':
    case 'base_unknown':
    case 'base_unsuited':
    case 'taken':
      return problem(409, refusal.message);
    case 'invalid':
      return problem(422, refusal.message);
    case 'waits':
      return problem(409, refusal.message, { reasonCode: 'manual_review_required' });
    case 'mass_change':
      return problemOfMassChange(refusal.preview);
    case 'refused':
      return problem(isDenial(refusal.refusal) ? 403 : 422, refusal.message, {
        reasonCode: reasonText(refusal.refusal),
      });
  }
}

/** Policy also denies for finer reasons: the floor of this device is stronger, or a rule is not understood. */
const deniedFor: ReadonlySet<Refusal['detail']> = new Set(['policy_rule', 'policy_review', 'authority_missing']);

function isDenial({ reasonCode, detail }: Refusal): boolean {
  return denials.has(reasonCode) || deniedFor.has(detail);
}
