import { readFileSync } from 'node:fs';
import type { SavedText } from '../ledger.ts';
import type { Life } from '../life.ts';
import { holdsLines } from '../lines.ts';
import { type Device, type Past, devicesOf, folderKinds } from '../product/port.ts';
import { diskPathOf, hashOf } from '../tree.ts';

/** How a text that a person saved is still theirs. */
export type Keeping =
  | 'in the folder'
  /** Everything it brought stands there, beside what somebody else wrote. */
  | 'merged in the folder'
  | 'in a version'
  | 'merged in a version'
  | 'in an open item';

/** What a machine can show or bring back of one file. */
export interface Holding {
  /** Of the whole folder: a file may have another name by now. */
  readonly folderHashes: ReadonlySet<string>;
  /** Under any name that the file had. */
  readonly fileContents: readonly Uint8Array[];
  readonly itemContents: readonly Uint8Array[];
  /** Asked only where nothing else has it. */
  readonly versions: () => Promise<readonly Uint8Array[]>;
}

/** Where a text is; undefined where it is nowhere, which is a loss. */
export async function keepingOf(text: SavedText, holding: Holding): Promise<Keeping | undefined> {
  if (holding.folderHashes.has(text.hash)) {
    return 'in the folder';
  }
  if (holding.fileContents.some((content) => holdsLines(content, text.brought))) {
    return 'merged in the folder';
  }
  if (holding.itemContents.some((content) => hashOf(content) === text.hash)) {
    return 'in an open item';
  }
  const versions = await holding.versions();
  if (versions.some((content) => hashOf(content) === text.hash)) {
    return 'in a version';
  }
  return versions.some((content) => holdsLines(content, text.brought)) ? 'merged in a version' : undefined;
}

/**
 * Asks each machine for every text that was saved on it. `verified` holds those that a version was seen to bring back:
 * they are passed over between the days, and asked for again in the end.
 */
export async function checkKeptTexts(life: Life, verified: Set<string>): Promise<void> {
  const told = new Set(life.tally.findings.map(({ kind, subject }) => `${kind} ${subject}`));
  for (const device of devicesOf(life.pair)) {
    const owed = life.ledger
      .owed()
      .filter((text) => text.device === device.name && !verified.has(keyOf(text)))
      .filter((text) => !told.has(`lostText ${subjectOf(text)}`));
    await checkDevice(life, device, owed, verified);
  }
}

async function checkDevice(
  life: Life,
  device: Device,
  owed: readonly SavedText[],
  verified: Set<string>,
): Promise<void> {
  const items = await itemContents(device);
  const hashes = new Map(
    folderKinds.map((folder) => [
      folder,
      new Set([...life.trees.read(device.root(folder)).values()].map(({ hash }) => hash)),
    ]),
  );
  let past: Past | undefined;
  try {
    for (const texts of byFile(life, owed)) {
      const [{ folder, path }] = texts as [SavedText];
      const names = life.ledger.namesOf(folder, path);
      let versions: Promise<readonly Uint8Array[]> | undefined;
      const holding: Holding = {
        folderHashes: hashes.get(folder) ?? new Set(),
        fileContents: names.flatMap((name) => contentsOf(device, folder, name)),
        itemContents: items,
        versions: async () => {
          past ??= await device.openPast();
          versions ??= versionsOf(past, folder, names);
          return versions;
        },
      };
      for (const text of texts) {
        await judge(life, text, holding, verified);
      }
    }
  } finally {
    await past?.close();
  }
}

async function judge(life: Life, text: SavedText, holding: Holding, verified: Set<string>): Promise<void> {
  const keeping = await keepingOf(text, holding);
  if (keeping === undefined) {
    const versions = await holding.versions();
    const detail = `saved on the ${text.device} by ${text.by}, ${text.sizeBytes} bytes, texts/${text.hash}; none of ${versions.length} versions has it`;
    life.tally.found('lostText', subjectOf(text), detail);
  } else if (keeping === 'in a version' || keeping === 'merged in a version') {
    verified.add(keyOf(text));
    life.tally.count(`texts ${keeping}`);
  }
}

function subjectOf({ folder, path, number }: SavedText): string {
  return `${folder}/${path}, save ${number}`;
}

function keyOf({ device, folder, hash }: SavedText): string {
  return `${device} ${folder} ${hash}`;
}

/** Texts of one file together: its versions are asked for once. */
function byFile(life: Life, texts: readonly SavedText[]): Iterable<readonly SavedText[]> {
  const groups = new Map<string, SavedText[]>();
  for (const text of texts) {
    const [first = text.path] = life.ledger.namesOf(text.folder, text.path).toSorted();
    const key = `${text.folder} ${first}`;
    const group = groups.get(key) ?? [];
    group.push(text);
    groups.set(key, group);
  }
  return groups.values();
}

async function versionsOf(
  past: Past,
  folder: SavedText['folder'],
  names: readonly string[],
): Promise<readonly Uint8Array[]> {
  const contents: Uint8Array[] = [];
  for (const name of names) {
    contents.push(...(await past.contentsOf(folder, name)));
  }
  return contents;
}

async function itemContents(device: Device): Promise<readonly Uint8Array[]> {
  const contents: Uint8Array[] = [];
  for (const item of await device.items()) {
    contents.push(...(await device.shownBy(item)));
  }
  return contents;
}

function contentsOf(device: Device, folder: SavedText['folder'], path: string): readonly Uint8Array[] {
  try {
    return [readFileSync(diskPathOf(device.root(folder), path))];
  } catch {
    return [];
  }
}
