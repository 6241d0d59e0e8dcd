import { type ScriptFault, mostAnswerLength, mostMemoryBytes, mostSteps } from './script-call.ts';

/** What a script did wrong and what to do, in words; `own` is what it said itself, for where that holds no content. */
export function wordsOfFault({ kind }: ScriptFault, own = ''): string {
  switch (kind) {
    case 'threw':
      return `it threw an error${own}. ${correct}`;
    case 'answer':
      return `what it answers is no object that JSON holds exactly (plain members and lists, well-formed text, numbers within 2^53 - 1, no "__proto__", at most 64 levels and ${mostAnswerLength / 1024 / 1024} Mi characters). ${correct}`;
    case 'steps':
      return `it took more than ${mostSteps.toLocaleString('en')} steps (calls, turns of a loop). ${correct}`;
    case 'memory':
      return `it took more than ${mostMemoryBytes / 1024 / 1024} MiB of memory. ${correct}`;
    case 'broken':
      return `the interpreter gave up on it. ${correct}`;
    case 'deadline':
      return `it did not answer in time, and was ended. ${correct}`;
    case 'resting':
      return `it did not answer in time again and again, and is not run any more. ${correct}`;
    case 'no_thread':
      return 'no thread could be started for it. Free memory or processes, and restart the daemon; if that does not help, install SourceSync again.';
  }
}

const correct = 'Correct the script and restart the daemon, or remove it.';
