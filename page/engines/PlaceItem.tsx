import type { JSX } from 'preact';
import type { PlaceBody, PlaceCounts } from '../../src/api/types/places.ts';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { counted, shown } from '../ground/words.ts';

interface PlaceItemProps {
  readonly place: PlaceBody;
  readonly reload: () => void;
}

export function PlaceItem({ place, reload }: PlaceItemProps): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const { name, collection, on, files, units, onlyRead, obstacles, failure: trouble, missingLine } = place;
  const turn = async (): Promise<void> => {
    const verb = on ? 'off' : 'on';
    const isDone = await run(
      async () => api.post(`/v1/places/${encodeURIComponent(name)}/${verb}`),
      `${name} is ${verb}.`,
    );
    if (isDone) {
      reload();
    }
  };
  return (
    <li class={on ? '' : 'off'}>
      <h3>{shown(name)}</h3>
      <div class="things-act">
        <button type="button" disabled={isBusy} onClick={() => void turn()}>
          Turn {on ? 'off' : 'on'}
          <span class="aloud"> {shown(name)}</span>
        </button>
      </div>
      <p>
        {on ? unitsText(units) : `Not followed. ${counted(units.total, 'thing')} there that could sync.`}{' '}
        <span class="quiet-text">
          {collection} · {files.map(shown).join(', ')}
        </span>
      </p>
      {onlyRead === null || !on ? null : <p class="quiet-text">{shown(onlyRead)}</p>}
      {missingLine === null || !on ? null : (
        <p>
          Add this line to {shown(missingLine.path)}, so that what other devices add is read:{' '}
          <code>{shown(missingLine.line)}</code>
        </p>
      )}
      {obstacles.map(({ path, message }) => (
        <p key={path} class="problem">
          {shown(path)}: {shown(message)}
        </p>
      ))}
      <Problem words={trouble ?? failure} />
    </li>
  );
}

function unitsText({ total, same, different, absent, fresh, held }: PlaceCounts): string {
  const apart = [
    ...(different > 0 ? [`${different} differ`] : []),
    ...(absent > 0 ? [`${absent} are not here`] : []),
    ...(fresh > 0 ? [`${fresh} are new`] : []),
    ...(held > 0 ? [`${held} stay here`] : []),
  ];
  return apart.length === 0
    ? `In step: ${counted(total, 'thing')}.`
    : `${same} of ${total} in step; ${apart.join(', ')}.`;
}
