import type { JSX } from 'preact';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { counted, shown } from '../ground/words.ts';

export function RelayAndSync({ status }: { readonly status: StatusBody }): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const { relays, sync, tombstones } = status;
  const kept = tombstones.reduce((sum, one) => sum + one.kept, 0);
  const turn = sync.paused ? 'resume' : 'pause';
  return (
    <section class="block" aria-labelledby="relay-title">
      <h3 id="relay-title">Relay and sync</h3>
      {relays
        .filter(({ url }) => url !== null)
        .map(({ url, state, reason, unconfirmed }) => (
          <p key={url}>
            <code>{shown(url ?? '')}</code>: {state}
            {reason === null ? '' : `, ${shown(reason)}`}
            {unconfirmed > 0 ? `, ${counted(unconfirmed, 'batch', 'batches')} not confirmed` : ''}
          </p>
        ))}
      {relays.every(({ url }) => url === null) ? (
        <p>
          No relay is configured: this device syncs with no other. See <code>sourcesync relay serve</code>
        </p>
      ) : null}
      {kept > 0 ? (
        <p class="quiet-text">{counted(kept, 'deleted record')} kept until every device has confirmed the deletion.</p>
      ) : null}
      <p class="actions plain-actions">
        <button
          type="button"
          disabled={isBusy}
          onClick={() => void run(async () => api.post('/v1/sync/now'), 'Asked the relay now.')}
        >
          Sync now
        </button>
        <button
          type="button"
          disabled={isBusy}
          onClick={() =>
            void run(async () => api.post(`/v1/sync/${turn}`), sync.paused ? 'Sync goes on.' : 'Sync is paused.')
          }
        >
          {sync.paused ? 'Go on with sync' : 'Pause sync'}
        </button>
      </p>
      <Problem words={failure} />
    </section>
  );
}
