import { createRandom } from '../simulation/random.ts';
import { losses } from './losses/all.ts';
import type { Loss } from './losses/loss.ts';
import { scenes } from './people/all.ts';
import type { Scene } from './people/scene.ts';
import { type FolderKind, folderKinds } from './product/port.ts';

export type Entry =
  | { readonly kind: 'scene'; readonly scene: Scene }
  | {
      readonly kind: 'loss';
      readonly loss: Loss;
      readonly folder: FolderKind;
      readonly on: 'desk' | 'laptop';
      readonly restarts: boolean;
      readonly answer: 'accept' | 'reject';
    };

const scenesADay = 10;
const scenesBeforeALoss = 5;

/** What happens on a day: it follows from the seed, and from nothing that happened before. */
export function timetableOf(seed: number, day: number, known: readonly Scene[] = scenes): readonly Entry[] {
  const random = createRandom(seed, `timetable of day ${day}`);
  const weighed = known.flatMap((scene) => Array.from({ length: scene.weight }, () => scene));
  const entries: Entry[] = [];
  for (let number = 1; number <= scenesADay; number++) {
    entries.push({ kind: 'scene', scene: random.pick(weighed) });
    if (number % scenesBeforeALoss === 0) {
      entries.push(lossOf(seed, day * 2 + number / scenesBeforeALoss));
    }
  }
  return entries;
}

/** Each kind comes in turn, so that a short life sees all of them; where and how is chance. */
function lossOf(seed: number, number: number): Entry {
  const random = createRandom(seed, `loss ${number}`);
  return {
    kind: 'loss',
    loss: losses[(seed + number) % losses.length] as Loss,
    folder: random.pick(folderKinds),
    on: random.pick(['desk', 'laptop'] as const),
    restarts: random.chance(0.4),
    answer: random.chance(0.75) ? 'reject' : 'accept',
  };
}
