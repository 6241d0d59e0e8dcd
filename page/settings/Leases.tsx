import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PageBody } from '../../src/api/types/bodies.ts';
import type { LeaseBody } from '../../src/api/types/leases.ts';
import { Confirm } from '../ground/Confirm.tsx';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { dateOf, shown } from '../ground/words.ts';

/** Leave that agents have to write. */
export function Leases(): JSX.Element {
  const { value, failure, reload } = useLoaded<PageBody<LeaseBody>>('/v1/leases', ['key.', 'record.']);
  const [ending, setEnding] = useState<LeaseBody>();
  const active = (value?.items ?? []).filter(({ state }) => state === 'active');
  return (
    <section class="block" aria-labelledby="leases-title">
      <h3 id="leases-title">Leases of agents</h3>
      <Problem words={failure} />
      {active.length === 0 ? (
        <p>
          No agent may write. Give leave with <code>sourcesync lease grant</code>
        </p>
      ) : null}
      <ul class="things">
        {active.map((lease) => (
          <li key={lease.leaseId}>
            <h4>{agentName(lease)}</h4>
            <div class="things-act">
              <button type="button" onClick={() => setEnding(lease)}>
                Revoke…<span class="aloud"> the lease of {agentName(lease)}</span>
              </button>
            </div>
            <p>
              {lease.capability} in {lease.collections === 'all' ? 'every collection' : lease.collections.join(', ')},
              until {dateOf(lease.expiresAt)}
              {lease.requiresHumanApproval ? '; a person approves each use' : ''}
            </p>
          </li>
        ))}
      </ul>
      {ending === undefined ? null : (
        <EndLease
          lease={ending}
          leave={() => {
            setEnding(undefined);
            reload();
          }}
        />
      )}
    </section>
  );
}

function EndLease({ lease, leave }: { readonly lease: LeaseBody; readonly leave: () => void }): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const act = async (): Promise<void> => {
    const path = `/v1/leases/${encodeURIComponent(lease.leaseId)}/revoke`;
    if (await run(async () => api.post(path, {}, { confirmed: 'agent.lease.grant' }), 'The lease is revoked.')) {
      leave();
    }
  };
  return (
    <Confirm
      title={`Revoke the lease of ${agentName(lease)}?`}
      verb="Revoke it"
      isBusy={isBusy}
      act={() => void act()}
      leave={leave}
    >
      <p>The agent writes nothing from now on. What it wrote stays.</p>
      <Problem words={failure} />
    </Confirm>
  );
}

function agentName({ agentId }: LeaseBody): string {
  return shown(agentId.replace('urn:srcos:agent:', ''));
}
