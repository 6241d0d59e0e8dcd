import { shown } from '../ground/words.ts';

/** `set /body` of the wire, as a person says it. */
export function versionTitle(summary: string): string {
  return shown(summary.startsWith('set /') ? `changed ${summary.slice(4).replace(/(^|, )\//g, '$1')}` : summary);
}
