import type { ResolvedReference } from '../../merge/values/references.ts';
import type { Reader } from '../../replica/past/references.ts';
import type { EngineBody } from '../types/bodies.ts';
import type { NeedBody } from '../types/explain.ts';

/** What of a record's references asks for something to be done, in words. */
export function needsOf(references: readonly ResolvedReference[]): readonly NeedBody[] {
  return references.flatMap(({ to, outcome, fatal, detail, remedy, set }) => [
    ...(fatal ? [{ to, message: `It needs ${to}: ${detail ?? outcome}.`, remedy: remedy ?? '' }] : []),
    ...(set === undefined ? [] : [{ to, message: `It refers to ${to}. ${set.message}`, remedy: set.remedy }]),
  ]);
}

/** The engine without what its records need of collections that are not told of to who asks: it names records. */
export function engineFor<T extends EngineBody>(engine: T, reader: Reader): T {
  if (engine.needs === undefined) {
    return engine;
  }
  const { needs, ...others } = engine;
  const told = reader.mayRead(engine.collection) ? needs.filter(({ collection }) => reader.mayRead(collection)) : [];
  return (told.length === 0 ? others : { ...others, needs: told }) as T;
}
