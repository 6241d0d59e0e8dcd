import type { ClientFault } from '../client/client.ts';

/** What an agent may hold, and nothing beside it. */
export const agentCapabilities = [
  'records.read',
  'records.propose',
  'reviews.read',
  'engines.read',
  'leases.read',
] as const;

const toAdd = `sourcesync clients add NAME --capability ${agentCapabilities.join(' ')} --collection COLLECTION --ttl 30d --out token.txt`;
const toGrant =
  'sourcesync lease grant --agent NAME --capability records.write --collection COLLECTION --ttl 24h --out lease.json --key-out agent.key';
const again = 'The person runs it; this server reads the files anew at every call.';

export const askForToken: string = `This agent has no token of its own, and nobody else's is used for it. Ask the person of this device to run: ${toAdd} and to start this server with --token-file token.txt, or SOURCESYNC_CLIENT_TOKEN_FILE.`;
export const askForLease: string = `This agent has no lease, so it reads and proposes nothing. Ask the person of this device to run: ${toGrant} and to start this server with --lease lease.json --agent-key agent.key, or SOURCESYNC_LEASE_FILE and SOURCESYNC_AGENT_KEY_FILE.`;
export const askForKey: string =
  'Proposals are signed with the key of the agent, and none was given. Ask the person of this device to start this server with --agent-key FILE, or SOURCESYNC_AGENT_KEY_FILE: the key that was made with the lease.';

export const ownersToken: string = `The token that was given is that of the person, who may do everything. An agent never works with it, and nothing was done. Ask the person for one of its own: ${toAdd}`;

export function tooMuch(name: string, surplus: readonly string[]): string {
  return `The token of the client ${name} may do more than an agent should (${surplus.join(', ')}), and nothing was done with it. Ask the person for one that holds nothing else: ${toAdd}`;
}

export function leaseUnknown(leaseId: string): string {
  return `This device did not grant the lease ${leaseId}, or has forgotten it. Ask the person for one that is granted here: ${toGrant}. ${again}`;
}

export function leaseEnded(state: string, expiresAt: string, reasonCode: string | null): string {
  const why =
    state === 'expired'
      ? `expired at ${expiresAt}`
      : state === 'revoked'
        ? 'was revoked'
        : `does not hold (${reasonCode})`;
  return `The lease of this agent ${why}, so it reads and proposes nothing. Ask the person for a new one: ${toGrant}. ${again}`;
}

export function leaseUnfit(capability: string): string {
  return `The lease of this agent lends ${capability}, and one for records.write is needed. Ask the person: ${toGrant}`;
}

export function elsewhere(collection: string, reached: readonly string[] | 'all'): string {
  const may = reached === 'all' ? 'everything but secrets' : reached.join(', ') || 'nothing';
  return `The lease and the token of this agent do not reach the collection ${collection}. They reach: ${may}. For more, ask the person: sourcesync lease grant`;
}

export const secretsUnreachable: string =
  'Secrets are reached by no agent, under no lease. A record refers to one by {"$secretRef": …}; a person puts it in with: sourcesync secrets set';

/** What went wrong between this server and the daemon, and what to do next. */
export function wordsOfFault(fault: ClientFault): string {
  if (fault.kind === 'unreachable') {
    return fault.isNobody
      ? `${fault.message} Ask the person to start it: sourcesync daemon start. Then call again; this server need not be started anew.`
      : `${fault.message} It may be busy: call again in a moment.`;
  }
  const { status, detail } = fault.problem;
  return status === 412 ? `${detail} Read the record again, and propose the change on that version.` : detail;
}
