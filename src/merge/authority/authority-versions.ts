import { canonicalText } from '../../base/canonical-json.ts';
import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type LoggedChange, compareChanges } from '../../contract/change.ts';
import type { PlanInput, Viewer } from '../../contract/strategy.ts';
import { isAgentsDecision, isUnspoken } from '../values/agent-words.ts';
import { type ChangeGraph, changeGraph } from '../values/causal.ts';
import { dangerousPathsOf, isDangerousRemoval } from '../values/dangerous.ts';
import { decisionOf } from '../values/decision.ts';
import { applyPatch, parsePatch, sameValue } from '../values/json-patch.ts';
import { isRemoval, putFields } from '../values/plan.ts';

/** The record as one author left it, as a whole: versions of several authors are never mixed into one. */
export interface Version {
  readonly change: LoggedChange;
  /** Null for a deletion. */
  readonly fields: JsonObject | null;
  /** How high the authority stands under which it was written. */
  readonly generation: number;
  /** True where it may be live here: nothing dangerous in it waits for a yes. */
  readonly isClear: boolean;
  /** The last version below it that may be live here. */
  readonly clearBelow: Version | undefined;
  /** What it was written on: the strongest of its parents. */
  readonly base: Version | undefined;
}

/** Everything that follows from the changes of a record, seen from one device. A function of the set alone. */
export interface AuthorityState {
  readonly graph: ChangeGraph;
  readonly live: Version | undefined;
  /** Versions of the highest generation that were written apart and say different things, the live one first. */
  readonly rivals: readonly Version[];
  /** What waits for a yes: the newest version first, then those below it that wait too. */
  readonly waiting: readonly (readonly [Version, ...Version[]])[];
  readonly malformed: ReadonlySet<ChangeId>;
  versionOf(id: ChangeId): Version | undefined;
}

type Judged = Pick<PlanInput, 'manifest' | 'viewer' | 'generations'>;

export function authorityState(changes: readonly LoggedChange[], context: Judged): AuthorityState {
  const graph = changeGraph(changes);
  const { versions, malformed } = versionsOf(graph, context);
  const heads = graph.heads.flatMap((id) => versions.get(id) ?? []);
  const shown = heads.flatMap((head) => (head.isClear ? head : head.clearBelow) ?? []);
  const standing = [...new Set(shown)].filter(
    ({ change }) => !shown.some((other) => graph.isBefore(change.changeId, other.change.changeId)),
  );
  const live = strongestOf(standing);
  const equals = standing.filter(({ generation }) => generation === live?.generation);
  return {
    graph,
    live,
    rivals: distinct([live, ...equals.sort((left, right) => byStrength(right, left))].flatMap((one) => one ?? [])),
    // One that lost against what is live would not be live after a yes either.
    waiting: heads
      .filter(
        ({ isClear, clearBelow, generation }) =>
          !isClear && (clearBelow === live || generation >= (live?.generation ?? 0)),
      )
      .map(withUnclearBelow),
    malformed,
    versionOf: (id) => versions.get(id),
  };
}

/** The version that a change leaves behind where its author stood; undefined when it is malformed there. */
export function contentAfter(
  change: LoggedChange,
  before: JsonObject | null,
): { readonly fields: JsonObject | null } | undefined {
  if (isRemoval(change)) {
    return { fields: null };
  }
  const fields = putFields(change);
  if (fields !== undefined) {
    return { fields };
  }
  const patch = change.operation === 'patch' ? parsePatch(change.value) : undefined;
  const patched = patch && before !== null ? applyPatch(before, patch) : undefined;
  return patched?.ok ? { fields: patched.value } : undefined;
}

/** The changes that a command accepts, or undefined for what is no command of this strategy. */
export function acceptedBy(change: LoggedChange): readonly ChangeId[] | undefined {
  const decision = decisionOf(change);
  return decision?.decision === 'accept' ? decision.proposals : undefined;
}

