import type { JSX } from 'preact';
import type { PolicyBody } from '../../src/api/types/policy.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { shown } from '../ground/words.ts';

export function Policy(): JSX.Element {
  const { value, failure } = useLoaded<PolicyBody>('/v1/policy', ['record.', 'engine.']);
  const keys = value?.keys ?? [];
  return (
    <section class="block" aria-labelledby="policy-title">
      <h3 id="policy-title">Policy</h3>
      {keys.length === 0 ? (
        <p>
          {failure ?? 'No rule is set: what the manifests say holds.'} Set one with <code>sourcesync policy set</code>
        </p>
      ) : (
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">What holds</th>
              <th scope="col">Said by</th>
            </tr>
          </thead>
          <tbody>
            {keys.map(({ key, says, words }) => (
              <tr key={key}>
                <td>
                  <code>{shown(key)}</code>
                </td>
                <td>{shown(says)}</td>
                <td>
                  {words
                    .filter(({ decides }) => decides)
                    .map(({ layer }) => layer)
                    .join(', ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
