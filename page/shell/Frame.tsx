import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import { Devices } from '../devices/Devices.tsx';
import { Engines } from '../engines/Engines.tsx';
import { History } from '../history/History.tsx';
import { Queue } from '../queue/Queue.tsx';
import { Settings } from '../settings/Settings.tsx';
import { Trust } from '../trust/Trust.tsx';
import { useHere } from '../ground/here.ts';
import { stateSentence, waitingCount } from '../ground/state-sentence.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { shown } from '../ground/words.ts';
import { Replaced, isReplaced } from './Replaced.tsx';
import { type Section, sections } from './sections.ts';
import { useSection } from './use-section.ts';

/** The one screen: how all of it stands, the way to its sections, and the one that is looked at. */
export function Frame(): JSX.Element {
  const section = useSection();
  const { value: status, reload } = useLoaded<StatusBody>('/v1/status', ['']);
  const title = sections.find(({ path }) => path === section)?.title ?? '';
  useEffect(() => {
    document.title = `${title} · SourceSync`;
  }, [title]);
  // No event tells that another device has confirmed what it holds.
  useEffect(reload, [section]);
  if (status !== undefined && isReplaced(status, pageVersion)) {
    return <Replaced device={status.device} version={pageVersion} />;
  }
  return (
    <div class="frame">
      <header class="top">
        <p class="wordmark">
          SourceSync{status === undefined ? null : <span class="device-label"> on {shown(status.device.label)}</span>}
        </p>
        <Sentence status={status} />
        <Silence />
      </header>
      <nav class="ways" aria-label="sections">
        <ul>
          {sections.map(({ path, title: name }) => (
            <li key={path}>
              <a href={`#/${path}`} aria-current={path === section ? 'page' : undefined}>
                {name}
                {path === 'queue' && status !== undefined && waitingCount(status) > 0 ? (
                  <span class="count">{waitingCount(status).toLocaleString('en')}</span>
                ) : null}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main aria-labelledby="section-title">
        <h2 id="section-title" class={section === 'queue' ? 'aloud' : ''}>
          {title}
        </h2>
        <Contents section={section} status={status} />
      </main>
    </div>
  );
}

function Sentence({ status }: { readonly status: StatusBody | undefined }): JSX.Element {
  if (status === undefined) {
    return <h1 class="sentence">&nbsp;</h1>;
  }
  const { tone, words, beside } = stateSentence(status);
  return (
    <div>
      <h1 class={`sentence tone-${tone}`}>{shown(words)}</h1>
      {beside.map((one) => (
        <p key={one} class="beside">
          {shown(one)}
        </p>
      ))}
    </div>
  );
}

/** Said when the daemon is not heard any more: what is shown may be old. */
function Silence(): JSX.Element | null {
  const { events } = useHere();
  const [isHeard, setIsHeard] = useState(true);
  useEffect(() => events.whenHeard(setIsHeard), [events]);
  return isHeard ? null : (
    <p class="problem" role="alert">
      The daemon does not answer: it was stopped, or its keys were locked. What you see may be old. Start it with{' '}
      <code>sourcesync daemon start</code> or <code>sourcesync unlock</code>, then open the page again with{' '}
      <code>sourcesync ui</code>.
    </p>
  );
}

function Contents({
  section,
  status,
}: {
  readonly section: Section;
  readonly status: StatusBody | undefined;
}): JSX.Element | null {
  switch (section) {
    case 'queue':
      return <Queue />;
    case 'engines':
      return <Engines status={status} />;
    case 'devices':
      return <Devices status={status} />;
    case 'history':
      return <History status={status} />;
    case 'trust':
      return <Trust status={status} />;
    case 'settings':
      return <Settings status={status} />;
  }
}
