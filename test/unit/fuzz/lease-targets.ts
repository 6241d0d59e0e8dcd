import { textFromUtf8, utf8 } from '../../../src/base/bytes.ts';
import { canonicalBytes, parseCanonicalIntegers } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { verifyLease, verifyUse } from '../../../src/membership/lease/lease.ts';
import { leaseFileText, parseLeaseFile } from '../../../src/membership/lease/lease-file.ts';
import { parseLease } from '../../../src/membership/lease/lease-json.ts';
import { addRevocation, createRevocation } from '../../../src/membership/lease/lease-revocation.ts';
import { parseUse } from '../../../src/membership/lease/lease-use.ts';
import type { FuzzTarget } from '../../helpers/fuzz.ts';
import { valueOf } from '../membership/fixtures.ts';
import { desk, lease, nowMs, policyBundleHash, use, workspace } from '../membership/lease-fixtures.ts';

const { state } = workspace;
const granted = lease();
const parsedLease = valueOf(parseLease(granted));
const context = { state, nowMs, policyBundleHash, revocations: new Map<string, JsonObject>() };
const revocation = createRevocation({ leaseId: String(granted['leaseId']), state, signer: desk, nowMs });
const file = utf8(leaseFileText(granted, [workspace.genesis]).trimEnd());

/** What an agent, or whoever poses as one, hands in: only the very objects that were signed are ever accepted. */
export const leaseTargets: readonly FuzzTarget[] = [
  target('a lease', granted, (value) => {
    const parsed = parseLease(value);
    return parsed.ok && verifyLease(parsed.value, context).verdict === 'accept';
  }),
  target('a use of a lease', use(granted), (value) => {
    const parsed = parseUse(value);
    const given = { ...context, isUsed: () => false, approved: false, done: null };
    return parsed.ok && verifyUse(parsed.value, parsedLease, given).verdict === 'accept';
  }),
  target('a revocation of a lease', revocation, (value) => addRevocation(new Map(), value, state).ok),
  {
    name: 'a lease file',
    runs: 4000,
    samples: [file],
    accepts: 'samples',
    judge(bytes) {
      const text = textFromUtf8(bytes);
      const parsed = text === undefined ? undefined : parseLeaseFile(text);
      const holds = parsed?.ok === true && verifyLease(parsed.value.lease, context).verdict === 'accept';
      // A file may end its line.
      return holds ? utf8((text ?? '').replace(/\n$/, '')) : undefined;
    },
  },
];

function target(name: string, sample: JsonObject, accepts: (value: JsonValue) => boolean): FuzzTarget {
  return {
    name,
    runs: 6000,
    samples: [canonicalBytes(sample)],
    json: { read: () => sample, write: (json) => canonicalBytes(json) },
    accepts: 'samples',
    judge(bytes) {
      const json = parseCanonicalIntegers(bytes);
      return json.ok && accepts(json.value) ? bytes : undefined;
    },
  };
}
