import type { StatusBody } from '../../api/types/bodies.ts';
import type { LeaseBody } from '../../api/types/leases.ts';
import type { Result } from '../../base/result.ts';
import { ok } from '../../base/result.ts';
import type { Outcome } from '../answer.ts';
import type { AgentPorts } from '../ports.ts';
import { type Known, agentOf, knownBy } from '../session.ts';
import { wordsOfFault } from '../words.ts';

/** Always an answer: what runs, what this agent may do, and what to ask the person for where it lacks something. */
export async function syncStatus(ports: AgentPorts): Promise<Outcome> {
  const ready = await ports.connect(null).ready();
  if (!ready.ok) {
    const ask = wordsOfFault(ready.error);
    return said({ daemon: ready.error.kind === 'unreachable' ? 'unreachable' : 'locked', ask });
  }
  const known = await knownBy(ports);
  if (!known.ok) {
    return said({ daemon: 'ready', ask: known.error });
  }
  const [agent, status] = [await agentOf(ports), await known.value.client.status()];
  return said({
    ...{ daemon: 'ready', client: known.value.self.name },
    ...(status.ok ? standing(status.value, reachOf(known.value, agent)) : {}),
    ...(agent.ok ? { lease: leaseData(agent.value.lease) } : {}),
    ask: agent.ok ? null : agent.error,
  });
}

function said(data: { readonly daemon: string; readonly ask: string | null }): Outcome {
  const words = {
    ready: 'The daemon runs.',
    locked: 'The daemon runs, and its keys are locked: the person unlocks them.',
    unreachable: 'No daemon answers.',
  }[data.daemon];
  const rest = data.ask ?? 'This agent reads what its lease reaches, and proposes; a person decides.';
  return ok({ words: `${words} ${rest}`, data: { client: null, lease: null, collections: [], ...data } });
}

/** Names of the collections whose counts are shown: what the agent may read, no more. */
function reachOf(
  { self }: Known,
  agent: Result<{ readonly engines: StatusBody['engines'] }, string>,
): readonly string[] {
  return agent.ok
    ? agent.value.engines.map(({ collection }) => collection)
    : self.collections === 'all'
      ? []
      : self.collections;
}

function standing({ device, relay, sync, engines }: StatusBody, reach: readonly string[]): object {
  return {
    device: device.label,
    relay: relay.state,
    paused: sync.paused,
    collections: engines
      .filter(({ collection }) => reach.includes(collection))
      .map(({ collection, enabled, state, reasonCodes, mergeStrategy, counts }) => ({
        ...{ collection, enabled, state, reasonCodes, mergeStrategy },
        ...{ live: counts.live, waitForReview: counts.review, conflicts: counts.conflicts },
      })),
  };
}

function leaseData({ leaseId, agentId, capability, collections, expiresAt, requiresHumanApproval }: LeaseBody): object {
  return { leaseId, agentId, capability, collections, expiresAt, requiresHumanApproval };
}
