import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PageBody } from '../../src/api/types/bodies.ts';
import type { ClientBody } from '../../src/api/types/clients.ts';
import { Confirm } from '../ground/Confirm.tsx';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { shown } from '../ground/words.ts';

/** Programs with tokens of their own. */
export function Clients(): JSX.Element {
  const { value, failure, reload } = useLoaded<PageBody<ClientBody>>('/v1/clients', ['audit.']);
  const [ending, setEnding] = useState<ClientBody>();
  const active = (value?.items ?? []).filter(({ state }) => state === 'active');
  return (
    <section class="block" aria-labelledby="clients-title">
      <h3 id="clients-title">Clients</h3>
      <Problem words={failure} />
      {active.length === 0 ? (
        <p>
          No program has a token of its own. Make one with <code>sourcesync clients add</code>
        </p>
      ) : null}
      <ul class="things">
        {active.map((client) => (
          <li key={client.id}>
            <h4>{shown(client.name)}</h4>
            <div class="things-act">
              <button type="button" onClick={() => setEnding(client)}>
                Revoke…<span class="aloud"> {shown(client.name)}</span>
              </button>
            </div>
            <p>
              {client.capabilities.join(', ')} in{' '}
              {client.collections === 'all' ? 'every collection' : client.collections.join(', ')}
            </p>
          </li>
        ))}
      </ul>
      {ending === undefined ? null : (
        <EndClient
          client={ending}
          leave={() => {
            setEnding(undefined);
            reload();
          }}
        />
      )}
    </section>
  );
}

function EndClient({ client, leave }: { readonly client: ClientBody; readonly leave: () => void }): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const { id, name } = client;
  const act = async (): Promise<void> => {
    if (await run(async () => api.post(`/v1/clients/${encodeURIComponent(id)}/revoke`), `${name} is revoked.`)) {
      leave();
    }
  };
  return (
    <Confirm title={`Revoke ${shown(name)}?`} verb="Revoke it" isBusy={isBusy} act={() => void act()} leave={leave}>
      <p>Its token counts no more. This is not taken back; the program can be given another.</p>
      <Problem words={failure} />
    </Confirm>
  );
}
