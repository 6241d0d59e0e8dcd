import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RotationBody } from '../../src/api/types/membership.ts';
import type { Answer } from '../ground/answer.ts';
import { Confirm } from '../ground/Confirm.tsx';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { counted, shown } from '../ground/words.ts';

interface RevokeProps {
  readonly deviceId: string;
  readonly name: string;
  readonly leave: () => void;
}

/** What revoking a device would do, and the button that does it. */
export function Revoke({ deviceId, name, leave }: RevokeProps): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const [plan, setPlan] = useState<Answer<RotationBody>>();
  const revoke = async (execute: boolean): Promise<Answer<RotationBody>> =>
    api.post(`/v1/devices/${encodeURIComponent(deviceId)}/revoke`, { execute }, { confirmed: 'device.command.remote' });

  useEffect(() => {
    void revoke(false).then(setPlan);
  }, [deviceId]);

  const act = async (): Promise<void> => {
    if (await run(async () => revoke(true), `${name} is revoked.`)) {
      leave();
    }
  };
  return (
    <Confirm
      title={`Revoke ${name}?`}
      verb="Revoke it"
      isBusy={isBusy || plan?.ok !== true}
      act={() => void act()}
      leave={leave}
    >
      <p>
        It is cut off at once: nothing that it writes from now on counts, and it reads nothing new. This is not taken
        back; to come again it is paired anew.
      </p>
      {plan?.ok === true ? <PlanText plan={plan.value} /> : null}
      <Problem words={plan?.ok === false ? plan.words : failure} />
    </Confirm>
  );
}

function PlanText({ plan: { scopes, readable } }: { readonly plan: RotationBody }): JSX.Element {
  return (
    <ul class="quiet-text">
      {scopes.map(({ scopeId, kind, name, devices, message }) => (
        <li key={scopeId}>
          {kind}
          {name === '' || name === kind ? '' : ` ${shown(name)}`}: a new key for {counted(devices, 'device')}
          {message === null ? '' : `. ${shown(message)}`}
        </li>
      ))}
      {readable === null ? null : (
        <li>What it had it keeps: {counted(readable.changes, 'change')} can be read there for ever.</li>
      )}
    </ul>
  );
}
