import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { ReviewBody, ReviewDetailBody } from '../../src/api/types/reviews.ts';
import { shortId, shown, spoken } from '../ground/words.ts';

/** What it is about, and what an engine says of it behind the colon. */
export function titleOf({ summary, recordId }: ReviewBody): {
  readonly title: string;
  readonly why: string | undefined;
} {
  const at = summary.indexOf(': ');
  const title = at < 0 ? summary : summary.slice(0, at);
  return { title: shown(title) || shown(recordId), why: at < 0 ? undefined : shown(summary.slice(at + 2)) };
}

export function deviceName(devices: DeviceListBody | undefined, deviceId: string): string {
  const device = devices?.items.find((one) => one.deviceId === deviceId);
  const label = device?.label === undefined || device.label === '' ? shortId(deviceId) : shown(device.label);
  return device?.self === true ? 'this device' : label;
}

/** As a POSIX shell takes it for one word: `asShellWord` of src/base, of which nothing that runs is built into the page. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The command that gives an authority, with devices by the names they have. */
export function givingCommand(command: string, devices: DeviceListBody | undefined): string {
  const named = (devices?.items ?? []).filter(({ label }) => label !== '');
  return shown(named.reduce((text, { deviceId, label }) => text.replaceAll(deviceId, shellWord(label)), command));
}

/** Who: a person by their device, an agent by its name. */
export function authorName({ author, deviceId }: ReviewBody, devices: DeviceListBody | undefined): string {
  const agent = /^urn:srcos:agent:(.+)$/.exec(author)?.[1];
  const on = deviceName(devices, deviceId);
  return agent === undefined ? on : `agent ${shown(agent)} on ${on}`;
}

/** What both sides of a choice are called; of a conflict with where each was written. */
export function sideTitles(
  { kind, alternatives }: ReviewDetailBody,
  choice: number,
  devices: DeviceListBody | undefined,
): readonly [mine: string, theirs: string] {
  const from = (at: number): string => {
    const by = kind === 'conflict' ? alternatives[at]?.by : undefined;
    return by === undefined || by === null ? '' : `, from ${deviceName(devices, by.deviceId)}`;
  };
  return [`Mine, live here${from(0)}`, `Theirs${from(choice + 1)}`];
}

const whyByKind: Readonly<Record<ReviewBody['kind'], string>> = {
  proposal: 'A change of another hand waits for your word.',
  conflict: 'It was written in two places apart from each other.',
  brake: 'Much would change at once.',
  approval: 'An agent asks for leave to do this once.',
};

export function whyItWaits(item: ReviewDetailBody): string {
  const { why } = titleOf(item);
  if (item.judgement?.level === 'dangerous') {
    return `It may change what this machine does: ${shown(item.judgement.words)}.`;
  }
  const reason = item.reasonCode === 'manual_review_required' ? '' : ` Reason: ${spoken(item.reasonCode)}.`;
  return `${whyByKind[item.kind]}${why === undefined || why === 'harmless' ? '' : ` It is ${why}.`}${reason}`;
}
