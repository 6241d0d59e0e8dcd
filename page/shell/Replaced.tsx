import type { JSX } from 'preact';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import { shown } from '../ground/words.ts';

/** The daemon is another version than this page: it may lack what is shown here, and have what is not. */
export function isReplaced({ glance, device }: Partial<StatusBody>, version: string): boolean {
  return glance === undefined || device?.version !== version;
}

/** Said in the place of everything else: what an answer of another version says might be shown wrongly. */
export function Replaced({ device, version }: Pick<StatusBody, 'device'> & { readonly version: string }): JSX.Element {
  return (
    <main class="door">
      <p class="wordmark">SourceSync</p>
      <h1>The daemon is another version than this page</h1>
      <p>
        The daemon is {shown(device.version)}, the page {version}. One of them was replaced while the other went on.
      </p>
      <p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          Reload the page
        </button>
      </p>
      <p>
        If this is said again, the daemon is the older one. Restart it in a terminal on this machine, and open the page
        anew:
      </p>
      <pre>
        <code>sourcesync daemon restart && sourcesync ui</code>
      </pre>
    </main>
  );
}
