import type { Member } from './member.ts';

const shortLength = 160;

/** What a device's `status` says of its own disk or of the files that it cannot write; undefined while that is nothing. */
export async function saidOfDisk(member: Member): Promise<string | undefined> {
  const status = await member.status();
  if (status === undefined) {
    return undefined;
  }
  const { store, folders } = status;
  if (store.state !== 'well') {
    return `${store.cause}: ${short(store.message ?? '')}`;
  }
  const folder = folders.find(({ state, notInStep }) => state === 'paused' || notInStep.count > 0);
  return folder === undefined
    ? undefined
    : `folder ${folder.state}: ${short(folder.pausedReason ?? folder.notInStep.first[0]?.reason ?? '')}`;
}

/** What a device's `status` says of its relay while it is not online there, or of what the relay does not take. */
export async function saidOfRelay(member: Member): Promise<string | undefined> {
  const status = await member.status();
  if (status === undefined) {
    return undefined;
  }
  const { relay, unsent } = status;
  const [first] = unsent;
  if (first !== undefined) {
    return `unsent: ${first.code}: ${short(first.reason)}`;
  }
  return relay.state === 'online' ? undefined : `relay ${relay.state}: ${short(relay.reason ?? 'no reason is given')}`;
}

/** What `doctor` says under one of these names, of something that is not, or was not, as it should be. */
export async function saidByDoctor(member: Member, names: RegExp): Promise<string | undefined> {
  const answer = await member.client.doctor();
  const check = answer.ok
    ? answer.value.checks.find(({ name, ok, remedy }) => (!ok || remedy !== null) && names.test(name))
    : undefined;
  return check === undefined ? undefined : `doctor, ${check.name}: ${short(check.message)}`;
}

export function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= shortLength ? line : `${line.slice(0, shortLength)}…`;
}
