import type { DeviceName, FolderKind } from './product/port.ts';

/** A mass loss that is under way, or whose folder has not come to rest since: what is asked there is about it. */
export interface PlantedLoss {
  readonly folder: FolderKind;
  /** Where it happened. */
  readonly device: DeviceName;
  /** What the person says of it; undefined while nobody has spoken. */
  readonly answer: 'accept' | 'reject' | undefined;
  /** The product asked about it as a mass loss. */
  readonly wasStopped: boolean;
}

/**
 * What is meant to be lost. A mass loss is planted in one folder at a time, and a stop there is what it is for. And what
 * people remove or replace beside that, so that they stay far from what a mass-change brake stops for cause: it counts
 * over a whole day, and days pass quickly here.
 */
export interface LossBook {
  readonly planted: PlantedLoss | undefined;
  plant(folder: FolderKind, device: DeviceName): void;
  answer(answer: 'accept' | 'reject'): void;
  over(): void;
  /** A stop in a folder is decided: the product counts from nothing again. */
  stopDecided(folder: FolderKind): void;
  /**
   * A mass loss stayed just below what is stopped, and was meant: the files that are short of it count with the next ones
   * that somebody replaces within the day.
   */
  isAlmostGone(folder: FolderKind): boolean;
  /** True while a person may still remove or replace so many more files of a folder today. */
  mayLose(folder: FolderKind, files: number): boolean;
  lost(folder: FolderKind, path: string): void;
}

// The brake stops more than 100 records, or more than 10 where that is more than nine tenths of all.
const allowedToday: Readonly<Record<FolderKind, number>> = { notes: 80, workspace: 80, shell: 8 };

export function createLossBook(): LossBook {
  const lost = new Set<string>();
  const almostGone = new Set<FolderKind>();
  let planted: PlantedLoss | undefined;
  return {
    get planted(): PlantedLoss | undefined {
      return planted;
    },
    plant(folder, device) {
      planted = { folder, device, answer: undefined, wasStopped: false };
    },
    answer(answer) {
      planted = planted && { ...planted, answer };
    },
    over() {
      if (planted?.answer === 'accept' && !planted.wasStopped) {
        almostGone.add(planted.folder);
      }
      planted = undefined;
    },
    stopDecided(folder) {
      almostGone.delete(folder);
      planted = planted?.folder === folder ? { ...planted, wasStopped: true } : planted;
    },
    isAlmostGone: (folder) => almostGone.has(folder),
    mayLose: (folder, files) =>
      [...lost].filter((file) => file.startsWith(`${folder} `)).length + files <= allowedToday[folder],
    lost: (folder, path) => void lost.add(`${folder} ${path}`),
  };
}
