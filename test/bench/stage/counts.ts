import type { Device } from './device.ts';

export async function countsOf(
  device: Device,
  collection: string,
): Promise<{
  readonly live: number;
  readonly review: number;
  readonly conflicts: number;
  readonly quarantined: number;
  readonly outbox: number;
}> {
  const { engines } = await device.ask((client) => client.status());
  const engine = engines.find((one) => one.collection === collection);
  if (engine === undefined) {
    throw new Error(`No engine serves ${collection}.`);
  }
  return engine.counts;
}

/** Live records of the workspace. */
export async function liveOf(device: Device): Promise<number> {
  return (await countsOf(device, 'workspace')).live;
}
