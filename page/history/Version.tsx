import type { JSX } from 'preact';
import type { JsonValue } from '../../src/base/json.ts';
import type { HistoryBody } from '../../src/api/types/bodies.ts';
import { ago, dateOf, shortId, shown, spoken } from '../ground/words.ts';
import { versionTitle } from './version-title.ts';
import { Diff } from '../differences/Diff.tsx';
import { membersOf } from '../differences/members.ts';

interface VersionProps {
  readonly version: HistoryBody;
  /** The record as it was, and as this version left it. */
  readonly before: JsonValue;
  readonly after: JsonValue;
  readonly isBusy: boolean;
  readonly bringBack: () => void;
}

export function Version({ version, before, after, isBusy, bringBack }: VersionProps): JSX.Element {
  const { at, device, deviceId, disposition, summary, current, rollback } = version;
  const differences = membersOf(before, after);
  return (
    <li>
      <h4>{versionTitle(summary)}</h4>
      <div class="things-act">
        {rollback && !current ? (
          <button type="button" disabled={isBusy} onClick={bringBack}>
            Bring back
          </button>
        ) : null}
      </div>
      <p class="quiet-text">
        {current ? 'Live now' : spoken(disposition)} · {device === '' ? shortId(deviceId) : shown(device)} ·{' '}
        <time dateTime={at} title={dateOf(at)}>
          {ago(at)}
        </time>
      </p>
      {differences.length === 0 ? null : (
        <details>
          <summary>What it changed</summary>
          {differences.map((difference) => (
            <Diff key={difference.name} difference={difference} titles={['Before', 'After']} />
          ))}
        </details>
      )}
    </li>
  );
}
