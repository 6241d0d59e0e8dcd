import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  DefaultIntrinsics,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
  newQuickJSWASMModuleFromVariant,
  newVariant,
} from 'quickjs-emscripten-core';
import { type ScriptAnswer, type ScriptCall, type ScriptFault, mostSteps } from './script-call.ts';
import { type ScriptMemory, createScriptMemory } from './script-memory.ts';
import { realmPrelude } from './script-realm.ts';

/** Runs scripts of third parties in QuickJS, which sees nothing but its own memory. */
export interface ScriptMachines {
  /** The answer follows from the call alone. Never rejects. */
  run(call: ScriptCall): Promise<ScriptAnswer>;
}

/** One WebAssembly instance for each script: no script reaches the memory of another, whatever its interpreter does. */
export function createScriptMachines(): ScriptMachines {
  const machines = new Map<string, Machine>();
  return {
    async run({ script, source, ...question }) {
      try {
        const known = machines.get(script);
        machines.delete(script);
        const machine = known?.source === source ? known : await createMachine(source);
        const answer = machine.ask(question);
        if (!machine.memory.hasGrown()) {
          machines.set(script, machine);
        }
        return answer;
      } catch {
        return failed({ kind: 'broken' });
      }
    },
  };
}

/**
 * An interpreter that has evaluated its script. Each call begins with its memory as it was then, so that nothing is kept
 * of the calls before, and nothing has to be cleaned up. One that ran out of memory, or gave up, is thrown away.
 */
interface Machine {
  readonly source: string;
  readonly memory: ScriptMemory;
  ask(question: Question): ScriptAnswer;
}

/** Node has it, and its types do not. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: { readonly Module: new (bytes: Uint8Array) => object };
};

/** Its types are those of its CommonJS twin, whose default export lies one level deeper. */
const build = variant as unknown as QuickJSSyncVariant;
const program = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
const wasmModule = new WebAssembly.Module(readFileSync(program));

/** Of the interpreter's own stack. The thread has a much larger one, so that this limit is met first on every device. */
const mostStackBytes = 256 * 1024;

async function createMachine(source: string): Promise<Machine> {
  const memory = createScriptMemory();
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(build, { wasmModule, wasmMemory: memory.wasm }));
  const runtime = quickjs.newRuntime();
  runtime.setMaxStackSize(mostStackBytes);
  const steps = countSteps(runtime);
  const context = runtime.newContext({ intrinsics: { ...DefaultIntrinsics, Date: false } });
  const fault = (thrown: QuickJSHandle): ScriptAnswer => failed(faultOf(context, thrown, memory, steps));

  const asking = evaluate(context, source);
  if (asking.error !== undefined) {
    const answer = fault(asking.error);
    return { source, memory, ask: () => answer };
  }
  memory.keep();
  steps.keep();
  return {
    ...{ source, memory },
    ask(question) {
      memory.restore();
      steps.restore();
      const answer = call(context, asking.value, question);
      return answer.error === undefined ? answerOf(context, answer.value) : fault(answer.error);
    },
  };
}

type Question = Pick<ScriptCall, 'migration' | 'place'>;

type Evaluated = ReturnType<QuickJSContext['evalCode']>;

/** The function of the prelude that asks the script, which has been evaluated. */
function evaluate(context: QuickJSContext, source: string): Evaluated {
  const asking = context.evalCode(realmPrelude, 'realm.js', { type: 'global' });
  const loaded = asking.error === undefined ? context.evalCode(source, 'engine.js', { type: 'global' }) : asking;
  return loaded.error === undefined ? asking : loaded;
}

function call(context: QuickJSContext, asking: QuickJSHandle, { migration, place }: Question): Evaluated {
  const asked = migration === undefined ? [] : [migration.fromMajor, migration.fields];
  const parameters = place === undefined ? asked : [place.name, place.given, place.does];
  return context.callFunction(asking, context.undefined, ...parameters.map((text) => context.newString(text)));
}

function answerOf(context: QuickJSContext, answer: QuickJSHandle): ScriptAnswer {
  return context.typeof(answer) === 'string'
    ? { ok: true, text: context.getString(answer) }
    : failed({ kind: 'answer' });
}

/** QuickJS asks about an interruption once in so many steps. */
const stepsBetweenQuestions = 10_000;

interface Steps {
  areSpent(): boolean;
  /** From now on {@link restore} goes back to the count of this moment. */
  keep(): void;
  restore(): void;
}

function countSteps(runtime: QuickJSRuntime): Steps {
  let [questions, kept] = [0, 0];
  const areSpent = (): boolean => questions * stepsBetweenQuestions > mostSteps;
  runtime.setInterruptHandler(() => {
    questions++;
    return areSpent();
  });
  return {
    areSpent,
    keep() {
      kept = questions;
    },
    restore() {
      questions = kept;
    },
  };
}

function failed(fault: ScriptFault): ScriptAnswer {
  return { ok: false, fault };
}

function faultOf(context: QuickJSContext, thrown: QuickJSHandle, memory: ScriptMemory, steps: Steps): ScriptFault {
  if (steps.areSpent()) {
    return { kind: 'steps' };
  }
  const words = wordsOf(context, thrown);
  return words === outOfMemory || memory.isNearlyFull() ? { kind: 'memory' } : { kind: 'threw', words };
}

const outOfMemory = 'out of memory';
const mostWords = 200;

/** The message of what was thrown. Reading it may run the script's own code, in the same realm and within its steps. */
function wordsOf(context: QuickJSContext, thrown: QuickJSHandle): string {
  const message = context.typeof(thrown) === 'object' ? context.getProp(thrown, 'message') : thrown;
  const words = context.typeof(message) === 'string' ? context.getString(message) : 'it threw what is no error';
  return words
    .slice(0, mostWords)
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed();
}
