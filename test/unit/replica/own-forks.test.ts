import { describe, expect, it } from 'vitest';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import { type Place, type TestDevice, everyItem } from '../../helpers/test-device.ts';
import { itDeep } from '../../helpers/suite.ts';

const workspace = 'workspace' as CollectionName;
const node: Place = ['workspace', 'n'];

interface World extends Devices {
  readonly victim: TestDevice;
  readonly hostile: TestDevice;
  readonly third: TestDevice;
}

function world(): World {
  const devices = setupDevices(3);
  const [victim, hostile, third] = devices.all as [TestDevice, TestDevice, TestDevice];
  return { ...devices, victim, hostile, third };
}

/** Versions of one record that its writer never saw: each stands upon what is said, or upon nothing. */
function versions(count: number, parents: readonly ChangeId[] = []): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, number) =>
    craftChange({
      ...{ objectId: 'n', parents, stamp: `019b76da${(0xa801 + number).toString(16)}-0000` },
      value: { kind: 'task', title: `version ${number}` },
    }),
  );
}

function send({ hostile, victim, third, workspace: scopeId }: World, records: readonly Uint8Array[]): void {
  const { bytes } = craftBatch({ by: hostile, scopeId, records });
  for (const device of [victim, third]) {
    device.replica.receive(scopeId, [bytes]);
  }
}

function heldAt(device: TestDevice): readonly string[] {
  return device.disk.quarantine.listHeld(everyItem, workspace).items.map(({ detail }) => String(detail));
}

describe('versions that a device writes beside its own', () => {
  it('314 are held beyond sixteen, on every device the same, and cost what their number is', () => {
    const w = world();
    send(w, versions(4000));
    for (const device of [w.victim, w.third]) {
      expect(device.row(node)?.heads).toHaveLength(17);
      expect(new Set(heldAt(device))).toEqual(new Set(['too_many_versions']));
      expect(heldAt(device)).toHaveLength(4000 - 17);
    }
    expect(w.victim.row(node)?.heads).toEqual(w.third.row(node)?.heads);
  });

  it('314 count in whatever order they come, alone or with what others wrote', () => {
    const w = world();
    w.victim.put(node, { kind: 'task', title: 'mine' });
    let after = w.hostile.disk.log.heads(w.workspace).get(w.hostile.keys.deviceId) ?? null;
    const batches = versions(30).map((record) => {
      const { batchId, bytes } = craftBatch({ by: w.hostile, scopeId: w.workspace, records: [record], after });
      after = { batchId, sequence: (after?.sequence ?? 0) + 1 };
      return bytes;
    });
    batches.forEach((bytes) => w.third.replica.receive(w.workspace, [bytes]));
    w.victim.replica.receive(w.workspace, batches);
    w.exchange();
    expect(w.third.row(node)?.heads).toEqual(w.victim.row(node)?.heads);
    expect(heldAt(w.third)).toHaveLength(13);
    expect(heldAt(w.victim)).toHaveLength(13);
    w.third.put(node, { kind: 'task', title: 'all of them seen' });
    w.exchange();
    expect(w.victim.fields(node)).toEqual({ kind: 'task', title: 'all of them seen' });
    expect(heldAt(w.victim)).toHaveLength(13);
  });

  it('314 count in one that met the record again after a restart, and where an earlier one comes late', () => {
    const w = world();
    const records = versions(120);
    let after = w.hostile.disk.log.heads(w.workspace).get(w.hostile.keys.deviceId) ?? null;
    for (const record of records) {
      const { batchId, bytes } = craftBatch({ by: w.hostile, scopeId: w.workspace, records: [record], after });
      after = { batchId, sequence: (after?.sequence ?? 0) + 1 };
      w.victim.replica.receive(w.workspace, [bytes]);
      w.third.replica.receive(w.workspace, [bytes]);
      w.third.restart();
    }
    const [first] = [...w.victim.disk.quarantine.listHeld(everyItem, workspace).items].reverse();
    for (const device of [w.victim, w.third]) {
      expect(heldAt(device)).toHaveLength(120 - 17);
      device.restart();
      expect(device.replica.release(first?.id ?? '')).toMatchObject({ ok: true });
    }
    expect(w.third.row(node)?.heads).toEqual(w.victim.row(node)?.heads);
  });

  itDeep("314 one that stands upon the device's own version, seen by others or not, is beside nothing", () => {
    const w = world();
    const { hostile: writer, victim: other } = w;
    for (let round = 0; round < 20; round++) {
      w.clock.nowMs += 1;
      writer.put(node, { kind: 'task', title: `mine ${round}` });
      if (round % 2 === 0) {
        w.exchange();
      }
      w.clock.nowMs += 1;
      other.put(node, { kind: 'task', title: `theirs ${round}` });
      w.exchange();
    }
    expect([heldAt(w.victim), heldAt(w.third), heldAt(w.hostile)]).toEqual([[], [], []]);
  });

  it('314 a person may let one in', () => {
    const w = world();
    send(w, versions(18));
    const [item] = w.victim.disk.quarantine.listHeld(everyItem, workspace).items;
    expect(item?.reasonCode).toBe('manual_review_required');
    expect(w.victim.replica.release(item?.id ?? '')).toMatchObject({ ok: true });
    expect(w.victim.row(node)?.heads).toHaveLength(18);
    expect(heldAt(w.victim)).toEqual([]);
  });

  it('314 a writer is told before it would be held elsewhere', () => {
    const w = world();
    const { hostile: writer } = w;
    const first = writer.put(node, { kind: 'task', title: 'first' });
    const mayStill = (): boolean => writer.replica.mayWriteBeside(workspace, 'n' as RecordId);
    for (let number = 0; mayStill(); number++) {
      w.clock.nowMs += 1;
      writer.write(
        node,
        { kind: 'put', fields: { kind: 'task', title: `beside ${number}` } },
        { madeFrom: first.heads },
      );
    }
    w.exchange();
    expect(w.victim.row(node)?.heads).toEqual(writer.row(node)?.heads);
    expect(heldAt(w.victim)).toEqual([]);
  });
});
