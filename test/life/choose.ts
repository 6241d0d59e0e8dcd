import type { Life } from './life.ts';
import { type Device, type FolderKind, devicesOf } from './product/port.ts';
import type { TreeFile } from './tree.ts';

/** Files that both machines have alike: whoever starts from one of these is disturbed by nobody. */
export function sharedFiles(
  life: Life,
  folder: FolderKind,
  fits: (path: string, file: TreeFile) => boolean = isPlainText,
): readonly string[] {
  const [desk, laptop] = devicesOf(life.pair).map((device) => life.trees.read(device.root(folder)));
  return [...(desk ?? [])]
    .filter(([path, file]) => laptop?.get(path)?.hash === file.hash && fits(path, file))
    .map(([path]) => path)
    .filter((path) => !life.spoilt.has(`${folder}/${path}`))
    .toSorted();
}

/** Texts of a few lines up to a few pages. What belongs to other scenes is left to them. */
export function isPlainText(path: string, { sizeBytes, isText }: TreeFile): boolean {
  return (
    isText &&
    sizeBytes > 200 &&
    sizeBytes < 64 * 1024 &&
    /\.(md|txt|py|sh|fish)$/.test(path) &&
    !/^(pictures|private|scratch|bulk)/.test(path) &&
    !path.startsWith('project/')
  );
}

/** So many different ones, or as many as there are. */
export function some<T>(life: Life, items: readonly T[], count: number): readonly T[] {
  return life.random.shuffled(items).slice(0, count);
}

export function anyDevice(life: Life): Device {
  return life.random.pick(devicesOf(life.pair));
}

/** The folders in which a save needs nobody's word. */
export function anyOpenFolder(life: Life): FolderKind {
  return life.random.pick(['notes', 'notes', 'workspace']);
}
