import type { CliContext } from '../ground/context.ts';
import type { Running } from '../ground/run-command.ts';
import { namesOf } from './names.ts';
import { type Line, paint } from './paint.ts';
import type { View } from './review-text.ts';

/** How this terminal shows review items, with the devices that are known now. */
export async function viewOf({ output, terminal }: CliContext, run: Running): Promise<View> {
  const names = namesOf(run.unwrap(await (await run.client()).devices()));
  const { columns, isUnicode } = terminal;
  return { names, look: { columns, isUnicode, colour: output.colour }, nowMs: Date.now() };
}

/** Lines for a person, or the document; pieces become printable one by one, so that colours get through. */
export async function showLines<T>(
  context: CliContext,
  run: Running,
  value: T,
  lines: (value: T, view: View) => readonly Line[],
): Promise<void> {
  if (run.asJson) {
    context.output.json(value);
    return;
  }
  const view = await viewOf(context, run);
  context.output.line(paint(lines(value, view), view.look));
}
