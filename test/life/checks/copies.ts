import type { Life } from '../life.ts';
import { devicesOf, folderKinds } from '../product/port.ts';

const keptName = /\.kept-[0-9a-f]{4,}/;

export function isKeptCopy(path: string): boolean {
  return keptName.test(path);
}

/** Counts files that the product put beside those of a person. */
export function checkCopies(life: Life): void {
  for (const device of devicesOf(life.pair)) {
    for (const folder of folderKinds) {
      for (const path of life.trees.read(device.root(folder)).keys()) {
        if (isKeptCopy(path)) {
          life.tally.found('copy', `${folder}/${path}`, `on the ${device.name}`);
        }
      }
    }
  }
}
