import type { JSX } from 'preact';
import type { HistoryBody, PageBody, RecordBody } from '../../src/api/types/bodies.ts';
import type { ExplainBody } from '../../src/api/types/explain.ts';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { shown } from '../ground/words.ts';
import { Version } from './Version.tsx';
import { beforeOf, statesOf } from './states.ts';

interface RecordPastProps {
  readonly record: RecordBody;
  readonly reload: () => void;
}

/** One record: why it is in step or is not, and its versions, the last first. */
export function RecordPast({ record, reload }: RecordPastProps): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const path = `/v1/collections/${encodeURIComponent(record.collection)}/records/${encodeURIComponent(record.id)}`;
  const history = useLoaded<PageBody<HistoryBody>>(`${path}/history`, ['record.', 'review.']);
  const explain = useLoaded<ExplainBody>(`${path}/explain`, ['record.', 'review.', 'relay.']).value;
  const versions = history.value?.items ?? [];
  const states = statesOf(versions);

  const bringBack = async (version: HistoryBody): Promise<void> => {
    const isDone = await run(
      async () => api.post(`${path}/rollback`, { to: version.changeId }),
      'It is back as it was then.',
    );
    if (isDone) {
      history.reload();
      reload();
    }
  };
  return (
    <article class="review" aria-labelledby="record-title">
      <h3 id="record-title">{shown(record.id)}</h3>
      {explain === undefined ? null : (
        <div class="why">
          <p>{shown(explain.why)}</p>
          {explain.notSynced.map(({ cause, remedy }) => (
            <p key={cause} class="quiet-text">
              {shown(remedy)}
            </p>
          ))}
        </div>
      )}
      <Problem words={failure ?? history.failure} />
      <ol class="things versions">
        {versions.toReversed().map((version) => (
          <Version
            key={version.changeId}
            version={version}
            before={beforeOf(version, states)}
            after={states.get(version.changeId) ?? null}
            isBusy={isBusy}
            bringBack={() => void bringBack(version)}
          />
        ))}
      </ol>
    </article>
  );
}
