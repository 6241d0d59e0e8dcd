import type { ServiceStatus } from '../../cli/ground/service-commands.ts';

/** The words for what a person does with one service. */
export interface ServiceWords {
  readonly install: string;
  readonly start: string;
  readonly enable: string;
  readonly log: string;
  readonly linger: string;
  /** Where no service manager answers. */
  readonly elsewhere: string;
}

/** What to do next about a service that stands like this; null where all is well. */
export function nextStep(status: Omit<ServiceStatus, 'next'>, words: ServiceWords): string | null {
  const { file, enabled, lingering } = status;
  if (file === 'absent') {
    return `Install it with: ${words.install}`;
  }
  switch (status.process.state) {
    case 'failed':
      return `See why: ${words.log}. Once that is mended: ${words.start}`;
    case 'unknown':
      return `The service manager does not answer here. Sign in to a session of this user, and ask again.`;
    case 'not_installed':
      return `The service manager has not read the file. Install it again: ${words.install}`;
    case 'stopped':
      return `Start it with: ${words.start}`;
    case 'starting':
    case 'stopping':
      return `Ask again in a moment; where it stays so, see: ${words.log}`;
    case 'running':
  }
  if (file === 'outdated') {
    return `Its file is of another version or another place of the program. Write it anew with: ${words.install}`;
  }
  if (!enabled) {
    return `It is not started by itself. Have it started with: ${words.enable}`;
  }
  return lingering === false
    ? `It runs while you are signed in. To have it run from boot on, also without a session: ${words.linger}`
    : null;
}
