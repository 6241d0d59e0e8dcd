import type { ElsewhereBody, ReviewBody, ReviewListBody } from '../../src/api/types/reviews.ts';
import type { Api } from '../ground/api.ts';
import type { Answer } from '../ground/answer.ts';
import { useHere } from '../ground/here.ts';
import { type Loaded, useRead } from '../ground/use-loaded.ts';

const pageSize = 1000;

export interface QueueContents {
  /** Everything that waits for a decision here, oldest first. */
  readonly items: readonly ReviewBody[];
  readonly elsewhere: readonly ElsewhereBody[];
}

export function useQueue(): Loaded<QueueContents> {
  const { api } = useHere();
  return useRead(async () => readAll(api), 'queue', ['review.', 'conflict.', 'brake.', 'engine.']);
}

async function readAll(api: Api): Promise<Answer<QueueContents>> {
  const items: ReviewBody[] = [];
  let elsewhere: readonly ElsewhereBody[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Answer<ReviewListBody> = await api.get(`/v1/reviews?limit=${pageSize}${after}`);
    if (!page.ok) {
      return page;
    }
    items.push(...page.value.items);
    elsewhere = page.value.elsewhere ?? [];
    cursor = page.value.nextCursor;
  } while (cursor !== null);
  return { ok: true, value: { items, elsewhere } };
}
