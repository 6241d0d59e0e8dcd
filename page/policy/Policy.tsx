import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { PolicyBody } from '../../src/api/types/policy.ts';
import { Problem } from '../ground/Problem.tsx';
import { useLoaded } from '../ground/use-loaded.ts';
import { Change } from './Change.tsx';
import { PolicyKey } from './PolicyKey.tsx';
import { SetRule } from './SetRule.tsx';
import type { WantedRule } from './wanted-rule.ts';
import { whyNotHere } from './who-sets.ts';

/** What is allowed here, which layer says so and why; and, with the authority, another rule. */
export function Policy({ status }: { readonly status: StatusBody | undefined }): JSX.Element {
  const { value, failure, reload } = useLoaded<PolicyBody>('/v1/policy', ['policy.', 'record.', 'engine.', 'device.']);
  const devices = useLoaded<DeviceListBody>('/v1/devices', ['device.']).value;
  const [wanted, setWanted] = useState<WantedRule>();
  const obstacle = value === undefined ? undefined : whyNotHere(value, status, devices);
  const maySet = value !== undefined && obstacle === undefined;
  return (
    <section class="block" aria-labelledby="policy-title">
      <h3 id="policy-title">Policy</h3>
      <Problem words={failure} />
      {value === undefined && failure === undefined ? <p>Reading what holds…</p> : null}
      {value?.keys.length === 0 ? <p>No rule is set: what the manifests say holds.</p> : null}
      <ul class="things">
        {(value?.keys ?? []).map((key) => (
          <PolicyKey key={key.key} of={key} remove={maySet ? setWanted : undefined} />
        ))}
      </ul>
      {obstacle === undefined ? null : (
        <p class="policy-why">
          {obstacle.why} <code>{obstacle.command}</code>
        </p>
      )}
      {maySet ? <SetRule vocabulary={value.vocabulary} preview={setWanted} /> : null}
      {wanted === undefined || value === undefined ? null : (
        <Change
          wanted={wanted}
          policy={value}
          leave={() => {
            setWanted(undefined);
            reload();
          }}
        />
      )}
    </section>
  );
}
