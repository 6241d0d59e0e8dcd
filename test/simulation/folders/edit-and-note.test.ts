import { expect, it } from 'vitest';
import { textFromUtf8 } from '../../../src/base/bytes.ts';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import { setupDevices } from '../../helpers/setup-pair.ts';
import { createFolderDevice } from './folder-device.ts';
import { type DiskClock, writeNode } from './tree.ts';

const notes = 'notes' as CollectionName;
const file = 'note.md';
const calm = { within: () => undefined, step: () => undefined, fault: () => undefined };

/** A person saves, the store fails at one of its operations, the process ends or goes on, and the person saves once more. */
async function savedAround(operations: number, ends: boolean, last: number | undefined) {
  const devices = setupDevices(2, { seed: 7 });
  const [device] = devices.all;
  let inode = 0;
  const clock: DiskClock = { nowMs: () => devices.clock.nowMs, grainMs: 1, nextInode: () => ++inode };
  const options = { name: 'A', device, collection: notes, clock, trouble: calm, plants: {} };
  const folder = createFolderDevice(options as Parameters<typeof createFolderDevice>[0]);
  const save = async (number: number): Promise<void> => {
    devices.clock.nowMs += 60_000;
    writeNode(folder.tree, clock, file, `saved this as number ${number}\n`);
    await folder.scan(true).catch(() => false);
  };
  await save(15);
  folder.device.failing.arm(operations);
  await save(25);
  const { hasStruck } = folder.device.failing;
  folder.device.failing.disarm();
  if (ends) {
    folder.restart();
  }
  if (last !== undefined) {
    await save(last);
  }
  devices.clock.nowMs += 60_000;
  await folder.scan(true);
  const node = folder.tree.nodes.get(file);
  const row = folder.device.disk.records.get(notes, file as RecordId);
  return {
    hasStruck,
    inFile: node?.kind === 'file' ? textFromUtf8(node.bytes) : undefined,
    inRecord: row === 'damaged' ? row : row?.fields?.['text'],
  };
}

it.each([
  ['the process ends, what is saved next is told from what was published last', true, 205],
  ['the process ends, what was saved is published', true, undefined],
  ['the store fails and the process goes on, what was saved is published', false, undefined],
  ['the store fails, what is saved next is told from what was published last', false, 205],
] as const)('F36 wherever %s', async (_name, ends, last) => {
  let operations = 0;
  for (let wentOn = true; wentOn; ) {
    const { hasStruck, inFile, inRecord } = await savedAround(++operations, ends, last);
    expect([operations, inFile, inRecord]).toEqual([
      operations,
      `saved this as number ${last ?? 25}\n`,
      `saved this as number ${last ?? 25}\n`,
    ]);
    wentOn = hasStruck;
  }
  expect(operations).toBeGreaterThan(20);
});
