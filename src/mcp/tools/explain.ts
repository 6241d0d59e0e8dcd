import type { ExplainedChangeBody } from '../../api/types/explain.ts';
import { err, ok } from '../../base/result.ts';
import { type Outcome, startOf } from '../answer.ts';
import { longestExcerpt, mostExplainedChanges } from '../limits.ts';
import type { AgentPorts } from '../ports.ts';
import { agentIn } from '../session.ts';
import { wordsOfFault } from '../words.ts';

/** Why a record is, or is not, on the other devices, and what became of its latest changes. */
export async function explainRecord(
  ports: AgentPorts,
  { collection, id }: { readonly collection: string; readonly id: string },
): Promise<Outcome> {
  const agent = await agentIn(ports, collection);
  if (!agent.ok) {
    return agent;
  }
  const answer = await agent.value.client.explain(collection, id);
  if (!answer.ok) {
    return err(wordsOfFault(answer.error));
  }
  const { synced, why, notSynced, keptAsBytes, changes } = answer.value;
  const shown = changes.slice(-mostExplainedChanges);
  const left = changes.length - shown.length;
  return ok({
    words: `${why}${left > 0 ? ` The ${shown.length} latest changes are told; ${left} before them are not.` : ''}`,
    data: { collection, id, synced, why, notSynced, keptAsBytes, changes: shown.map(changeData) },
  });
}

function changeData(change: ExplainedChangeBody): object {
  const { changeId, operation, summary, disposition, at, author, signer, verdict, reasonCode, strategy } = change;
  return {
    ...{ changeId, operation, disposition, at, author, verdict, reasonCode },
    summary: startOf(summary, longestExcerpt),
    device: signer.device,
    decided: startOf(strategy.decided, longestExcerpt),
    reviews: strategy.reviews.map(({ id, kind }) => ({ id, kind })),
  };
}
