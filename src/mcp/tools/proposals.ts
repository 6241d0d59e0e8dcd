import type { ReviewBody, ReviewDetailBody } from '../../api/types/reviews.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Outcome, startOf } from '../answer.ts';
import { longestExcerpt, mostProposals } from '../limits.ts';
import type { AgentPorts } from '../ports.ts';
import { type Agent, agentIn, agentOf } from '../session.ts';
import { wordsOfFault } from '../words.ts';
import type { Opened } from './propose.ts';

/** What the agent of the lease proposed: what waits, what was decided on this device, and what this run has proposed. */
export async function listMyProposals(
  ports: AgentPorts,
  opened: Opened,
  { collection }: { readonly collection?: string | undefined },
): Promise<Outcome> {
  const agent = await (collection === undefined ? agentOf(ports) : agentIn(ports, collection));
  if (!agent.ok) {
    return agent;
  }
  const collections = collection === undefined ? agent.value.engines.map((engine) => engine.collection) : [collection];
  const found = await ownItems(agent.value, collections);
  if (!found.ok) {
    return found;
  }
  const ids = [...new Set([...found.value.map(({ id }) => id), ...opened.ids])];
  const items: object[] = [];
  for (const id of ids.slice(0, mostProposals)) {
    const item = await agent.value.client.review(id);
    if (item.ok && item.value.author === agent.value.lease.agentId && collections.includes(item.value.collection)) {
      items.push(proposalData(item.value));
    }
  }
  const left = Math.max(0, ids.length - mostProposals);
  return ok({
    words: `${items.length} proposals of ${agent.value.lease.agentId}.${left > 0 ? ` ${left} more are not told: name a collection.` : ''} What was decided on another device before this server was started is told by explain_record.`,
    data: { agent: agent.value.lease.agentId, items, notTold: left },
  });
}

/** What waits first, then what was decided here. */
async function ownItems(
  { client, lease }: Agent,
  collections: readonly string[],
): Promise<Result<readonly ReviewBody[], string>> {
  const waiting: ReviewBody[] = [];
  const decided: ReviewBody[] = [];
  for (const collection of collections) {
    let cursor: string | null | undefined;
    do {
      const page = await client.reviews({ collection, limit: 100, ...(typeof cursor === 'string' ? { cursor } : {}) });
      if (!page.ok) {
        return err(wordsOfFault(page.error));
      }
      waiting.push(...page.value.items.filter(({ author }) => author === lease.agentId));
      cursor = page.value.nextCursor;
    } while (cursor !== null && waiting.length < mostProposals);
    const here = await client.decidedHere(collection);
    if (!here.ok) {
      return err(wordsOfFault(here.error));
    }
    decided.push(...here.value.items.filter(({ author }) => author === lease.agentId));
  }
  return ok([...waiting, ...decided]);
}

function proposalData({
  id,
  collection,
  recordId,
  kind,
  status,
  createdAt,
  summary,
  closedBy,
}: ReviewDetailBody): object {
  return {
    ...{ proposal: id, collection, id: recordId, kind, status, proposedAt: createdAt },
    summary: startOf(summary, longestExcerpt),
    decidedAt: closedBy?.at ?? null,
    decidedBy: closedBy?.author ?? null,
  };
}
