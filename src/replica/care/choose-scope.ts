import type { CollectionName, ScopeId } from '../../base/ids.ts';
import { pagesOf } from '../../base/pages.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import { keepItem } from '../kernel/keep.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { bringOwnersBack, setOwnersAside } from '../names/owner-state.ts';
import type { ScopeChoice } from '../names/scope-choice.ts';
import type { WriteRefusal } from '../names/write.ts';
import { choiceObstacle } from './choice-obstacle.ts';
import { goingOn, passOn, resting } from './resting-links.ts';

/** What {@link chooseScope} would do, or why it cannot be done; writes nothing. */
export function planScope(
  core: Known & Pick<Core, 'backlog'>,
  collection: CollectionName,
  scopeId: ScopeId,
): Result<ScopeChoice, WriteRefusal> {
  const found = find(core, collection, scopeId);
  if (!found.ok) {
    return found;
  }
  const from = servedBy(core, found.value);
  if (from === undefined) {
    return err({ kind: 'no_scope', message: servedByNobody });
  }
  const { review, conflicts, quarantined, live } = core.store.records.counts(collection);
  const { engineId } = found.value.manifest;
  return ok({
    ...{ collection, from, to: scopeId, live },
    questions: review + conflicts + quarantined,
    resting: resting(core.store, engineId).map(({ root }) => root),
    goingOn: goingOn(core.store, engineId, scopeId).map(({ root }) => root),
  });
}

/**
 * Another scope serves a collection from here on. What the store knows of its records is forgotten: all of it stands in
 * the log of the scope that served, and is judged again from there once that one is chosen again. Of the chosen scope
 * nothing is known yet: {@link learnScopes} judges its log.
 */
export function chooseScope(
  core: Core,
  collection: CollectionName,
  scopeId: ScopeId,
): Result<ScopeChoice, WriteRefusal> {
  const planned = planScope(core, collection, scopeId);
  const binding = core.rules.bindings.ofCollection(collection);
  if (!planned.ok || binding === undefined || planned.value.from === scopeId) {
    return planned;
  }
  const { from } = planned.value;
  return commit(core, () => {
    core.logs.chosen.choose(collection, scopeId);
    core.store.upkeep.unlearnAll(collection);
    closeQuestions(core, collection, from);
    core.guards.windows.remove({ collection });
    setOwnersAside(core.store, collection, from);
    passOn(core.store, binding.manifest.engineId, from, scopeId);
    bringOwnersBack(core.store, collection, scopeId);
    core.backlog.waiting.forget();
    core.guards.forks.forget();
    core.notices.pendingEvents.push({
      type: 'scope.chosen',
      data: { engineId: binding.manifest.engineId, collection, scopeId },
    });
    core.notices.journal.audit({
      ...{ eventType: 'sync.scope.chosen', actorId: core.device.userId, subjectId: scopeId, policyDomain: collection },
      ...{ outcome: 'informational', reasonCode: 'none', details: { from, live: planned.value.live } },
    });
    return planned;
  });
}

/** One that a person chose can be left while its log cannot be read. Which one serves without a choice is not known then. */
function servedBy({ logs }: Pick<Core, 'logs'>, binding: CollectionBinding): ScopeId | undefined {
  return logs.chosen.of(binding.manifest.collection) ?? logs.scopes.serving(binding)?.scopeId;
}

const servedByNobody =
  'A membership log of this device is damaged, and with it is lost which scope serves now. See: sourcesync doctor';

function find(
  core: Known & Pick<Core, 'backlog'>,
  collection: CollectionName,
  scopeId: ScopeId,
): Result<CollectionBinding, WriteRefusal> {
  const binding = core.rules.bindings.ofCollection(collection);
  if (binding === undefined) {
    return err({
      kind: 'unknown_collection',
      message: `No engine serves the collection ${collection}. See: sourcesync engines ls`,
    });
  }
  const scope = core.logs.scopes.get(scopeId);
  if (scope === undefined || core.logs.scopes.isLocal(scopeId)) {
    return err({ kind: 'no_scope', message: `This device has not joined ${scopeId}. See: sourcesync scopes ls` });
  }
  const obstacle = choiceObstacle(core, binding, scope);
  return obstacle === undefined ? ok(binding) : err({ kind: 'invalid', message: obstacle });
}

/** Whatever is asked, or held, about changes of the log that serves no longer comes again with them. */
function closeQuestions(
  core: Pick<Core, 'store' | 'rules' | 'notices'>,
  collection: CollectionName,
  from: ScopeId,
): void {
  const { reviews, quarantine } = core.store;
  for (const { items } of pagesOf((cursor) => reviews.listOpen({ cursor, limit: 500 }, collection))) {
    for (const item of items) {
      reviews.put({ ...item, status: 'superseded', restsFor: from });
      core.notices.pendingEvents.push({
        type: item.kind === 'conflict' ? 'conflict.resolved' : 'review.resolved',
        data: { id: item.id, engineId: item.engineId, collection, status: 'superseded' },
      });
    }
  }
  for (const { items } of pagesOf((cursor) => quarantine.listHeld({ cursor, limit: 500 }, collection))) {
    for (const item of items) {
      keepItem(core, { ...item, status: 'elsewhere' });
    }
  }
}
