import type { DeviceListBody } from '../../api/types/devices.ts';
import { counted } from '../../base/counted.ts';
import { isAgent, nameOfAgent } from '../../contract/agent.ts';

/** What devices and people are called. */
export interface Names {
  readonly devices: DeviceListBody;
  device(deviceId: string): string;
  author(authorId: string): string;
  /** Words with the ids in them replaced by what they are called. */
  inWords(text: string): string;
}

/** Characters of an id that nothing else is known of: enough to tell it from the few that there are. */
const shownOfId = 8;

export function namesOf(devices: DeviceListBody): Names {
  const { items } = devices;
  const labels = new Map(items.map(({ deviceId, label }) => [deviceId, label]));
  const self = items.find((one) => one.self)?.userId;
  const device = (id: string): string => labels.get(id) ?? `device ...${id.slice(-shownOfId)}`;
  const author = (id: string): string =>
    id === self
      ? 'you'
      : isAgent(id)
        ? `agent ${nameOfAgent(id)}`
        : id.startsWith('urn:srcos:user:')
          ? `person ...${id.slice(-shownOfId)}`
          : id;
  return {
    devices,
    device,
    author,
    inWords: (text) =>
      text.replace(/urn:srcos:(device|user|agent):[\w.-]*\w/g, (id, kind) =>
        kind === 'device' ? device(id) : author(id),
      ),
  };
}

const minuteMs = 60_000;
const steps: readonly (readonly [unit: string, lengthMs: number])[] = [
  ['day', 24 * 60 * minuteMs],
  ['hour', 60 * minuteMs],
  ['minute', minuteMs],
];

/** How long ago, in words: `just now`, `3 minutes ago`, `1 day ago`. */
export function agoText(at: string, nowMs: number): string {
  const passedMs = nowMs - Date.parse(at);
  for (const [unit, lengthMs] of steps) {
    const count = Math.floor(passedMs / lengthMs);
    if (count >= 1) {
      return `${counted(count, unit)} ago`;
    }
  }
  return 'just now';
}
