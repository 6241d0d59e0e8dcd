import type { Tree } from '../tree.ts';

export interface Difference {
  readonly path: string;
  readonly detail: string;
}

/** What two folders that should be alike differ in, by path. */
export function differencesOf(desk: Tree, laptop: Tree): readonly Difference[] {
  const paths = [...new Set([...desk.keys(), ...laptop.keys()])].toSorted();
  return paths.flatMap((path) => {
    const [here, there] = [desk.get(path), laptop.get(path)];
    if (here === undefined || there === undefined) {
      return [{ path, detail: `it is on the ${here === undefined ? 'laptop' : 'desk'} alone` }];
    }
    if (here.hash !== there.hash) {
      return [{ path, detail: `${here.sizeBytes} bytes on the desk, ${there.sizeBytes} others on the laptop` }];
    }
    if (here.isExecutable !== there.isExecutable) {
      return [{ path, detail: `it may be run on the ${here.isExecutable ? 'desk' : 'laptop'} alone` }];
    }
    return here.isPrivate === there.isPrivate
      ? []
      : [{ path, detail: `it is private on the ${here.isPrivate ? 'desk' : 'laptop'} alone` }];
  });
}
