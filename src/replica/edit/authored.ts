import type { ScopeState } from '../../membership/parse/state.ts';
import { type Author, createAuthor } from './author.ts';
import { type Core, commit } from '../kernel/core.ts';

/** Runs `work` with an author, seals what it placed, and tells of the batches once they are durable. */
export function authored<T>(core: Core, scope: ScopeState, work: (author: Author) => T): T {
  const { result, sealed, isLocal } = commit(core, () => {
    const author = createAuthor(core, scope);
    const written = work(author);
    // Asked in here, because nothing may fail between what is durable and the telling of it.
    return { result: written, sealed: author.seal(), isLocal: core.logs.scopes.isLocal(scope.scopeId) };
  });
  if (!isLocal) {
    for (const batch of sealed) {
      core.notices.listener.appended(scope.scopeId, batch);
    }
  }
  return result;
}
