import { Transform, type TransformCallback } from 'node:stream';
import { isJsonObject } from '../base/json.ts';
import { parseExact } from '../base/parse-exact.ts';
import { longestLineBytes } from './limits.ts';

const newline = 0x0a;
const parseError = -32_700;

/**
 * Passes on the lines that are JSON exactly as they were written: a number that would be rounded, or a key that stands
 * twice, becomes no field by this door either. What is none is answered by `refuse` and is gone; the next line counts again.
 */
export function exactLines(refuse: (answer: object) => void): Transform {
  let held: Buffer[] = [];
  let size = 0;

  function add(part: Buffer): void {
    size += part.length;
    if (size <= longestLineBytes) {
      held.push(part);
    } else {
      held = [];
    }
  }

  function take(): Buffer | undefined {
    const line = size > longestLineBytes ? undefined : Buffer.concat(held);
    [held, size] = [[], 0];
    if (line === undefined) {
      refuse(refusal(null, `The message is longer than ${longestLineBytes} bytes, and nothing was done.`));
      return undefined;
    }
    if (line.toString('latin1').trim() === '') {
      return undefined;
    }
    const parsed = parseExact(line);
    if (!parsed.ok) {
      refuse(refusal(idIn(line), `The message is not taken, and nothing was done. ${parsed.error}`));
      return undefined;
    }
    return line;
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        add(chunk.subarray(start, end));
        start = end + 1;
        const line = take();
        if (line !== undefined) {
          this.push(Buffer.concat([line, Buffer.of(newline)]));
        }
      }
      add(chunk.subarray(start));
      done();
    },
  });
}

function refusal(id: string | number | null, message: string): object {
  return { jsonrpc: '2.0', id, error: { code: parseError, message } };
}

/** Whose answer it is, where the line is JSON although it is not exact. */
function idIn(line: Buffer): string | number | null {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    const id = isJsonObject(value) ? value['id'] : null;
    return typeof id === 'string' || typeof id === 'number' ? id : null;
  } catch {
    return null;
  }
}
