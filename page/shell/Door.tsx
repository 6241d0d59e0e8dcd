import type { JSX } from 'preact';

/** What is shown to whoever may not see more: why, and how the page is opened. */
export function Door({ words }: { readonly words: string }): JSX.Element {
  return (
    <main class="door">
      <p class="wordmark">SourceSync</p>
      <h1>{words}</h1>
      <p>Open the page from a terminal on this machine:</p>
      <pre>
        <code>sourcesync ui</code>
      </pre>
      <p class="quiet-text">
        Each address opens one page, within a minute. Where the daemon does not run:{' '}
        <code>sourcesync daemon start</code>. Where its keys are locked: <code>sourcesync unlock</code>.
      </p>
    </main>
  );
}
