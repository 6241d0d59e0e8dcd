import type { JSX } from 'preact';
import type { FolderBody } from '../../src/api/types/links.ts';
import { counted, shown } from '../ground/words.ts';

export function FolderItem({
  folder,
  isRevoked,
}: {
  readonly folder: FolderBody;
  readonly isRevoked: boolean;
}): JSX.Element {
  const { path, collection, state, rests, pausedReason, files, notInStep } = folder;
  const more = notInStep.count - notInStep.first.length;
  return (
    <li>
      <h3>
        <code>{shown(path)}</code>
      </h3>
      <p>
        {collection}, {rests ? 'rests' : state}. {counted(files, 'file')}
        {rests ? ' when it was last followed' : isRevoked ? ', synced no more' : ' in step'}
        {notInStep.count > 0 ? `, ${notInStep.count} not.` : '.'}
      </p>
      {pausedReason === null ? null : <p class={rests ? 'quiet-text' : 'problem'}>{shown(pausedReason)}</p>}
      {notInStep.first.length === 0 ? null : (
        <ul class="quiet-text">
          {notInStep.first.map(({ path: file, reason }) => (
            <li key={file}>
              {file === '' ? (
                ''
              ) : (
                <>
                  <code>{shown(file)}</code>:{' '}
                </>
              )}
              {shown(reason)}
            </li>
          ))}
          {more > 0 ? (
            <li>
              and {more} more: <code>sourcesync link ls</code>
            </li>
          ) : null}
        </ul>
      )}
    </li>
  );
}
