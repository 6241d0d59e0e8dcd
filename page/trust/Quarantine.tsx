import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PageBody, QuarantineBody } from '../../src/api/types/bodies.ts';
import { Confirm } from '../ground/Confirm.tsx';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { ago, counted, shown, spoken } from '../ground/words.ts';

const previewed = 50;

/** What is asked before it is done: neither is taken back here. */
const ways = {
  release: { label: 'Let it in', done: 'Let in.', means: 'It counts from now on as if it had come in order.' },
  drop: { label: 'Drop it', done: 'Dropped.', means: 'It has no effect, for good. This is not taken back.' },
} as const;

interface Asked {
  readonly item: QuarantineBody;
  readonly verb: keyof typeof ways;
}

/** What came and was set aside, because it did not verify or could not be judged. */
export function Quarantine(): JSX.Element | null {
  const { value, failure, reload } = useLoaded<PageBody<QuarantineBody>>(`/v1/quarantine?limit=${previewed}`, [
    'quarantine.',
  ]);
  const [asked, setAsked] = useState<Asked>();
  const items = value?.items ?? [];
  return (
    <section class="block" aria-labelledby="quarantine-title">
      <h3 id="quarantine-title">Set aside</h3>
      <Problem words={failure} />
      {items.length === 0 ? <p>Nothing is.</p> : null}
      <ul class="things">
        {items.map((item) => (
          <li key={item.id}>
            <h4>
              {item.recordId === null ? (
                counted(1, 'batch', 'batches')
              ) : (
                <>
                  {item.collection} <code>{shown(item.recordId)}</code>
                </>
              )}
            </h4>
            <div class="things-act">
              <button type="button" onClick={() => setAsked({ item, verb: 'release' })}>
                {ways.release.label}
                <span class="aloud">: {shown(item.summary)}</span>
              </button>
              <button type="button" onClick={() => setAsked({ item, verb: 'drop' })}>
                {ways.drop.label}
                <span class="aloud">: {shown(item.summary)}</span>
              </button>
            </div>
            <p>
              {shown(item.summary)}{' '}
              <span class="quiet-text">
                {spoken(item.reasonCode)} · {ago(item.createdAt)}
              </span>
            </p>
          </li>
        ))}
      </ul>
      {asked === undefined ? null : (
        <Settle
          asked={asked}
          leave={() => {
            setAsked(undefined);
            reload();
          }}
        />
      )}
      {(value?.nextCursor ?? null) === null ? null : (
        <p class="quiet-text">
          There are more: <code>sourcesync quarantine ls</code>
        </p>
      )}
    </section>
  );
}

function Settle({ asked, leave }: { readonly asked: Asked; readonly leave: () => void }): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const { item, verb } = asked;
  const { label, done, means } = ways[verb];
  const act = async (): Promise<void> => {
    if (await run(async () => api.post(`/v1/quarantine/${encodeURIComponent(item.id)}/${verb}`), done)) {
      leave();
    }
  };
  return (
    <Confirm title={`${label}?`} verb={label} isBusy={isBusy} act={() => void act()} leave={leave}>
      <p>
        {shown(item.summary)}. {means}
      </p>
      <Problem words={failure} />
    </Confirm>
  );
}
