const prefix = 'urn:srcos:agent:';

/** How an agent is named as an author. Source: the AgentCapabilityLease contract. */
export function agentUrn(name: string): string {
  return `${prefix}${name}`;
}

export function isAgent(authorId: string): boolean {
  return authorId.startsWith(prefix);
}
