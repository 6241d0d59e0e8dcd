import { relative, sep } from 'node:path';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { LinkBody, LinkFetchBody } from '../../api/types/links.ts';
import type { RecordId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RunningLink } from './running-links.ts';

/** Puts a file of a linked folder before the others that are on their way, and says how it stands. */
export async function fetchFirst(
  links: readonly RunningLink[],
  path: string,
  body: (link: RunningLink) => LinkBody,
): Promise<Result<LinkFetchBody, ControlFault>> {
  // Of folders that lie in one another the innermost has the file.
  const roots = links.filter(({ source }) => path.startsWith(`${source.status().root}${sep}`));
  const [link] = roots.toSorted((a, b) => b.source.status().root.length - a.source.status().root.length);
  if (link === undefined) {
    return err({ kind: 'not_found', message: `${path} lies in no linked folder. See: sourcesync link ls` });
  }
  const { root } = link.source.status();
  const below = relative(root, path).split(sep).join('/');
  const found = await link.source.first(below as RecordId);
  const shown = body(link);
  const problem = shown.problems.find((one) => one.path === below && one.isOutOfStep);
  const why = shown.pausedReason ?? problem?.message;
  if (why !== undefined) {
    const isMoving = shown.pausedReason === null && problem?.code === 'large_moving';
    return ok({ root, path: below, state: isMoving ? 'moving' : 'apart', message: why });
  }
  switch (found) {
    case 'in_step':
      return ok({ root, path: below, state: 'here', message: null });
    case 'known':
      return ok({ root, path: below, ...notYet(shown) });
    case 'unknown': {
      const { collection } = shown;
      const message = `Nothing in ${collection} is called ${below}. See: sourcesync records ls ${collection}`;
      return err({ kind: 'not_found', message });
    }
  }
}

/** Why nothing is there of a record against which nothing stands. */
function notYet({ state, collection }: LinkBody): Pick<LinkFetchBody, 'state' | 'message'> {
  return state === 'scanning'
    ? { state: 'moving', message: 'Its folder is still being read for the first time.' }
    : { state: 'apart', message: `It waits for a word in ${collection}. See: sourcesync review` };
}
