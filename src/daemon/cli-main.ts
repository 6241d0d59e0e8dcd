import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { CliContext, Output } from '../cli/ground/context.ts';
import { type ExitCode, exitCodes } from '../cli/ground/exit-codes.ts';
import { failureBody } from '../cli/ground/failure.ts';
import { runCli } from '../cli/main.ts';
import { createLocalCommands } from './offline/local-commands.ts';
import { createTerminal } from './terminal/terminal.ts';
import { packageVersion } from './ground/package-root.ts';

/** The command line of this process: output on its streams, homes by its environment. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    // The reader of a pipe has gone: there is nobody left to tell.
    process.exit(cause.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
  });
  const output = createOutput();
  const context: CliContext = {
    local: (home) => createLocalCommands(home ?? process.env['SOURCESYNC_HOME'], process.env),
    version: packageVersion,
    output,
    terminal: createTerminal(process.env),
  };
  try {
    return await runCli(context, args);
  } catch (cause) {
    const message = `sourcesync failed: ${cause instanceof Error ? cause.message : String(cause)}`;
    output.note(message);
    if (args.includes('--json')) {
      output.json(failureBody(exitCodes.failed, message));
    }
    if (process.env['SOURCESYNC_LOG'] === 'debug') {
      console.error(cause);
    }
    return exitCodes.failed;
  }
}

function createOutput(): Output {
  return {
    json: (value) => {
      process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    line: (text) => {
      process.stdout.write(`${text}\n`);
    },
    note: (text) => {
      process.stderr.write(`${text}\n`);
    },
    colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    async ask(question) {
      const reader = createInterface({ input: process.stdin, output: process.stderr });
      try {
        const ended = once(reader, 'close').then(() => undefined);
        return await Promise.race([reader.question(question), ended]);
      } finally {
        reader.close();
      }
    },
    async askSecret(question) {
      process.stderr.write(question);
      // Whatever the line editor would show goes nowhere.
      const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
      const reader = createInterface({ input: process.stdin, output: hidden, terminal: true });
      try {
        return await reader.question('');
      } finally {
        reader.close();
        process.stderr.write('\n');
      }
    },
    readStdin: async () => (await standardInput()).toString('utf8'),
    readStdinBytes: standardInput,
    redraw: (text) => {
      const { isTTY, columns, rows } = process.stdout;
      process.stdout.write(isTTY ? `\u001b[H\u001b[J${cutTo(text, columns, rows)}` : `${text}\n`);
    },
    progress: (text) => {
      if (process.stderr.isTTY) {
        process.stderr.write(`\r\u001b[K${text}`);
      }
    },
  };
}

/** No line wraps, and what does not fit below goes: otherwise the next one would not stand in the same place. */
function cutTo(text: string, columns: number, rows: number): string {
  const lines = text.split('\n').map((line) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line));
  return lines.slice(0, rows - 1).join('\n');
}

async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
