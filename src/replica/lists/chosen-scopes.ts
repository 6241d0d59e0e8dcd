import { type CollectionName, type ScopeId, parseScopeId } from '../../base/ids.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import type { Store } from '../../store/ground/port.ts';

/**
 * Which scope a person chose for a collection, where several of its kind were joined; without a choice the first of them
 * serves. Asked for every change, so that it is remembered.
 */
export interface ChosenScopes {
  of(collection: CollectionName): ScopeId | undefined;
  /** Collections of which the log of the chosen scope is still being judged: until that is through nothing is written. */
  learning(): readonly CollectionName[];
  isLearning(collection: CollectionName): boolean;
  /** From here on all of its log is still to be judged. Inside a transaction. */
  choose(collection: CollectionName, scopeId: ScopeId): void;
  /** All of its log was judged. Inside a transaction. */
  learned(collection: CollectionName): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

interface Choice {
  readonly scopeId: ScopeId;
  readonly isLearning: boolean;
}

const setting = 'scopes.chosen';

export function createChosenScopes({ settings }: Pick<Store, 'settings'>): ChosenScopes {
  let known: Map<CollectionName, Choice> | undefined;

  function all(): Map<CollectionName, Choice> {
    known ??= read(settings);
    return known;
  }

  function put(collection: CollectionName, choice: Choice): void {
    all().set(collection, choice);
    settings.set(setting, Object.fromEntries(all()) as unknown as JsonObject);
  }

  const isLearning = (collection: CollectionName): boolean => all().get(collection)?.isLearning === true;

  return {
    of: (collection) => all().get(collection)?.scopeId,
    learning: () => [...all().keys()].filter(isLearning),
    isLearning,
    choose(collection, scopeId) {
      put(collection, { scopeId, isLearning: true });
    },
    learned(collection) {
      const choice = all().get(collection);
      if (choice !== undefined) {
        put(collection, { ...choice, isLearning: false });
      }
    },
    forget() {
      known = undefined;
    },
  };
}

/** The device wrote it itself, sealed. */
function read(settings: Store['settings']): Map<CollectionName, Choice> {
  const saved = settings.get(setting);
  const choices = new Map<CollectionName, Choice>();
  for (const [collection, choice] of Object.entries(isJsonObject(saved) ? saved : {})) {
    const { scopeId: text, isLearning } = choice as JsonObject;
    const scopeId = typeof text === 'string' ? parseScopeId(text) : undefined;
    if (scopeId !== undefined) {
      choices.set(collection as CollectionName, { scopeId, isLearning: isLearning === true });
    }
  }
  return choices;
}
