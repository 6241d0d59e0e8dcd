import type { DeviceName, FolderKind } from './product/port.ts';
import { linesBrought } from './lines.ts';
import { hashOf } from './tree.ts';

/** A text that a person saved in a linked folder. */
export interface SavedText {
  readonly number: number;
  readonly device: DeviceName;
  readonly folder: FolderKind;
  /** Where it was saved. */
  readonly path: string;
  readonly hash: string;
  readonly sizeBytes: number;
  /** Lines that were not in the text it was made from; none for what is no text. */
  readonly brought: readonly string[];
  /** What the person was doing. */
  readonly by: string;
}

/** Which of the texts that people saved the product owes them. */
export interface Ledger {
  /** `before` is what the file held when the person opened it. */
  saved(save: {
    readonly device: DeviceName;
    readonly folder: FolderKind;
    readonly path: string;
    readonly bytes: Uint8Array;
    readonly before: Uint8Array | undefined;
    readonly by: string;
  }): SavedText;
  /** A device has seen what it was saved: from now on the text is owed. */
  seen(device: DeviceName, folder: FolderKind, path: string, hash: string): void;
  /** The person replaces or removes a file of their own: what nobody saw of it until now is nobody's loss. */
  replacing(device: DeviceName, folder: FolderKind, path: string): void;
  /** The file has another name from now on. */
  renamed(folder: FolderKind, from: string, to: string): void;
  /** Everything rests: whatever is in a folder was seen. */
  rested(): void;
  /** The texts that are owed, each once, oldest first. */
  owed(): readonly SavedText[];
  /** Every name that the file of this path had or has. */
  namesOf(folder: FolderKind, path: string): readonly string[];
  readonly saves: number;
}

interface Entry {
  readonly text: SavedText;
  isSeen: boolean;
}

export function createLedger(): Ledger {
  /** By device, folder and content: a text that is saved again is owed once. */
  const entries = new Map<string, Entry>();
  const unseenByFile = new Map<string, Set<string>>();
  const namesByFile = new Map<string, Set<string>>();
  let saves = 0;

  const keyOf = (device: string, folder: string, hash: string): string => `${device} ${folder} ${hash}`;
  const fileOf = (device: string, folder: string, path: string): string => `${device} ${folder} ${path}`;

  function namesAt(folder: FolderKind, path: string): Set<string> {
    const file = `${folder} ${path}`;
    const names = namesByFile.get(file) ?? new Set([path]);
    namesByFile.set(file, names);
    return names;
  }

  return {
    get saves(): number {
      return saves;
    },
    saved({ device, folder, path: written, bytes, before, by }) {
      saves += 1;
      const path = written.normalize('NFC');
      const hash = hashOf(bytes);
      const key = keyOf(device, folder, hash);
      const known = entries.get(key);
      if (known !== undefined) {
        return known.text;
      }
      const text = {
        ...{ number: saves, device, folder, path, hash, sizeBytes: bytes.length, by },
        brought: linesBrought(before, bytes),
      };
      entries.set(key, { text, isSeen: false });
      const file = fileOf(device, folder, path);
      unseenByFile.set(file, (unseenByFile.get(file) ?? new Set()).add(key));
      return text;
    },
    seen(device, folder, path, hash) {
      const key = keyOf(device, folder, hash);
      const entry = entries.get(key);
      if (entry !== undefined) {
        entry.isSeen = true;
        unseenByFile.get(fileOf(device, folder, path.normalize('NFC')))?.delete(key);
      }
    },
    replacing(device, folder, path) {
      const file = fileOf(device, folder, path.normalize('NFC'));
      for (const key of unseenByFile.get(file) ?? []) {
        if (entries.get(key)?.isSeen === false) {
          entries.delete(key);
        }
      }
      unseenByFile.delete(file);
    },
    renamed(folder, from, to) {
      const names = namesAt(folder, from.normalize('NFC'));
      for (const name of namesAt(folder, to.normalize('NFC'))) {
        names.add(name);
      }
      for (const name of names) {
        namesByFile.set(`${folder} ${name}`, names);
      }
    },
    rested() {
      for (const entry of entries.values()) {
        entry.isSeen = true;
      }
      unseenByFile.clear();
    },
    owed: () => [...entries.values()].map(({ text }) => text),
    namesOf: (folder, path) => [...namesAt(folder, path.normalize('NFC'))],
  };
}
