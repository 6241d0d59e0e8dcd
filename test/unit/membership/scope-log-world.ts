import { createHousehold, deviceFrom } from './fixtures.ts';

export const household = createHousehold(1);

export const [genesisState, , withWriter, afterRevoke] = household.states;

export const [genesis, addSecond, addWriter, revoke] = household.entries;

export const { admin, second, writer, root } = household;

export const newcomer = deviceFrom(77);

export function keysOf({ epochKey, newEpochKey }: typeof household): { epochKey: Uint8Array; newEpochKey: Uint8Array } {
  return { epochKey, newEpochKey };
}
