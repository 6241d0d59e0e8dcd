import type { LeaseBody } from '../api/types/leases.ts';
import type { ClientBody } from '../api/types/clients.ts';
import type { EngineBody } from '../api/types/bodies.ts';
import { isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { ClientFault } from '../client/client.ts';
import type { AgentClient, AgentPorts } from './ports.ts';
import * as words from './words.ts';

/** A program that the daemon knows by a token of its own, which may do no more than an agent should. */
export interface Known {
  readonly client: AgentClient;
  readonly self: ClientBody;
}

/** An agent whose lease holds now. */
export interface Agent extends Known {
  readonly lease: LeaseBody;
  /** Collections that lease and token both reach; never one whose values live in the vault. */
  readonly engines: readonly EngineBody[];
}

/** Whose token it is. That of the person is refused, and so is one that can do what an agent must not. */
export async function knownBy(ports: AgentPorts): Promise<Result<Known, string>> {
  if (ports.files.token === undefined) {
    return err(words.askForToken);
  }
  const token = await ports.readToken(ports.files.token);
  if (!token.ok) {
    return err(`${token.error} ${words.askForToken}`);
  }
  const client = ports.connect(token.value);
  const answer = await client.self();
  if (!answer.ok) {
    return err(await wordsOfNoEntry(ports, answer.error));
  }
  const { client: self } = answer.value;
  if (self === null) {
    return err(words.ownersToken);
  }
  const held: readonly string[] = words.agentCapabilities;
  const surplus = self.capabilities.filter((one) => !held.includes(one));
  return surplus.length > 0 ? err(words.tooMuch(self.name, surplus)) : ok({ client, self });
}

/** The agent with the lease that it was given, asked of the daemon anew: nothing that the file says is believed. */
export async function agentOf(ports: AgentPorts): Promise<Result<Agent, string>> {
  const known = await knownBy(ports);
  if (!known.ok) {
    return known;
  }
  const lease = await leaseOf(ports, known.value.client);
  if (!lease.ok) {
    return lease;
  }
  const engines = await known.value.client.engines();
  return engines.ok
    ? ok({ ...known.value, lease: lease.value, engines: reached(engines.value.items, lease.value, known.value.self) })
    : err(words.wordsOfFault(engines.error));
}

/** The same for one collection. */
export async function agentIn(ports: AgentPorts, collection: string): Promise<Result<Agent, string>> {
  const agent = await agentOf(ports);
  if (!agent.ok || agent.value.engines.some((engine) => engine.collection === collection)) {
    return agent;
  }
  return err(
    collection === 'secrets'
      ? words.secretsUnreachable
      : words.elsewhere(
          collection,
          agent.value.engines.map((engine) => engine.collection),
        ),
  );
}

/** The lease of the given file as this device has it: active, and one that lends reading or writing of records. */
export async function leaseOf(
  ports: Pick<AgentPorts, 'files' | 'readText'>,
  client: Pick<AgentClient, 'leases'>,
): Promise<Result<LeaseBody, string>> {
  if (ports.files.lease === undefined) {
    return err(words.askForLease);
  }
  const text = await ports.readText(ports.files.lease);
  const leaseId = text.ok ? leaseIdIn(text.value) : undefined;
  if (leaseId === undefined) {
    return err(`${text.ok ? `${ports.files.lease} holds no lease.` : text.error} ${words.askForLease}`);
  }
  const granted = await client.leases();
  if (!granted.ok) {
    return err(words.wordsOfFault(granted.error));
  }
  const lease = granted.value.items.find((one) => one.leaseId === leaseId);
  if (lease === undefined) {
    return err(words.leaseUnknown(leaseId));
  }
  if (lease.state !== 'active') {
    return err(words.leaseEnded(lease.state, lease.expiresAt, lease.reasonCode));
  }
  return ['records.read', 'records.write'].includes(lease.capability)
    ? ok(lease)
    : err(words.leaseUnfit(lease.capability));
}

function leaseIdIn(text: string): string | undefined {
  try {
    const file: unknown = JSON.parse(text);
    const lease = isJsonObject(file) ? file['lease'] : undefined;
    const leaseId = isJsonObject(lease) ? lease['leaseId'] : undefined;
    return typeof leaseId === 'string' ? leaseId.slice(0, 128) : undefined;
  } catch {
    return undefined;
  }
}

function reached(engines: readonly EngineBody[], lease: LeaseBody, self: ClientBody): readonly EngineBody[] {
  return engines.filter(
    ({ collection, mergeStrategy, encryptionScope }) =>
      mergeStrategy !== 'never_merge' &&
      encryptionScope === lease.scopeKind &&
      [lease.collections, self.collections].every((some) => some === 'all' || some.includes(collection)),
  );
}

/** A daemon whose keys are locked knows no client: it says so itself, to anyone. */
async function wordsOfNoEntry(ports: AgentPorts, fault: ClientFault): Promise<string> {
  if (fault.kind === 'problem' && fault.problem.status === 401) {
    const ready = await ports.connect(null).ready();
    return ready.ok
      ? `${fault.problem.detail} ${words.askForToken}`
      : `${words.wordsOfFault(ready.error)} This is for the person; call again afterwards.`;
  }
  return words.wordsOfFault(fault);
}
