import type { Core, Known } from '../kernel/core.ts';
import { isLiveAtOnce } from '../kernel/live-at-once.ts';
import { lossesOf } from './losses.ts';
import type { CollectionBinding } from '../names/binding.ts';
import type { Work } from '../lists/turn.ts';

/** No batch of a member keeps others waiting for longer, whatever it takes away: what went by then counts as lost. */
const longestTimes = 40;

/**
 * True where the transaction leaves what there is to judge to the next one, so that others have their turn. What takes
 * something away is judged with all that came with it: the brake must see a mass change whole, or a part of it passes.
 */
export function isTimeOver(core: Known & Pick<Core, 'backlog' | 'guards'>): boolean {
  const { intake } = core.backlog;
  const { turn } = core.guards;
  if (turn.judging !== 'usual' || intake.mayGoOn()) {
    return false;
  }
  if (!intake.mayGoOn(longestTimes)) {
    return true;
  }
  turn.takesAway ||= [...turn.work].some(([collection, work]) => {
    const binding = core.rules.bindings.ofCollection(collection);
    return binding !== undefined && isLiveAtOnce(binding) && takesAway(core, binding, work);
  });
  return !turn.takesAway;
}

function takesAway(
  core: Pick<Core, 'store' | 'device' | 'logs' | 'guards'>,
  binding: CollectionBinding,
  { touched, withheld }: Work,
): boolean {
  return withheld.size > 0 || lossesOf(core, binding, touched).some(({ change }) => change.deviceId !== core.device.id);
}
