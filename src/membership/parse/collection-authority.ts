import type { DeviceId } from '../../base/ids.ts';
import { standingAt } from './standing.ts';
import { type Authority, type Grant, type Member, type ScopeState, authorities } from './state.ts';

/** The authority over a collection: the one of its name, or null where the scope's administrators hold it. */
export function authorityOver(collection: string): Authority | null {
  return authorities.find((authority) => authority === collection) ?? null;
}

/** Whether a device holds the authority over a collection, as seen from a batch that names a position of the log. */
export function holdsAuthorityOver(
  state: ScopeState,
  deviceId: DeviceId,
  collection: string,
  batch: { readonly logSequence: number; readonly sequence: number },
): boolean {
  const standing = standingAt(state, deviceId, batch.logSequence, batch.sequence);
  return standing !== undefined && standing.role !== 'reader' && holds(standing, collection);
}

/**
 * How often the authority over a collection had been taken from somebody at a position of the log. What was written
 * before it was taken stands below what was written after; who holds it side by side with others is their equal.
 */
export function authorityGeneration(state: ScopeState, collection: string, logSequence: number): number {
  const losses = new Set([...state.members.values()].flatMap((member) => lossesOf(member, collection)));
  return [...losses].filter((position) => position <= logSequence).length;
}

function lossesOf({ grants, revoked }: Member, collection: string): readonly number[] {
  const held = grants.map((grant) => holds(grant, collection));
  const lost = grants.flatMap(({ since }, index) => (held[index - 1] === true && held[index] === false ? [since] : []));
  return revoked !== null && held.at(-1) === true ? [...lost, revoked.at] : lost;
}

function holds(grant: Pick<Grant, 'role' | 'authorities'>, collection: string): boolean {
  const authority = authorityOver(collection);
  return authority === null ? grant.role === 'admin' : grant.authorities.includes(authority);
}
