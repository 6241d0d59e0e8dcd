import type { CollectionName } from '../base/ids.ts';

const prefix = 'urn:srcos:agent:';

/** The capability that a lease must name to write records. */
export const writeCapability = 'records.write';

/** Where agents are registered, each under the name that its leases give it. */
export const agentsCollection: CollectionName = 'agents' as CollectionName;

/** How an agent is named as an author. Source: the AgentCapabilityLease contract. */
export function agentUrn(name: string): string {
  return `${prefix}${name}`;
}

/** The name in an agent's URN, which is also the id of its record in `agents`. */
export function nameOfAgent(urn: string): string {
  return urn.slice(prefix.length);
}

export function isAgent(authorId: string): boolean {
  return authorId.startsWith(prefix);
}
