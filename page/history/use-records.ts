import type { PageBody, RecordBody, StatusBody } from '../../src/api/types/bodies.ts';
import type { Answer } from '../ground/answer.ts';
import type { Api } from '../ground/api.ts';
import { useHere } from '../ground/here.ts';
import { type Loaded, useRead } from '../ground/use-loaded.ts';

/** Of each collection; enough to look back on, and little enough to be here at once. */
const mostOfEach = 1000;

/** Records of the collections, what changed last first. */
export function useRecords(status: StatusBody | undefined): Loaded<readonly RecordBody[]> {
  const { api } = useHere();
  const collections = (status?.engines ?? [])
    .filter(
      ({ enabled, counts, collection }) => enabled && counts.live + counts.tombstoned > 0 && collection !== 'audit',
    )
    .map(({ collection }) => collection);
  return useRead(async () => readAll(api, collections), collections.join(' '), ['record.']);
}

async function readAll(api: Api, collections: readonly string[]): Promise<Answer<readonly RecordBody[]>> {
  const pages = await Promise.all(
    collections.map(async (name) =>
      api.get<PageBody<RecordBody>>(`/v1/collections/${encodeURIComponent(name)}/records?limit=${mostOfEach}`),
    ),
  );
  const failed = pages.find((page) => !page.ok);
  if (failed !== undefined && !failed.ok) {
    return failed;
  }
  const records = pages.flatMap((page) => (page.ok ? page.value.items : []));
  return {
    ok: true,
    value: records.toSorted((one, other) => (other.updatedAt ?? '').localeCompare(one.updatedAt ?? '')),
  };
}
