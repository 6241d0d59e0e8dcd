import type { CollectionName } from '../../base/ids.ts';
import { type LossWindow, emptyWindow, endedWindow, windowFromJson, windowJson } from '../../policy/window.ts';
import type { Store } from '../../store/ground/port.ts';

/** Whose losses a window counts: a collection's, or those of one linked folder. */
export type Counted = { readonly collection: CollectionName } | { readonly root: string };

/** Losses of the last day, one small setting for each collection and folder: a restart does not begin the day anew. */
export interface LossWindows {
  of(counted: Counted): LossWindow;
  /** Inside a transaction. */
  put(counted: Counted, window: LossWindow): void;
  /** A person has decided: nothing that was lost counts any longer. Inside a transaction. */
  end(counted: Counted): void;
  remove(counted: Counted): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

export function createLossWindows({ settings }: Pick<Store, 'settings'>): LossWindows {
  const known = new Map<string, LossWindow>();

  function of(counted: Counted): LossWindow {
    const name = settingOf(counted);
    const window = known.get(name) ?? windowFromJson(settings.get(name));
    known.set(name, window);
    return window;
  }

  function put(counted: Counted, window: LossWindow): void {
    const name = settingOf(counted);
    if (window !== known.get(name)) {
      known.set(name, window);
      settings.set(name, windowJson(window));
    }
  }

  return {
    of,
    put,
    end(counted) {
      const window = of(counted);
      if (window.hours.length > 0) {
        put(counted, endedWindow(window));
      }
    },
    remove(counted) {
      if (of(counted) !== emptyWindow) {
        known.delete(settingOf(counted));
        settings.remove(settingOf(counted));
      }
    },
    forget() {
      known.clear();
    },
  };
}

function settingOf(counted: Counted): string {
  return 'root' in counted ? `brake.window.folder.${counted.root}` : `brake.window.${counted.collection}`;
}
