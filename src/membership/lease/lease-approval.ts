import type { JsonValue } from '../../base/json.ts';
import type { LeaseApproval } from '../../contract/change.ts';
import { timeOf, timeText } from '../parse/contract-fields.ts';
import { exactObject } from '../parse/json-fields.ts';

/** What a device says of a person's yes to a use. The batch that brings it is signed by the device, which answers for it. */
export function approvalAt(ms: number): LeaseApproval {
  return { approvedAt: timeText(ms) };
}

/** The approval that a JSON object says, in its exact form; undefined for anything else. */
export function parseApproval(value: JsonValue | undefined): LeaseApproval | undefined {
  const at = timeOf(exactObject(value, ['approvedAt'])?.['approvedAt']);
  return at === undefined ? undefined : approvalAt(at);
}

/** Milliseconds since 1970. */
export function approvedAtMs({ approvedAt }: LeaseApproval): number {
  return Date.parse(approvedAt);
}
