import type { JSX } from 'preact';
import type { EngineBody, PageBody, StatusBody } from '../../src/api/types/bodies.ts';
import type { PlaceBody } from '../../src/api/types/places.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { counted } from '../ground/words.ts';
import { EngineItem } from './EngineItem.tsx';
import { FolderItem } from './FolderItem.tsx';
import { PlaceItem } from './PlaceItem.tsx';

/** What syncs, how each of it stands, and the folders and places that feed it. */
export function Engines({ status }: { readonly status: StatusBody | undefined }): JSX.Element {
  const places = useLoaded<PageBody<PlaceBody>>('/v1/places', ['engine.', 'review.', 'record.']);
  if (status === undefined) {
    return <p class="empty">Reading the engines…</p>;
  }
  const found = (places.value?.items ?? []).filter(({ on, files }) => on || files.length > 0);
  const used = status.engines.filter(isUsed);
  const others = status.engines.filter((engine) => !isUsed(engine));
  return (
    <>
      <section class="block" aria-label="folders and places">
        <h3>Folders and places</h3>
        {places.value === undefined ? <p>{places.failure ?? 'Reading the places…'}</p> : null}
        {places.value !== undefined && status.folders.length + found.length === 0 ? (
          <p class="empty">
            No folder is linked, and no place of this machine is followed. See what there is with{' '}
            <code>sourcesync setup</code>, or link a folder: <code>sourcesync link notes ~/notes</code>
          </p>
        ) : (
          <ul class="things">
            {status.folders.map((folder) => (
              <FolderItem key={folder.path} folder={folder} isRevoked={status.device.revoked} />
            ))}
            {found.map((place) => (
              <PlaceItem key={place.name} place={place} reload={places.reload} />
            ))}
          </ul>
        )}
      </section>
      <section class="block" aria-label="engines">
        <h3>Engines</h3>
        {used.length === 0 ? <p class="empty">No engine has anything yet.</p> : null}
        <ul class="things">
          {used.map((engine) => (
            <EngineItem key={engine.engineId} engine={engine} />
          ))}
        </ul>
        <details>
          <summary>{counted(others.length, 'engine')} without anything, or off</summary>
          <ul class="things">
            {others.map((engine) => (
              <EngineItem key={engine.engineId} engine={engine} />
            ))}
          </ul>
        </details>
      </section>
    </>
  );
}

/** What a person has in it, or is to do about it. */
function isUsed({ enabled, counts, needs = [] }: EngineBody): boolean {
  const waiting = counts.review + counts.conflicts + counts.quarantined + counts.outbox;
  return enabled && counts.live + waiting + needs.length > 0;
}
