import type { Core, Known } from '../kernel/core.ts';
import { isLiveAtOnce } from '../kernel/live-at-once.ts';
import { lossesOf } from './losses.ts';
import type { CollectionBinding } from '../names/binding.ts';
import type { Work } from '../lists/turn.ts';

/**
 * No batch of a member keeps others waiting for longer, whatever it takes away: what went by then counts as lost. It is
 * counted in work, so that on a machine that is busy with other things a mass change is still seen whole.
 */
const longestTimes = 40;

/**
 * True where the transaction leaves what there is to judge to the next one, so that others have their turn. What takes
 * something away is judged with all that came with it: the brake must see a mass change whole, or a part of it passes.
 */
export function isTimeOver(core: Known & Pick<Core, 'backlog' | 'guards'>): boolean {
  const { judging, reach } = core.guards.turn;
  if (judging !== 'usual') {
    return false;
  }
  reach.looks++;
  if (reach.isAgain) {
    // As far as before: what is found to be too much is what was judged, and nothing beyond it takes effect beside it.
    return reach.looks >= reach.end;
  }
  const isOver = !core.backlog.intake.mayGoOn() && mayLeaveTheRest(core);
  if (isOver && reach.looks < reach.end) {
    reach.end = reach.looks;
  }
  return isOver;
}

function mayLeaveTheRest(core: Known & Pick<Core, 'backlog' | 'guards'>): boolean {
  return core.backlog.intake.hasWorked(longestTimes) || !losesSomething(core);
}

/** True where something that was live here goes by what others wrote. */
export function losesSomething(core: Known & Pick<Core, 'guards'>): boolean {
  const { turn } = core.guards;
  turn.reach.takesAway ||= [...turn.work].some(([collection, work]) => {
    const binding = core.rules.bindings.ofCollection(collection);
    return binding !== undefined && isLiveAtOnce(binding) && takesAway(core, binding, work);
  });
  return turn.reach.takesAway;
}

function takesAway(
  core: Pick<Core, 'store' | 'device' | 'logs' | 'guards'>,
  binding: CollectionBinding,
  { touched, withheld }: Work,
): boolean {
  return withheld.size > 0 || lossesOf(core, binding, touched).some(({ change }) => change.deviceId !== core.device.id);
}
