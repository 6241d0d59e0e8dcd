import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import { textFromUtf8 } from '../../../src/base/bytes.ts';
import { isOutOfStep } from '../../../src/sources/ground/problems.ts';
import type { FolderDevice } from './folder-device.ts';
import type { Deed } from './people.ts';
import { filesOf } from './tree.ts';

export type FolderOracle = 'lost' | 'different' | 'gone' | 'back' | 'copies' | 'problems' | 'mode' | 'strange';

export interface FolderFinding {
  readonly oracle: FolderOracle;
  readonly words: string;
}

/** What one device did to one path since all were in step. */
export interface Touched {
  readonly device: string;
  readonly deed: Deed;
}

export interface RestQuestion {
  readonly devices: readonly FolderDevice[];
  readonly collection: CollectionName;
  /** Texts that were seen, by path: each has to be somewhere. */
  readonly promised: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files of all folders when they were in step last. */
  readonly before: ReadonlyMap<string, Uint8Array>;
  readonly touched: readonly Touched[];
}

/** What must hold once everything is mended, exchanged and at rest. */
export function judgeRest(question: RestQuestion): readonly FolderFinding[] {
  return [differences, copies, problems, lost, goneWithoutCause, backWithoutCause, opened].flatMap((judge) =>
    judge(question),
  );
}

/**
 * Paths at which one device has a file and another a folder: both cannot be, each device says so, and a person has to
 * give one of them another name.
 */
function contested(devices: readonly FolderDevice[], path: string): boolean {
  return devices.some(({ state }) =>
    state.problems
      .list()
      .some(
        ({ code, path: at }) =>
          code === 'path_occupied' && (at.startsWith(`${path}/`) || path.startsWith(`${at}/`) || at === path),
      ),
  );
}

function differences({ devices }: RestQuestion): readonly FolderFinding[] {
  const [first, ...others] = devices.map((one) => [one, filesOf(one.tree)] as const);
  return others.flatMap(([other, files]) => {
    const paths = new Set([...files.keys(), ...(first?.[1].keys() ?? [])]);
    return [...paths].flatMap((path): readonly FolderFinding[] => {
      const [left, right] = [first?.[1].get(path), files.get(path)].map(
        (bytes) => bytes && Buffer.from(bytes).toString(),
      );
      return left === right || contested(devices, path)
        ? []
        : [
            {
              oracle: 'different',
              words: `${path}: ${JSON.stringify(left)} on ${first?.[0].name}, ${JSON.stringify(right)} on ${other.name}`,
            },
          ];
    });
  });
}

function copies({ devices }: RestQuestion): readonly FolderFinding[] {
  const kept = devices.flatMap(({ tree }) => [...filesOf(tree).keys()]).filter((path) => path.includes('.kept-'));
  return kept.map((path) => ({ oracle: 'copies', words: path }));
}

function problems({ devices }: RestQuestion): readonly FolderFinding[] {
  return devices.flatMap(({ name, state }) =>
    state.problems
      .list()
      .filter(
        (problem) => isOutOfStep(problem) && !(problem.code === 'path_occupied' && isInTheWay(devices, problem.path)),
      )
      .map(({ code, path }): FolderFinding => ({ oracle: 'problems', words: `${code} at "${path}" of ${name}` })),
  );
}

/** Another device's file lies where this one would need a folder, or the other way about. */
function isInTheWay(devices: readonly FolderDevice[], path: string): boolean {
  const files = devices.flatMap(({ tree }) => [...filesOf(tree).keys()]);
  return files.some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
}

/** A text that was seen is in a folder, in a version of a record, or in an open item. */
function lost({ devices, collection, promised }: RestQuestion): readonly FolderFinding[] {
  const inFolders = new Set(
    devices.flatMap(({ tree }) => [...filesOf(tree).values()].map((bytes) => textFromUtf8(bytes))),
  );
  const ids = new Set<RecordId>(devices.flatMap(({ device }) => recordIds(device.disk, collection)));
  return [...promised].flatMap(([path, texts]) =>
    [...texts].flatMap((text): readonly FolderFinding[] => {
      const isThere =
        inFolders.has(text) ||
        isVersion(devices, collection, [path as RecordId, ...ids], text) ||
        isAsked(devices, text);
      return isThere ? [] : [{ oracle: 'lost', words: `${path}: ${JSON.stringify(text)}` }];
    }),
  );
}

