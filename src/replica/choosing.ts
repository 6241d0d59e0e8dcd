import type { CollectionName, ScopeId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import { chooseScope, planScope } from './care/choose-scope.ts';
import { learnScopes } from './care/learn-scopes.ts';
import type { Core } from './kernel/core.ts';
import type { ScopeChoice } from './names/scope-choice.ts';
import type { WriteRefusal } from './names/write.ts';

/** Which of several workspaces serves a collection, as a person chose. */
export interface Choosing {
  /** What {@link Choosing.chooseScope} would do; writes nothing. */
  planScope(collection: CollectionName, scopeId: ScopeId): Result<ScopeChoice, WriteRefusal>;
  /** Another scope serves a collection from here on; nothing of either is lost. {@link Choosing.learnScopes} brings its records. */
  chooseScope(collection: CollectionName, scopeId: ScopeId): Result<ScopeChoice, WriteRefusal>;
  /** Judges the logs of scopes that were chosen, a little at a time; answers for how many collections, once all of them are. */
  learnScopes(): Generator<undefined, number>;
  /** True until the log of the chosen scope is judged: nothing is written in the collection meanwhile. */
  isLearning(collection: CollectionName): boolean;
}

export function choosingOf(core: Core): Choosing {
  return {
    planScope: (collection, scopeId) => planScope(core, collection, scopeId),
    chooseScope: (collection, scopeId) => chooseScope(core, collection, scopeId),
    learnScopes: () => learnScopes(core),
    isLearning: core.logs.chosen.isLearning,
  };
}
