import type { LoggedChange } from '../contract/change.ts';
import type { Manifest, MergeStrategyName } from '../contract/manifest.ts';
import { refuse } from '../contract/verdict.ts';
import { moveFormOf } from '../log/move.ts';
import { type StepAnswer, next, stop } from './change-question.ts';

/** Strategies under which a record has no other name: an entry, a policy and a secret are what their id says. */
const nameless: ReadonlySet<MergeStrategyName> = new Set(['append_only', 'strongest_policy_wins', 'never_merge']);

/** True where records of a collection can be renamed. */
export function mayMove({ mergeStrategy }: Pick<Manifest, 'mergeStrategy'>): boolean {
  return !nameless.has(mergeStrategy);
}

/**
 * The answer for a change that is part of a rename; undefined for every other. What an arrival brings is in the log of
 * the record it comes from: it is held against the schema, and everything else, where it is read there.
 */
export function fitsMove(change: LoggedChange, manifest: Manifest): StepAnswer | undefined {
  const form = moveFormOf(change);
  switch (form.kind) {
    case 'none':
      return undefined;
    case 'malformed':
      return stop(malformed);
    case 'departure':
      return mayMove(manifest)
        ? next(`not asked of a removal: the record lives on as ${JSON.stringify(form.to)}`)
        : stop(unmovable(manifest));
    case 'arrival':
      if (!mayMove(manifest)) {
        return stop(unmovable(manifest));
      }
      // An edit that follows a rename says what it alters, but for a document: that is its edit.
      return change.operation === 'patch' && (form.patch === undefined) !== (manifest.mergeStrategy === 'crdt')
        ? stop(malformed)
        : next(
            `not asked of a rename: it brings what ${JSON.stringify(form.from)} held, which is checked where it is read`,
          );
  }
}

const malformed = refuse(
  'quarantine',
  'schema_unknown',
  'record_malformed',
  'The change says that a record was renamed, in a form that this version does not know. It is held; upgrade here, or look at the device that wrote it.',
);

function unmovable({ collection }: Manifest): ReturnType<typeof refuse> {
  const message = `Records of "${collection}" keep their id, and a change that renames one arrived. It has no effect; find out which device sent it.`;
  return refuse('quarantine', 'policy_denied', 'move_unfounded', message);
}
