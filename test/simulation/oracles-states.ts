import { stateOf } from '../../src/lifecycle/state-of.ts';
import type { EngineFacts } from '../../src/lifecycle/facts.ts';
import type { QuarantineItem } from '../../src/contract/review.ts';
import type { Device } from './device.ts';
import { everyItem } from './state-hash.ts';
import type { World } from './world.ts';

/** Invariant 26: what a state says, and why, is what stands on the disk and what the disk itself does. */
export function checkTruth(world: World, device: Device): void {
  const { disk, process, index } = device;
  for (const collection of process === undefined ? [] : world.collections) {
    const held = disk.quarantine.listHeld(everyItem, collection).items;
    held
      .filter((item) => !hasReason(item))
      .forEach(() => {
        world.report(26, `device ${index}: a change of ${collection} is held without a reason`);
      });
    const facts = device.factsOf(collection);
    if (facts === undefined) {
      continue;
    }
    const isDamageHeld = held.some(({ changeId, detail }) => changeId === null && detail === 'row_damaged');
    const saysDamage = facts.degradedCauses.some(({ cause }) => cause === 'rows_damaged');
    if (saysDamage && !isDamageHeld) {
      world.report(26, `device ${index}: ${collection} says that a record is damaged, and none is`);
    }
    const condition = stateOf(facts).conditions.find(({ state }) => state === 'degraded');
    const told = [...(condition?.reasonCodes ?? [])].sort().join(' ');
    const expected = condition === undefined ? '' : expectedReasons(facts, held);
    world.counters.hit('reasons of a state looked at', condition === undefined ? 0 : 1);
    if (told !== expected) {
      world.report(26, `device ${index}: ${collection} is degraded for "${told}", and it is for "${expected}"`);
    }
  }
}

function hasReason({ reasonCode, detail, message }: QuarantineItem): boolean {
  return reasonCode.length > 0 && (detail ?? '').length > 0 && message.length > 0;
}

/** Those of what is held, and of the causes that have a word for a person. */
function expectedReasons({ degradedCauses }: EngineFacts, held: readonly QuarantineItem[]): string {
  const causes = degradedCauses.flatMap(({ reasonCode }) => reasonCode ?? []);
  return [...new Set([...causes, ...held.map(({ reasonCode }) => reasonCode)])].sort().join(' ');
}
