import type { ReviewBody, ReviewDetailBody } from '../../src/api/types/reviews.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Api } from '../ground/api.ts';
import type { DecisionWay } from './decisions.ts';

/** What became of a decision. `overtaken`: nothing was decided, because it is no longer what was looked at. */
export type Decided =
  | { readonly kind: 'done' }
  | { readonly kind: 'overtaken'; readonly now: ReviewDetailBody }
  | { readonly kind: 'failed'; readonly words: string };

export const reviewPath = (id: string): string => `/v1/reviews/${encodeURIComponent(id)}`;

/** Decides about what the person saw, and about nothing else. */
export async function decide(
  api: Api,
  seen: ReviewDetailBody,
  action: DecisionWay['action'],
  fields?: JsonObject,
): Promise<Decided> {
  const path = `${reviewPath(seen.id)}/${action}`;
  const answer = await api.post(path, fields === undefined ? {} : { fields }, { ifMatch: seen.version });
  if (answer.ok || answer.status !== 412) {
    return answer.ok ? { kind: 'done' } : { kind: 'failed', words: answer.words };
  }
  const now = await api.get<ReviewDetailBody>(reviewPath(seen.id));
  return now.ok ? { kind: 'overtaken', now: now.value } : { kind: 'failed', words: now.words };
}

/** Takes harmless ones, one after the other; answers which were taken, and why the first that was not stayed. */
export async function takeAll(
  api: Api,
  items: readonly ReviewBody[],
): Promise<{ readonly taken: readonly ReviewBody[]; readonly words: string | undefined }> {
  const taken: ReviewBody[] = [];
  for (const item of items) {
    const now = await api.get<ReviewDetailBody>(reviewPath(item.id));
    if (!now.ok) {
      return { taken, words: now.words };
    }
    if (now.value.judgement?.level !== 'harmless' || now.value.summary !== item.summary) {
      return { taken, words: `“${item.summary}” has changed since. Look at it by itself.` };
    }
    const answer = await api.post(`${reviewPath(item.id)}/accept`, {}, { ifMatch: now.value.version });
    if (!answer.ok) {
      return { taken, words: answer.words };
    }
    taken.push(item);
  }
  return { taken, words: undefined };
}

/** Takes back decisions, the last one first; in words why the first that stays could not be. */
export async function undoAll(api: Pick<Api, 'post'>, ids: readonly string[]): Promise<string | undefined> {
  for (const id of ids.toReversed()) {
    const answer = await api.post(`${reviewPath(id)}/undo`);
    if (!answer.ok) {
      return answer.words;
    }
  }
  return undefined;
}
