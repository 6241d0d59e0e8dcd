import { describe, expect, it } from 'vitest';
import { batchIdFromBytes, scopeIdFromBytes } from '../../../src/base/ids.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { comparePin } from '../../../src/membership/parse/pin.ts';
import type { Cut } from '../../../src/membership/parse/state.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { type Pair, setupDevices } from '../../helpers/setup-pair.ts';
import { createDeviceKeys } from '../../../src/crypto/keys.ts';
import { createRandom } from '../../simulation/random.ts';
import { decoded } from '../admission/world.ts';
import { answerOf, following, resigned, setupArrival } from './arrival.ts';

const thirtyTwo = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const second = [craftChange({ objectId: 'second' })];

describe('the place of a batch that arrives', () => {
  it('4 batch of another scope: workspace_scope_mismatch', () => {
    const { a, answers, profile, honest } = setupArrival();
    expect(answers(honest, profile)).toBe('reject workspace_scope_mismatch/scope_foreign');
    expect(answers(resigned(a, honest, { scopeId: scopeIdFromBytes(thirtyTwo(1)) }))).toBe(
      'reject workspace_scope_mismatch/scope_foreign',
    );
  });

  it('5 unknown device: signature_invalid/device_unknown', () => {
    const { a, answers, workspace } = setupArrival();
    const stranger = createDeviceKeys(createRandom(7, 'stranger').bytes);
    const bytes = craftBatch({ by: { ...a, keys: stranger }, scopeId: workspace, after: null }).bytes;
    expect(answers(bytes)).toBe('reject signature_invalid/device_unknown');
  });

  it('12 replay: duplicate, no effect', () => {
    const { b, answers, honest } = setupArrival();
    expect(answers(honest)).toBe('accepted');
    const before = [b.disk.audit.head(), b.events.length, b.disk.log.heads(stateIdOf(honest))];
    for (let time = 0; time < 3; time++) {
      expect(answers(honest)).toBe('duplicate');
    }
    expect([b.disk.audit.head(), b.events.length, b.disk.log.heads(stateIdOf(honest))]).toEqual(before);
  });

  it('13 same seq, other content: signature_invalid/device_equivocation', () => {
    const { a, answers, honest, workspace } = setupArrival();
    answers(honest);
    const other = craftBatch({ by: a, scopeId: workspace, after: null, records: second }).bytes;
    expect(answers(other)).toBe('reject signature_invalid/device_equivocation');
    const foreignPast = craftBatch({
      ...{ by: a, scopeId: workspace, records: second },
      after: { sequence: 1, batchId: batchIdFromBytes(thirtyTwo(9)) },
    }).bytes;
    expect(answers(foreignPast)).toBe('reject signature_invalid/device_equivocation');
  });

  it('14 gap: hold/gap, asked for again, and taken once it is filled', () => {
    const { a, b, answers, honest, workspace } = setupArrival();
    const next = following(a, honest, second);
    expect(answers(next)).toBe('hold relay_untrusted/gap');
    expect(b.replica.receive(workspace, [next])).toMatchObject({ askAgain: true, appended: 0 });
    expect([answers(honest), answers(next)]).toEqual(['accepted', 'accepted']);
  });

  it('15 revoked device, backdated: capability_expired/device_revoked', () => {
    const { pair, revoke } = threeWithRevocation();
    const { a, b, workspace } = pair;
    const one = craftBatch({ by: b, scopeId: workspace, after: null, records: [craftChange({})] });
    const two = following(b, one.bytes, second);
    const beside = following(b, one.bytes, [craftChange({ objectId: 'beside' })]);
    expect(answerOf(a, workspace, one.bytes)).toBe('accepted');
    revoke({ sequence: 1, batchId: one.batchId });
    // b still knows nothing of it: its batches name the log as it was before the revocation.
    expect(answerOf(a, workspace, two)).toBe('reject capability_expired/device_revoked');
    expect(answerOf(a, workspace, beside)).toBe('reject capability_expired/device_revoked');
    const otherFirst = craftBatch({ by: b, scopeId: workspace, after: null, records: second }).bytes;
    expect(answerOf(a, workspace, otherFirst)).toBe('reject capability_expired/past_cut');
    expect(answerOf(a, workspace, one.bytes)).toBe('duplicate');
  });

  it('16 header ahead of the log: hold/log_behind', () => {
    const { a, b, answers, honest, workspace } = setupArrival();
    const { sequence } = stateOf(a, workspace);
    const ahead = resigned(a, honest, { logSequence: sequence + 1 });
    expect(answers(ahead)).toBe('hold relay_untrusted/log_behind');
    expect(b.replica.receive(workspace, [ahead])).toMatchObject({ askAgain: true });
  });

  it('17 header from a forked log: relay_untrusted/log_fork, bytes kept', () => {
    const { a, b, answers, honest } = setupArrival();
    const forked = resigned(a, honest, { logHead: thirtyTwo(5) });
    expect(answers(forked)).toBe('quarantine relay_untrusted/log_fork');
    expect(b.held()).toMatchObject([{ reasonCode: 'relay_untrusted', detail: 'log_fork', bytes: forked }]);
  });

  it('18 log rolled back against the pin, or by the author itself: relay_untrusted/log_rollback', () => {
    const { a, answers, honest, workspace } = setupArrival();
    const state = stateOf(a, workspace);
    const older = craftBatch({
      ...{ by: a, scopeId: workspace, records: second, logSequence: 0 },
      after: { sequence: 1, batchId: decoded(honest).batchId },
    }).bytes;
    expect([answers(honest), answers(older)]).toEqual(['accepted', 'reject relay_untrusted/log_rollback']);
    const pin = { sequence: state.sequence + 1, head: thirtyTwo(1) };
    expect(comparePin(state, pin)).toMatchObject({ reasonCode: 'relay_untrusted', detail: 'log_rollback' });
  });
});

function stateIdOf(batch: Uint8Array): ReturnType<typeof decoded>['header']['scopeId'] {
  return decoded(batch).header.scopeId;
}

/** Devices a, b and c; `revoke` takes b out of the workspace, and only a and c hear of it. */
function threeWithRevocation(): { readonly pair: Pair; revoke(cut: Cut): void } {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as [Pair['a'], Pair['a'], Pair['a']];
  const { workspace } = devices;
  return {
    pair: { ...devices, a, b },
    revoke(cut) {
      const state = stateOf(a, workspace);
      const entry = createRevoke({
        ...{ state, signer: a.keys, subject: b.keys.deviceId, cut },
        epochKey: a.replica.epochKey(workspace, 1) as Uint8Array,
        newEpochKey: thirtyTwo(77),
      });
      for (const device of [a, c]) {
        expect(device.replica.receiveEntries(workspace, state.sequence + 1, [entry]).ok).toBe(true);
      }
    },
  };
}
