import type { Running } from '../../ground/run-command.ts';
import { fullId } from '../home/engines.ts';

/** The collection of an engine, which is named by its id or the end of it. */
export async function collectionOf(run: Running, engine: string): Promise<string> {
  return run.unwrap(await (await run.client()).engine(fullId(engine))).collection;
}
