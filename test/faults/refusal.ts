import { short } from './said.ts';

/** What can be started, and says why where it cannot. */
interface Startable {
  start(): Promise<void>;
  lastWords(): string;
}

/** Undefined where it runs; otherwise why not, in its words. */
export async function startedOrRefused(process: Startable): Promise<string | undefined> {
  try {
    await process.start();
    return undefined;
  } catch {
    return `does not start: ${short(process.lastWords().split('\n').at(-1) ?? '')}`;
  }
}
