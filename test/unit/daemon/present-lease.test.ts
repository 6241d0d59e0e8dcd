import { describe, expect, it } from 'vitest';
import { base64urlFromBytes, bytesFromBase64url } from '../../../src/base/bytes.ts';
import { canonicalText, parseCanonical } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { LeaseToPresent } from '../../../src/cli/ground/context.ts';
import { presentLease } from '../../../src/daemon/keys/present-lease.ts';
import { contentHashOf } from '../../../src/membership/lease/lease-presented.ts';
import { agentId, leaseBy } from '../../helpers/agent.ts';
import { stateOf } from '../../helpers/crafted-batch.ts';
import { startMs } from '../../helpers/household.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

const { a, workspace } = setupPair();
const lease = leaseBy(a, stateOf(a, workspace), startMs);
const request: LeaseToPresent = {
  lease: `${canonicalText({ format: 'sourcesync-lease/1', lease, log: [] })}\n`,
  agentKey: `${base64urlFromBytes(new Uint8Array(32).fill(41))}\n`,
  ...{ collection: 'agents', id: 'one', write: { kind: 'put', fields: { name: 'helper' } } },
};

function useIn(header: string): JsonObject {
  const parsed = parseCanonical(bytesFromBase64url(header) as Uint8Array);
  return (parsed as unknown as { value: { use: JsonObject } }).value.use;
}

describe('presenting a lease', () => {
  it.each<[string, LeaseToPresent['write'], JsonObject | null]>([
    ['a whole record', { kind: 'put', fields: { name: 'helper' } }, { name: 'helper' }],
    [
      'a patch, as what it leads to',
      { kind: 'patch', patch: { a: null, b: 2 }, current: { a: 1, c: 3 } },
      { b: 2, c: 3 },
    ],
    ['a deletion', { kind: 'remove' }, null],
  ])('signs %s', (_title, write, fields) => {
    const answer = presentLease({ ...request, write });
    expect(answer).toMatchObject({ fields });
    const use = useIn((answer as { header: string }).header);
    expect(use).toMatchObject({
      ...{ agentId, leaseId: lease['leaseId'], capability: 'records.write', collection: 'agents' },
      contentHash: contentHashOf({ collection: 'agents', id: 'one', fields }),
    });
  });

  it.each<[string, Partial<LeaseToPresent>, string]>([
    ['a file that is no lease', { lease: '{}' }, 'holds no lease'],
    ['a key of another agent', { agentKey: base64urlFromBytes(new Uint8Array(32)) }, 'does not hold the secret key'],
    ['a file that is no key', { agentKey: 'secret' }, 'does not hold the secret key'],
    ['a patch of nothing', { write: { kind: 'patch', patch: {}, current: null } }, 'no live record'],
  ])('says what is wrong with %s', (_title, change, words) => {
    expect(presentLease({ ...request, ...change })).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(words),
    });
  });
});
