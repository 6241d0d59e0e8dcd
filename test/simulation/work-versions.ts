import type { Device } from './device.ts';
import { governedBindings } from './governed-bindings.ts';
import { type GovernedOperation, recipeOf, recipesMajor } from './governed-turn.ts';
import { checkUpgraded } from './oracles-governance.ts';
import { everyItem, recipes } from './state-hash.ts';
import { liveId, patch, token, write } from './turn.ts';

const recipeIds = ['r1', 'r2', 'r3'] as const;

export const versionWork = {
  put_recipe: (process, turn) =>
    write(process, recipes, turn.random.pick(recipeIds), { kind: 'put', fields: recipeOf(turn) }),
  patch_recipe: (process, turn) => {
    const { random, device } = turn;
    const title = recipesMajor(device) === 1 ? '/name' : '/title';
    const path = random.pick([title, '/chef', '/extra']);
    return patch(process, recipes, liveId(process, recipes, turn, recipeIds), [
      { op: 'add', path, value: token(turn) },
    ]);
  },
  remove_recipe: (process, turn) =>
    write(process, recipes, liveId(process, recipes, turn, recipeIds), { kind: 'remove' }),
  /** A person lets in what is held of a recipe, whatever it is held for. */
  release_recipe: (process, { device, random, ledger }) => {
    const held = device.disk.quarantine.listHeld(everyItem, recipes).items;
    const item = held.length === 0 ? undefined : random.pick(held);
    const isReleased = item !== undefined && process.replica.release(item.id).ok;
    if (isReleased) {
      ledger.released.add(item.id);
    }
    return isReleased;
  },
  upgrade_engine: (_process, { device, report, counters }) => {
    if (recipesMajor(device) !== 1) {
      return false;
    }
    upgrade(device);
    if (device.process !== undefined) {
      counters.hit('upgraded in mid-run');
      checkUpgraded(report, device);
    }
    return true;
  },
} as const satisfies Readonly<Record<string, GovernedOperation>>;

/** A newer program starts on the disk of the older one. */
export function upgrade(device: Device): void {
  device.crash();
  device.settings.bindings = governedBindings(2);
  device.start();
}
