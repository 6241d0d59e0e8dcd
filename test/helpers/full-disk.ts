import type { Store } from '../../src/store/ground/port.ts';

/** A store on a disk that takes nothing for as long as `fault` is a code of SQLite. Reading goes on. */
export interface FullDisk {
  readonly store: Store;
  fault: string | undefined;
  isInPlace: boolean;
}

export function createFullDisk(disk: Store): FullDisk {
  const made: Omit<FullDisk, 'store'> = { fault: undefined, isInPlace: true };
  const write = <T>(work: () => T): T => {
    if (made.fault !== undefined) {
      throw Object.assign(new Error('the disk takes nothing'), { code: made.fault });
    }
    return work();
  };
  const store: Store = {
    ...disk,
    upkeep: { ...disk.upkeep, isInPlace: () => made.isInPlace },
    transaction: (work) => write(() => disk.transaction(work)),
    settings: {
      ...disk.settings,
      set: (name, value) => write(() => disk.settings.set(name, value)),
      remove: (name) => write(() => disk.settings.remove(name)),
    },
    transitions: { ...disk.transitions, add: (transition) => write(() => disk.transitions.add(transition)) },
  };
  return Object.assign(made, { store });
}
