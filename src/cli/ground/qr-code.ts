import { renderUnicodeCompact } from 'uqr';
import type { CliContext } from './context.ts';
import type { Running } from './run-command.ts';

/** Light squares around it, by which a camera finds it. */
const border = 2;
/** Bright white on black, whatever the colours of the terminal are: a code is dark on light. */
const [whiteOnBlack, asBefore] = ['\u001b[97;40m', '\u001b[0m'];

/** A code for a camera, two rows of it to a line; nothing where no person sees it, or where it would come out as something else. */
export function showQrCode({ output, terminal }: CliContext, { asJson }: Running, text: string): void {
  const lines = renderUnicodeCompact(text, { border }).split('\n');
  const isWide = (lines[0] ?? '').length > terminal.columns;
  if (asJson || isWide || !output.interactive || !terminal.isUnicode) {
    return;
  }
  const painted = output.colour ? lines.map((line) => `${whiteOnBlack}${line}${asBefore}`) : lines;
  output.line([...painted, ''].join('\n'));
}
