import { workerData } from 'node:worker_threads';
import type { ScriptCall } from './script-call.ts';
import { createScriptMachines } from './script-machine.ts';
import type { ScriptThreadData } from './script-thread.ts';

/** The whole program of the thread in which scripts of third parties run. */

const { port, answered } = workerData as ScriptThreadData;
const machines = createScriptMachines();

function answer(message: unknown): void {
  port.postMessage(message);
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
}

port.on('message', (call: ScriptCall) => {
  void machines.run(call).then(answer);
});
answer('ready');
