import type { RecordBody } from '../../api/types/bodies.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { LeaseToPresent } from '../../cli/ground/context.ts';
import type { Outcome } from '../answer.ts';
import type { AgentPorts } from '../ports.ts';
import { type Agent, agentIn } from '../session.ts';
import { askForKey, askForLease, leaseUnfit, wordsOfFault } from '../words.ts';

export interface ProposedChange {
  readonly collection: string;
  readonly id: string;
  readonly operation: 'put' | 'patch' | 'remove';
  readonly fields?: JsonObject | undefined;
  readonly ifVersion?: string | undefined;
}

/** Review items that this run of the server has opened, so that it can tell of them wherever they were decided. */
export interface Opened {
  readonly ids: Set<string>;
}

/** Puts a change before the person. The daemon sees to it that nothing of it counts before they decide. */
export async function proposeChange(ports: AgentPorts, opened: Opened, change: ProposedChange): Promise<Outcome> {
  const { collection, id } = change;
  const misshaped = faultOf(change);
  const agent = misshaped === undefined ? await agentIn(ports, collection) : err(misshaped);
  if (!agent.ok) {
    return agent;
  }
  if (agent.value.engines.some((engine) => engine.collection === collection && engine.mergeStrategy === 'crdt')) {
    return err(sharedDocuments(collection));
  }
  const written = await write(ports, agent.value, change);
  if (!written.ok) {
    return written;
  }
  const { waits, version, state, pending } = written.value;
  const data = { collection, id, state, version, pending, proposal: waits?.review ?? null };
  if (waits === undefined) {
    return ok({ words: `${collection}/${id} says so already: nothing was proposed.`, data });
  }
  opened.ids.add(waits.review);
  return ok({
    words: `Proposed as ${waits.review}. Nothing has changed yet, and it is for the person to decide: they see it with sourcesync review. list_my_proposals tells what became of it.`,
    data,
  });
}

/** An agent signs what a record becomes; what a shared document becomes is only known once it is merged. */
function sharedDocuments(collection: string): string {
  return `Records of ${collection} are shared documents that merge letter by letter, and a lease signs whole records: nothing can be proposed there. Tell the person what you would change.`;
}

function faultOf({ operation, fields, ifVersion }: ProposedChange): string | undefined {
  if (operation === 'remove') {
    return fields === undefined && ifVersion === undefined
      ? undefined
      : 'To propose a removal takes neither fields nor ifVersion. Leave them out.';
  }
  return fields === undefined
    ? `To propose ${operation === 'put' ? 'a put takes fields: the whole record' : 'a patch takes fields: a JSON merge patch'}.`
    : undefined;
}

async function write(ports: AgentPorts, agent: Agent, change: ProposedChange): Promise<Result<RecordBody, string>> {
  const { client, self, lease } = agent;
  if (lease.capability !== 'records.write') {
    return err(leaseUnfit(lease.capability));
  }
  if (!self.capabilities.includes('records.propose')) {
    return err(
      `The token of the client ${self.name} only reads. Ask the person for one that holds records.propose too.`,
    );
  }
  const files = await signingFiles(ports);
  if (!files.ok) {
    return files;
  }
  const { collection, id } = change;
  const current = await client.record(collection, id);
  if (!current.ok) {
    return err(wordsOfFault(current.error));
  }
  const signed = await ports.presentLease({
    ...files.value,
    ...{ collection, id, write: intentOf(change, current.value) },
  });
  if ('exitCode' in signed) {
    return err(signed.message);
  }
  const version = change.operation === 'patch' ? (change.ifVersion ?? current.value.version) : change.ifVersion;
  const answer = await (signed.fields === null
    ? client.removeRecord(collection, id, signed.header)
    : client.putRecord(collection, id, signed.fields, version, signed.header));
  return answer.ok ? answer : err(wordsOfFault(answer.error));
}

function intentOf({ operation, fields = {} }: ProposedChange, current: RecordBody): LeaseToPresent['write'] {
  switch (operation) {
    case 'put':
      return { kind: 'put', fields };
    case 'patch':
      return { kind: 'patch', patch: fields, current: current.fields };
    case 'remove':
      return { kind: 'remove' };
  }
}

async function signingFiles(
  ports: AgentPorts,
): Promise<Result<{ readonly lease: string; readonly agentKey: string }, string>> {
  const { lease: leaseFile, agentKey: keyFile } = ports.files;
  if (leaseFile === undefined || keyFile === undefined) {
    return err(leaseFile === undefined ? askForLease : askForKey);
  }
  const [lease, agentKey] = [await ports.readText(leaseFile), await ports.readText(keyFile)];
  if (!lease.ok) {
    return lease;
  }
  return agentKey.ok ? ok({ lease: lease.value, agentKey: agentKey.value }) : err(`${agentKey.error} ${askForKey}`);
}
