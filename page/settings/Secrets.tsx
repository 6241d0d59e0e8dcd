import type { JSX } from 'preact';
import type { PageBody } from '../../src/api/types/bodies.ts';
import type { SecretBody } from '../../src/api/types/secrets.ts';
import { Problem } from '../ground/Problem.tsx';
import { useLoaded } from '../ground/use-loaded.ts';
import { shown } from '../ground/words.ts';

/** Names alone: no page is told a value. */
export function Secrets(): JSX.Element {
  const { value, failure } = useLoaded<PageBody<SecretBody>>('/v1/secrets', ['record.', 'audit.']);
  const items = value?.items ?? [];
  return (
    <section class="block" aria-labelledby="secrets-title">
      <h3 id="secrets-title">Secrets of this device</h3>
      <Problem words={failure} />
      {items.length === 0 ? (
        <p>
          The vault is empty. Put one in with <code>sourcesync secrets set</code>
        </p>
      ) : null}
      <ul>
        {items.map(({ id, label }) => (
          <li key={id}>
            {shown(label)} <code class="quiet-text">{shown(id)}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
