import type { PageBody } from '../../src/api/types/bodies.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { type Home, until } from './processes.ts';

/** The question about a record that waits in a home, once there is one whose summary is as it should be. */
export async function asked(home: Home, recordId: string, says: RegExp | string = ''): Promise<ReviewBody> {
  let found: ReviewBody | undefined;
  await until(`${recordId} is asked about`, async () => {
    const { items } = await home.json<PageBody<ReviewBody>>('reviews', 'ls');
    const isMeant = (summary: string): boolean =>
      typeof says === 'string' ? summary.includes(says) : says.test(summary);
    found = items.find((item) => item.recordId === recordId && isMeant(item.summary));
    return found !== undefined;
  });
  return found as ReviewBody;
}

/** The daemon begins anew as that of a person whose home folder is this one. */
export async function livesIn(
  home: Home,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  await home.killDaemon('SIGTERM');
  await home.startDaemon({ HOME: folder, XDG_CONFIG_HOME: '', ...environment });
}
