import { parseScopeId, type ScopeId } from '../../base/ids.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Store } from '../../store/ground/port.ts';

/**
 * Scopes that were joined while another one of their kind served. It is remembered: one whose log cannot be read just now
 * must not leave its place to another one, whose members would be sent what is written next.
 */
export interface ScopesBeside {
  has(scopeId: ScopeId): boolean;
  /** Inside a transaction. */
  add(scopeId: ScopeId): void;
}

const setting = 'scopes.beside';

/** `travelling`: the logs that can be read, in the order in which they were joined. */
export function createScopesBeside(
  store: Pick<Store, 'transaction' | 'settings'>,
  travelling: readonly ScopeState[],
  isWhole: boolean,
): ScopesBeside {
  const known = new Set(read(store.settings));
  const keep = (): void => store.settings.set(setting, [...known]);
  const before = known.size;
  for (const { scopeId } of unnoted(travelling)) {
    known.add(scopeId);
  }
  let isOther = known.size !== before;
  if (isWhole) {
    // It was joined beside one that could not be read, which was of another kind.
    for (const { scopeId } of firsts(travelling).filter(({ kind }) => noneServes(travelling, kind, known))) {
      isOther = known.delete(scopeId);
    }
  }
  if (isOther) {
    store.transaction(keep);
  }
  return {
    has: (scopeId) => known.has(scopeId),
    add(scopeId) {
      known.add(scopeId);
      keep();
    },
  };
}

/** Those of a home of a version that did not note them. */
function unnoted(travelling: readonly ScopeState[]): readonly ScopeState[] {
  const serving = new Set(firsts(travelling));
  return travelling.filter((scope) => !serving.has(scope));
}

/** The first of each kind. */
function firsts(travelling: readonly ScopeState[]): readonly ScopeState[] {
  return travelling.filter(({ kind }, index) => travelling.findIndex((other) => other.kind === kind) === index);
}

/** No scope of the kind serves. */
function noneServes(travelling: readonly ScopeState[], kind: ScopeState['kind'], known: ReadonlySet<ScopeId>): boolean {
  return travelling.every((scope) => scope.kind !== kind || known.has(scope.scopeId));
}

function read(settings: Store['settings']): readonly ScopeId[] {
  const stored = settings.get(setting);
  return Array.isArray(stored) ? stored.flatMap((id) => (typeof id === 'string' ? (parseScopeId(id) ?? []) : [])) : [];
}