function recordIds(disk: FolderDevice['device']['disk'], collection: CollectionName): readonly RecordId[] {
  return disk.records.list(collection, { cursor: null, limit: 10_000 }).items.map(({ id }) => id);
}

function isVersion(
  devices: readonly FolderDevice[],
  collection: CollectionName,
  ids: readonly RecordId[],
  text: string,
): boolean {
  return devices.some(({ device, state }) =>
    ids.some((id) => {
      const says = (fields: Parameters<typeof state.options.view.mapping.toFile>[1]): boolean => {
        const file = state.options.view.mapping.toFile(id, fields);
        return file !== undefined && textFromUtf8(file.bytes) === text;
      };
      return device.replica.knownVersion(collection, id, (fields) => Number(says(fields))) !== undefined;
    }),
  );
}

function isAsked(devices: readonly FolderDevice[], text: string): boolean {
  const wanted = JSON.stringify(text).slice(1, -1);
  return devices.some(({ device }) =>
    device.reviews().some((item) => JSON.stringify(item.alternatives).includes(wanted)),
  );
}

/** A file that nobody touched is there as it was; one that nobody removed or renamed is there. */
function goneWithoutCause({ devices, before, touched }: RestQuestion): readonly FolderFinding[] {
  return [...before].flatMap(([path, bytes]): readonly FolderFinding[] => {
    const deeds = touched.filter(({ deed }) => isAbout(deed, path));
    if (deeds.some(({ deed }) => deed.what === 'remove' || deed.what === 'rename')) {
      return [];
    }
    return devices.flatMap(({ name, tree }): readonly FolderFinding[] => {
      const now = filesOf(tree).get(path);
      const isAsItWas = now !== undefined && Buffer.compare(now, bytes) === 0;
      return !contested(devices, path) && (now === undefined || (deeds.length === 0 && !isAsItWas))
        ? [{ oracle: 'gone', words: `${path} on ${name}: ${now === undefined ? 'is gone' : 'is another'}` }]
        : [];
    });
  });
}

/** What one device alone removed or renamed is gone everywhere, and a renamed file is under its new name. */
function backWithoutCause({ devices, before, touched }: RestQuestion): readonly FolderFinding[] {
  return [...before.keys()].flatMap((path): readonly FolderFinding[] => {
    const deeds = touched.filter(({ deed }) => isAbout(deed, path));
    const last = deeds.at(-1)?.deed;
    const isOfOne = new Set(deeds.map(({ device }) => device)).size === 1;
    if (last === undefined || !isOfOne || last.path !== path || (last.what !== 'remove' && last.what !== 'rename')) {
      return [];
    }
    return devices.flatMap(({ name, tree }): readonly FolderFinding[] =>
      filesOf(tree).has(path) ? [{ oracle: 'back', words: `${path} on ${name}` }] : [],
    );
  });
}

function isAbout({ path, to }: Deed, wanted: string): boolean {
  return [path, to].some(
    (one) => one !== undefined && (one === wanted || wanted.startsWith(`${one}/`) || one.startsWith(`${wanted}/`)),
  );
}

/** What somebody made private is private everywhere, where nobody wrote it anew. */
function opened({ devices, touched }: RestQuestion): readonly FolderFinding[] {
  return touched.flatMap(({ device, deed }): readonly FolderFinding[] => {
    const others = touched.filter((other) => other.deed !== deed && isAbout(other.deed, deed.path));
    if (deed.what !== 'mode' || others.length > 0) {
      return [];
    }
    return devices.flatMap(({ name, tree }): readonly FolderFinding[] => {
      const node = tree.nodes.get(deed.path);
      return node?.kind === 'file' && (node.mode & 0o077) !== 0
        ? [{ oracle: 'mode', words: `${deed.path}, private on ${device}, is open on ${name}` }]
        : [];
    });
  });
}