function versionsOf(
  graph: ChangeGraph,
  context: Judged,
): { readonly versions: ReadonlyMap<ChangeId, Version>; readonly malformed: ReadonlySet<ChangeId> } {
  const accepted = acceptances(graph, context.viewer);
  const versions = new Map<ChangeId, Version>();
  const malformed = new Set<ChangeId>();
  for (const change of graph.ordered) {
    const base = strongestOf(graph.parentsOf(change).flatMap((parent) => versions.get(parent.changeId) ?? []));
    const content = change.operation === 'command' ? undefined : contentAfter(change, base?.fields ?? null);
    if (content !== undefined) {
      versions.set(change.changeId, versionWith(change, content.fields, base, accepted, context));
      continue;
    }
    if (acceptedBy(change) === undefined) {
      malformed.add(change.changeId);
    }
    // Says nothing of its own: where it stands, the record is as it was below.
    if (base !== undefined) {
      versions.set(change.changeId, base);
    }
  }
  return { versions, malformed };
}

function versionWith(
  change: LoggedChange,
  fields: JsonObject | null,
  base: Version | undefined,
  accepted: ReadonlySet<ChangeId>,
  context: Judged,
): Version {
  const clearBelow = base?.isClear === true ? base : base?.clearBelow;
  const isClear =
    (change.deviceId === context.viewer.self && !isUnspoken(change, context.viewer.isOld)) ||
    accepted.has(change.changeId) ||
    (fields === null
      ? !isDangerousRemoval(context, clearBelow?.fields ?? null)
      : dangerousPathsOf(context, clearBelow?.fields ?? null, fields).length === 0 ||
        (change.parents.length > 1 && wasLiveBefore(fields, clearBelow)));
  const generation = context.generations?.get(change.changeId) ?? 0;
  return { change, fields, generation, isClear, clearBelow, base };
}

/**
 * Whoever chooses between versions may go back to one that was live here without a second yes: so a no takes back what
 * its author has live already.
 */
function wasLiveBefore(fields: JsonObject, clearBelow: Version | undefined): boolean {
  for (let below = clearBelow; below !== undefined; below = below.clearBelow) {
    if (below.fields !== null && sameValue(below.fields, fields)) {
      return true;
    }
  }
  return false;
}

/** Changes that a device other than their own said yes to; of what agents wrote here, also this device. */
function acceptances(graph: ChangeGraph, { self, isOld }: Viewer): ReadonlySet<ChangeId> {
  const accepted = new Set<ChangeId>();
  for (const command of graph.ordered) {
    for (const id of isAgentsDecision(command, isOld) ? [] : (acceptedBy(command) ?? [])) {
      const change = graph.get(id);
      const isTakenUp = command.deviceId === self && change !== undefined && isUnspoken(change, isOld);
      if (change?.deviceId !== command.deviceId || isTakenUp) {
        accepted.add(id);
      }
    }
  }
  return accepted;
}

function strongestOf(versions: readonly Version[]): Version | undefined {
  return versions.reduce<Version | undefined>(
    (strongest, version) => (strongest === undefined || byStrength(version, strongest) > 0 ? version : strongest),
    undefined,
  );
}

/** The higher generation; of equals what is there before what is deleted; then the later. */
function byStrength(left: Version, right: Version): number {
  return (
    left.generation - right.generation ||
    Number(left.fields !== null) - Number(right.fields !== null) ||
    compareChanges(left.change, right.change)
  );
}

function distinct(versions: readonly Version[]): readonly Version[] {
  const byContent = new Map<string, Version>();
  for (const version of versions) {
    const text = version.fields === null ? '' : canonicalText(version.fields);
    byContent.set(text, byContent.get(text) ?? version);
  }
  return [...byContent.values()];
}

function withUnclearBelow(head: Version): readonly [Version, ...Version[]] {
  const chain: [Version, ...Version[]] = [head];
  for (let below = head.base; below !== undefined && !below.isClear; below = below.base) {
    chain.push(below);
  }
  return chain;
}
