import type { StatusBody } from '../../src/api/types/bodies.ts';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { PolicyBody } from '../../src/api/types/policy.ts';
import { shortId, shown } from '../ground/words.ts';
import { givingCommand } from '../queue/item-words.ts';

/** Why no rule is written on this device, and the command that changes that. */
export interface Obstacle {
  readonly why: string;
  readonly command: string;
}

/** Undefined where a rule may be written. */
export function whyNotHere(
  { lacking }: Pick<PolicyBody, 'lacking'>,
  status: Pick<StatusBody, 'engines'> | undefined,
  devices: DeviceListBody | undefined,
): Obstacle | undefined {
  const engine = status?.engines.find(({ collection }) => collection === 'policy');
  if (engine !== undefined && !engine.enabled) {
    return {
      why: 'Rules are not shared with other devices yet. Turn policy on under Engines, or with:',
      command: 'sourcesync engines enable policy',
    };
  }
  if (engine?.reasonCodes.includes('no_org_profile') === true) {
    return {
      why: 'Rules belong to an organisation, and there is none yet. Make one with:',
      command: 'sourcesync scopes create org NAME',
    };
  }
  if (lacking === null) {
    return undefined;
  }
  const names = lacking.givers.map((id) => {
    const label = devices?.items.find(({ deviceId }) => deviceId === id)?.label ?? '';
    return label === '' ? shortId(id) : shown(label);
  });
  const on = names.length === 0 ? 'a device that administers this one' : names.join(' or ');
  return {
    why: `This device sets no rule: it lacks the authority policy. To give it that, run on ${on}:`,
    command: givingCommand(lacking.command, devices),
  };
}
