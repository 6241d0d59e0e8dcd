import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { EngineBody, PageBody, StatusBody } from '../../src/api/types/bodies.ts';
import type { ScopeBody, ScopeUseBody } from '../../src/api/types/devices.ts';
import type { Answer } from '../ground/answer.ts';
import { Confirm } from '../ground/Confirm.tsx';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { counted, shown } from '../ground/words.ts';

interface Wanted {
  readonly scope: ScopeBody;
  readonly collection: string;
}

/** Which of several workspaces serves what; nothing where there is no choice. */
export function Workspaces({ status }: { readonly status: StatusBody }): JSX.Element | null {
  const { value, failure, reload } = useLoaded<PageBody<ScopeBody>>('/v1/scopes', ['scope.', 'device.']);
  const [wanted, setWanted] = useState<Wanted>();
  const scopes = (value?.items ?? []).filter((scope, _at, all) => isOneOfSeveral(scope, all));
  if (failure === undefined && scopes.length === 0) {
    return null;
  }
  return (
    <section class="block" aria-labelledby="workspaces-title">
      <h3 id="workspaces-title">Workspaces</h3>
      <Problem words={failure} />
      <ul class="things">
        {scopes.map((scope) => (
          <li key={scope.scopeId}>
            <h4>{nameOf(scope)}</h4>
            <p>{scope.serves.length === 0 ? 'Serves nothing on this device.' : `Serves ${scope.serves.join(', ')}.`}</p>
            <div class="actions plain-actions">
              {status.engines
                .filter((engine) => mayServe(engine, scope))
                .map(({ collection }) => (
                  <button key={collection} type="button" onClick={() => setWanted({ scope, collection })}>
                    Use for {collection}…<span class="aloud"> {nameOf(scope)}</span>
                  </button>
                ))}
            </div>
          </li>
        ))}
      </ul>
      {wanted === undefined ? null : (
        <UseScope
          {...wanted}
          leave={() => {
            setWanted(undefined);
            reload();
          }}
        />
      )}
    </section>
  );
}

/** What choosing would do, and the button that does it. */
function UseScope({ scope, collection, leave }: Wanted & { readonly leave: () => void }): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const [plan, setPlan] = useState<Answer<ScopeUseBody>>();
  const use = async (execute: boolean): Promise<Answer<ScopeUseBody>> =>
    api.post(`/v1/scopes/${encodeURIComponent(scope.scopeId)}/use`, { collection, execute });

  useEffect(() => {
    void use(false).then(setPlan);
  }, [scope.scopeId, collection]);

  const act = async (): Promise<void> => {
    if (await run(async () => use(true), `${nameOf(scope)} serves ${collection} on this device now.`)) {
      leave();
    }
  };
  return (
    <Confirm
      title={`Use ${nameOf(scope)} for ${collection}?`}
      verb="Use it"
      isBusy={isBusy || plan?.ok !== true}
      act={() => void act()}
      leave={leave}
    >
      <p>
        On this device {collection} comes from it from then on. Nothing is lost: choose the other one, and all is back.
      </p>
      {plan?.ok === true ? <PlanText plan={plan.value} /> : null}
      <Problem words={plan?.ok === false ? plan.words : failure} />
    </Confirm>
  );
}

function PlanText({
  plan: { live, questions, resting, notInStep, goingOn },
}: {
  readonly plan: ScopeUseBody;
}): JSX.Element {
  return (
    <ul class="quiet-text">
      <li>
        {counted(live, 'record')} of the other one {live === 1 ? 'is' : 'are'} not shown until then
        {questions === 0 ? '' : `, nor ${counted(questions, 'question')} about them`}
      </li>
      {resting.map((path) => (
        <li key={path}>
          <code>{shown(path)}</code> rests: nothing in it is looked at, published or changed
        </li>
      ))}
      {notInStep.map(({ path, count }) => (
        <li key={`${path} apart`}>
          {counted(count, 'file')} of <code>{shown(path)}</code> {count === 1 ? 'is' : 'are'} not in step yet, and{' '}
          {count === 1 ? 'goes' : 'go'} on once the other one is chosen again
        </li>
      ))}
      {goingOn.map((path) => (
        <li key={path}>
          <code>{shown(path)}</code> goes on
        </li>
      ))}
    </ul>
  );
}

function isOneOfSeveral({ kind }: ScopeBody, all: readonly ScopeBody[]): boolean {
  return kind !== 'profile' && all.filter((other) => other.kind === kind).length > 1;
}

/** What says what others may do stays with the first; the daemon refuses it in words. */
function mayServe({ encryptionScope, mergeStrategy, collection }: EngineBody, scope: ScopeBody): boolean {
  const isRuling = mergeStrategy === 'signed_authority_required' || mergeStrategy === 'strongest_policy_wins';
  return encryptionScope === scope.kind && !isRuling && !scope.serves.includes(collection);
}

function nameOf({ name, kind }: ScopeBody): string {
  return shown(name === '' ? kind : name);
}
