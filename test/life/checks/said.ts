import { type Place, contentAt } from '../acts.ts';
import type { Life } from '../life.ts';
import { otherOf } from '../product/port.ts';
import { until } from '../until.ts';

/** A file that is too large, or cannot be named in a record, may stay behind where its machine says so by name. */
export async function expectArrivedOrSaid(life: Life, place: Place): Promise<void> {
  const { device, folder, path } = place;
  // Characters that a terminal would obey are shown as escapes.
  const shown = JSON.stringify(path).slice(1, -1);
  const there = { ...place, device: otherOf(life.pair, device) };
  const isSaid = async (): Promise<boolean> => {
    const { folders } = await device.standing();
    return folders.some(
      ({ kind, notInStep }) => kind === folder && notInStep.some((file) => [path, shown].includes(file.path)),
    );
  };
  const isRight = await until(
    life.signal,
    life.patienceMs,
    async () => (await contentAt(there)) !== undefined || (await isSaid()),
  );
  if (!isRight) {
    life.tally.found('difference', `${folder}/${path}`, `it stayed on the ${device.name}, and nothing says so`);
  }
}
