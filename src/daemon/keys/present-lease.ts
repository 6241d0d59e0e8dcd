import { base64urlFromBytes, bytesFromBase64url, equalBytes } from '../../base/bytes.ts';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import type { LeaseToPresent, PresentedWrite } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { signPairFromSeed } from '../../crypto/keys.ts';
import { applyPatch, patchFromMergePatch } from '../../merge/values/json-patch.ts';
import { jsonOfFile } from '../../membership/lease/lease-file.ts';
import { jsonFromLease, parseLease } from '../../membership/lease/lease-json.ts';
import { writeCapability } from '../../contract/agent.ts';
import { contentHashOf } from '../../membership/lease/lease-presented.ts';
import { createUse } from '../../membership/lease/lease-use.ts';
import { randomBytes } from './open-home.ts';

/** Signs the use of a lease for one write with the agent's own key; the key goes nowhere else. */
export function presentLease(request: LeaseToPresent): PresentedWrite | CommandFault {
  const file = jsonOfFile(request.lease);
  const signed = file !== undefined && isJsonObject(file) ? file['lease'] : undefined;
  const lease = parseLease(signed);
  if (!lease.ok) {
    return usage('The lease file holds no lease. It is what was written by: sourcesync lease grant --out FILE');
  }
  const seed = bytesFromBase64url(request.agentKey.trim());
  const pair = seed?.length === 32 ? signPairFromSeed(seed) : undefined;
  if (pair === undefined || !equalBytes(pair.publicKey, lease.value.lease.bounds.agentKey)) {
    return usage(
      'The key file does not hold the secret key of the agent that this lease was granted to: the one that lease grant showed once.',
    );
  }
  const fields = fieldsAfter(request);
  if (fields === undefined) {
    return usage('There is no live record to patch. Write it whole with: sourcesync records put');
  }
  const { collection, id } = request;
  const use = createUse({
    ...{ leaseId: lease.value.lease.leaseId, agentId: lease.value.lease.agentId, usedAtMs: Date.now() },
    ...{ capability: writeCapability, collection, contentHash: contentHashOf({ collection, id, fields }) },
    ...{ nonce: randomBytes(16), secretKey: pair.secretKey },
  });
  const presented = {
    lease: { ...jsonFromLease(lease.value.lease), signature: base64urlFromBytes(lease.value.signature) },
    use,
  };
  return { fields, header: base64urlFromBytes(canonicalBytes(presented)) };
}

/** What the record becomes; null for a deletion, undefined where there is nothing to patch. */
function fieldsAfter({ write }: LeaseToPresent): JsonObject | null | undefined {
  switch (write.kind) {
    case 'put':
      return write.fields;
    case 'remove':
      return null;
    case 'patch': {
      const { current } = write;
      const patched = current === null ? undefined : applyPatch(current, patchFromMergePatch(current, write.patch));
      return patched?.ok ? patched.value : undefined;
    }
  }
}

function usage(message: string): CommandFault {
  return { exitCode: exitCodes.usage, message };
}
