import type { CollectionName } from '../../src/base/ids.ts';
import type { Write } from '../../src/replica/port.ts';
import { type GovernedOperation, type GovernedTurn, liveRows, liveText, recipeOf } from './governed-turn.ts';
import type { Process } from './process.ts';
import { everyItem, recipes } from './state-hash.ts';
import { writeOf } from './turn.ts';

const batchIds = ['b1', 'b2', 'b3', 'b4', 'b5'] as const;

export const brakeWork = {
  fill_recipes: (process, turn) => {
    const writes = batchIds
      .filter(() => turn.random.chance(0.8))
      .map((id) => writeOf(id, { kind: 'put', fields: recipeOf(turn) }));
    return process.replica.edit(recipes, writes).some(({ ok }) => ok);
  },
  remove_many: (process, turn) => {
    const writes = someLive(turn).map(({ id }) => writeOf(id, { kind: 'remove' }));
    return writeMany(process, turn, writes);
  },
  replace_many: (process, turn) => {
    const writes = someLive(turn).map(({ id }) => writeOf(id, { kind: 'put', fields: recipeOf(turn) }));
    return writeMany(process, turn, writes);
  },
  decide_brake: (process, { device, random, counters, report }) => {
    const held = device.disk.reviews.listOpen(everyItem).items.filter(({ kind }) => kind === 'brake');
    const decision = random.chance(0.5) ? 'accept' : 'reject';
    const before = textOf(device);
    const results = process.replica.decide(
      held.map(({ id }) => id),
      decision,
    );
    counters.hit(`brake ${decision}ed`, results.filter(({ ok }) => ok).length);
    if (decision === 'reject' && textOf(device) !== before) {
      report('brake', `device ${device.index}: a mass change was rejected, and what was live is another`);
    }
    return results.some(({ ok }) => ok);
  },
} as const satisfies Readonly<Record<string, GovernedOperation>>;

/** What is too much at once is refused until a person confirms it, and then nothing of it is written. */
function writeMany(
  process: Process,
  { device, random, counters, report }: GovernedTurn,
  writes: readonly Write[],
): boolean {
  const before = textOf(device);
  const results = process.replica.edit(recipes, writes, random.chance(0.8));
  const isRefused = results.some((result) => !result.ok && result.error.kind === 'mass_change');
  counters.hit('mass change refused here', isRefused ? 1 : 0);
  if (isRefused && textOf(device) !== before) {
    report('brake', `device ${device.index}: a mass change was refused, and something of it was written`);
  }
  return results.some(({ ok }) => ok);
}

/** Everything that is live in the collections of which a mass change may be held. */
function textOf(device: GovernedTurn['device']): string {
  return braked
    .flatMap((name) => liveRows(device, name).map((row) => `${name}/${row.id} ${liveText(row)}`))
    .sort()
    .join('\n');
}

/** Nearly all that is live, so that it is a mass change; sometimes a few. */
function someLive({ device, random }: GovernedTurn): readonly Pick<Write, 'id'>[] {
  const share = random.chance(0.7) ? 0.9 : 0.3;
  return liveRows(device, recipes).filter(() => random.chance(share));
}

/** Collections whose remote changes are live at once, and which the workload fills. */
export const braked: readonly CollectionName[] = [recipes, 'workspace', 'presence'] as CollectionName[];
