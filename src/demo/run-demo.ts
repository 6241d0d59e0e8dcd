import { setStage } from './stage.ts';
import { closingAct, openingActs } from './acts.ts';
import { governanceActs } from './governance-acts.ts';
import { placeActs } from './place-acts.ts';
import type { DemoOptions } from './act.ts';

/** Plays every act; the first claim that does not hold ends it; the answer is what did not hold. */
export async function runDemo(options: DemoOptions): Promise<string | undefined> {
  const startedMs = Date.now();
  const acts = [...openingActs, ...governanceActs, ...placeActs, closingAct];
  options.say('SourceSync: one relay, two devices (desk and laptop), real files.');
  const stage = await setStage(options.command);
  try {
    for (const [index, act] of acts.entries()) {
      const actStartedMs = Date.now();
      const shown = await act.play(stage, options);
      options.say(`${String(index + 1).padStart(2)}. ${act.title}\n    ${shown} (${Date.now() - actStartedMs} ms)`);
    }
    options.say(`All ${acts.length} steps hold, in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  } finally {
    await stage.close();
  }
}
