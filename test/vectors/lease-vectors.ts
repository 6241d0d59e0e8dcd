import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { bytesFromHex, hexFromBytes } from '../../src/base/bytes.ts';
import { reasonText } from '../../src/contract/verdict.ts';
import { verifyLease, verifyUse } from '../../src/membership/lease/lease.ts';
import { parseLease } from '../../src/membership/lease/lease-json.ts';
import { addRevocation, createRevocation } from '../../src/membership/lease/lease-revocation.ts';
import { openScope } from '../../src/membership/log/scope-log.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import { parseUse } from '../../src/membership/lease/lease-use.ts';
import { desk, lease, nowMs, policyBundleHash, use, workspace } from '../unit/membership/lease-fixtures.ts';
import type { VectorSet } from './vectors.ts';

const granted = lease();
const human = lease({ requiresHumanApproval: true });
const leaseId = String(granted['leaseId']);
const revocation = createRevocation({ leaseId, state: workspace.state, signer: desk, nowMs });
const shared = { genesis: hexFromBytes(workspace.genesis), nowMs, policyBundleHash };

/** Signed objects are inputs, because sealing a genesis draws randomness: whoever reads them comes to the same verdict. */
export const leaseVectors: VectorSet = {
  name: 'lease',
  about: 'a lease, a use of it and revocations, with the verdicts at the time nowMs in the scope that genesis founds',
  inputs: [
    { ...shared, lease: granted, use: use(granted), revocations: [] },
    { ...shared, lease: granted, use: use(granted), revocations: [revocation] },
    { ...shared, lease: { ...granted, capability: 'policy.set' }, use: use(granted), revocations: [] },
    { ...shared, lease: human, use: use(human), revocations: [] },
    { ...shared, lease: granted, use: { ...use(granted), collection: 'tasks' }, revocations: [] },
  ],
  compute(input) {
    const parsed = parseLease(input['lease']);
    const used = parseUse(input['use']);
    if (!parsed.ok || !used.ok) {
      throw new Error('believed: the objects of a vector are well-formed');
    }
    const { state } = openedScope(input);
    let revocations: ReadonlyMap<string, JsonObject> = new Map();
    for (const one of input['revocations'] as readonly JsonValue[]) {
      const added = addRevocation(revocations, one, state);
      revocations = added.ok ? added.value : revocations;
    }
    const context = { state, nowMs: Number(input['nowMs']), policyBundleHash, revocations };
    const asked = { ...context, isUsed: () => false, approved: false, done: null };
    return {
      lease: wordOf(verifyLease(parsed.value, context)),
      use: wordOf(verifyUse(used.value, parsed.value, asked)),
    };
  },
};

function openedScope(input: JsonObject): { readonly state: ScopeState } {
  const opened = openScope(bytesFromHex(String(input['genesis'])) ?? new Uint8Array(0));
  if (!opened.ok) {
    throw new Error('believed: the genesis of a vector is valid');
  }
  return { state: opened.value };
}

function wordOf(verdict: ReturnType<typeof verifyLease>): string {
  return 'reasonCode' in verdict ? reasonText(verdict) : verdict.verdict;
}
