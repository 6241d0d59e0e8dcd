import type { JSX } from 'preact';
import type { AuditVerifyBody } from '../../src/api/types/audit.ts';
import type { DoctorBody, StatusBody } from '../../src/api/types/bodies.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { ago, counted, dateOf, shown } from '../ground/words.ts';
import { Quarantine } from './Quarantine.tsx';
import { RecentEvents } from './RecentEvents.tsx';

/** Whether what is here can be relied on: alarms, what was set aside, the audit chain, checks. */
export function Trust({ status }: { readonly status: StatusBody | undefined }): JSX.Element {
  const audit = useLoaded<AuditVerifyBody>('/v1/audit/verify', ['audit.']);
  const doctor = useLoaded<DoctorBody>('/v1/doctor', ['engine.state_changed']);
  return (
    <>
      <section class="block" aria-labelledby="alarms-title">
        <h3 id="alarms-title">Alarms</h3>
        {status === undefined || status.alarms.length === 0 ? (
          <p>There is none.</p>
        ) : (
          <ul class="things">
            {status.alarms.map(({ id, kind, message, since }) => (
              <li key={id}>
                <h4>{shown(kind.replaceAll('_', ' '))}</h4>
                <p>
                  {shown(message)} <span class="quiet-text">Since {ago(since)}.</span>
                </p>
              </li>
            ))}
          </ul>
        )}
      </section>
      <Quarantine />
      <section class="block" aria-labelledby="audit-title">
        <h3 id="audit-title">Audit chain</h3>
        {audit.value === undefined ? <p>{audit.failure ?? 'Verifying…'}</p> : <Chain audit={audit.value} />}
        <RecentEvents />
      </section>
      <section class="block" aria-labelledby="checks-title">
        <h3 id="checks-title">Checks of this home</h3>
        {doctor.value === undefined ? <p>{doctor.failure ?? 'Checking…'}</p> : <Checks doctor={doctor.value} />}
      </section>
    </>
  );
}

function Chain({ audit: { valid, events, checkpoint, message } }: { readonly audit: AuditVerifyBody }): JSX.Element {
  return valid ? (
    <p>
      {counted(events, 'event')}, verified whole.
      {checkpoint === null ? null : ` The last checkpoint was signed ${ago(checkpoint.at)} (${dateOf(checkpoint.at)}).`}
    </p>
  ) : (
    <p class="problem">{shown(message)}</p>
  );
}

function Checks({ doctor: { checks } }: { readonly doctor: DoctorBody }): JSX.Element {
  const wrong = checks.filter(({ ok }) => !ok);
  return (
    <>
      {wrong.length === 0 ? <p>All {checks.length} are well.</p> : null}
      <ul class="things">
        {wrong.map(({ name, message, remedy }) => (
          <li key={name}>
            <h4>{shown(name)}</h4>
            <p>
              {shown(message)} {remedy === null ? '' : shown(remedy)}
            </p>
          </li>
        ))}
      </ul>
      <details>
        <summary>Each of them</summary>
        <table class="plain">
          <tbody>
            {checks.map(({ name, ok, message }) => (
              <tr key={name}>
                <th scope="row">{shown(name)}</th>
                <td>
                  {ok ? '' : 'Wrong: '}
                  {shown(message)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
