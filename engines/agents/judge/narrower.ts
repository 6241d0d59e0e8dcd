import type { JsonValue } from '../../../src/base/json.ts';

/** Lists of what may be used: fewer is less. Where there is none, everything may. */
const open = ['enabled_tools', 'includeTools', 'allowedTools', 'allowed_tools', 'tools'];
/** Lists of what may be used unasked: where there is none, nothing may. */
const unasked = ['alwaysAllow', 'autoApprove', 'autoAllow'];
/** Lists of what may not be used. */
const closed = ['disabled_tools', 'excludeTools', 'disallowedTools', 'disallowed_tools'];

/** True where a list of tools lets fewer be used than before, or the same; undefined stands for a list that is not there. */
export function isNarrower(name: string, was: JsonValue | undefined, is: JsonValue | undefined): boolean {
  const [had, has] = [wordsIn(was), wordsIn(is)];
  if ((was !== undefined && had === undefined) || (is !== undefined && has === undefined)) {
    return false;
  }
  const within = (some: readonly string[], all: readonly string[]): boolean => some.every((word) => all.includes(word));
  if (open.includes(name)) {
    // An empty one is none of anything to some programs, and no list at all to others.
    return has !== undefined && has.length > 0 && (had === undefined || had.includes('*') || within(has, had));
  }
  if (unasked.includes(name)) {
    return within(has ?? [], had ?? []);
  }
  return closed.includes(name) && within(had ?? [], has ?? []);
}

function wordsIn(value: JsonValue | undefined): readonly string[] | undefined {
  const isList = Array.isArray(value) && (value as readonly JsonValue[]).every((word) => typeof word === 'string');
  return isList ? (value as readonly string[]) : undefined;
}
