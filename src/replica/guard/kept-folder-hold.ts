import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import type { Store } from '../../store/ground/port.ts';
import type { GoneRecord } from '../lists/holds.ts';
import { type HeldLosses, heldFromJson, heldJson } from '../names/held-losses.ts';

/** What of a folder waits, or was decided and has not been obeyed for all of it. */
export interface FolderHold {
  readonly reviewId: string;
  readonly held: HeldLosses;
  readonly live: number;
  readonly others: number;
  readonly isRecent: boolean;
  readonly allowed: number;
  /** Records that went within the minute before, as part of the same: they come back with the rest. */
  readonly gone: readonly GoneRecord[];
}

/** The device wrote it itself, sealed; a text is what an older version kept. */
export function folderHoldOf(store: Pick<Store, 'settings'>, root: string): FolderHold | undefined {
  const saved: JsonValue | undefined = store.settings.get(settingOf(root));
  if (!isJsonObject(saved)) {
    return undefined;
  }
  const hold = saved as unknown as Omit<FolderHold, 'held'> & { readonly held: JsonObject };
  return { ...hold, held: heldFromJson(hold.held) };
}

export function keepFolderHold(store: Pick<Store, 'settings'>, root: string, { held, ...hold }: FolderHold): void {
  store.settings.set(settingOf(root), { ...hold, held: heldJson(held) } as unknown as JsonValue);
}

export function forgetFolderHold(store: Pick<Store, 'settings'>, root: string): void {
  store.settings.remove(settingOf(root));
}

function settingOf(root: string): string {
  return `brake.folder.${root}`;
}
