import type { JSX } from 'preact';
import type { EngineBody } from '../../src/api/types/bodies.ts';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { shown } from '../ground/words.ts';
import { engineCounts, engineState } from './engine-words.ts';

export function EngineItem({ engine }: { readonly engine: EngineBody }): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const { engineId, collection, enabled, needs = [] } = engine;
  const verb = enabled ? 'disable' : 'enable';
  return (
    <li class={enabled ? '' : 'off'}>
      <h3>{collection}</h3>
      <div class="things-act">
        <button
          type="button"
          disabled={isBusy}
          onClick={() =>
            void run(
              async () => api.post(`/v1/engines/${encodeURIComponent(engineId)}/${verb}`),
              `${collection} is ${enabled ? 'off' : 'on'}.`,
            )
          }
        >
          Turn {enabled ? 'off' : 'on'}
          <span class="aloud"> {collection}</span>
        </button>
      </div>
      <p>
        {engineState(engine)}
        {enabled ? <span class="quiet-text"> {engineCounts(engine)}</span> : null}
      </p>
      {needs.map(({ owner, message, remedy }) => (
        <p key={owner}>
          {shown(message)} {shown(remedy)}
        </p>
      ))}
      <Problem words={failure} />
    </li>
  );
}
