import { expect, it } from 'vitest';
import type { ScriptFault } from '../../../src/daemon/engines/script-call.ts';
import { wordsOfFault } from '../../../src/daemon/engines/script-fault.ts';

const faults: Readonly<Record<ScriptFault['kind'], ScriptFault>> = {
  threw: { kind: 'threw', words: 'boom' },
  answer: { kind: 'answer' },
  steps: { kind: 'steps' },
  memory: { kind: 'memory' },
  broken: { kind: 'broken' },
  deadline: { kind: 'deadline' },
  resting: { kind: 'resting' },
  no_thread: { kind: 'no_thread' },
};

it.each(Object.values(faults))(
  '23 what a script did ($kind) is told with what to do, and never in its own words',
  (fault) => {
    const words = wordsOfFault(fault);
    expect(words).toMatch(/^[a-z].+\. [A-Z].+\.$/s);
    expect(words).not.toContain('boom');
  },
);
