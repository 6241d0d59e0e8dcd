import { mostMemoryBytes } from './script-call.ts';

/** The memory of one interpreter, which can be put back to what it was. */
export interface ScriptMemory {
  /** What WebAssembly is given. */
  readonly wasm: WasmMemory;
  /** More than it had at its start; it never shrinks again. */
  hasGrown(): boolean;
  isNearlyFull(): boolean;
  /** From now on {@link restore} puts back what stands in it at this moment. Not for a memory that has grown. */
  keep(): void;
  restore(): void;
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** Node has it, and its types do not. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  };
};

const pageBytes = 64 * 1024;
/** What this build of QuickJS asks for at its start. */
const firstBytes = 16 * 1024 * 1024;

/** It has an end of its own: QuickJS is told no sizes by the allocator of this build, and its own limit counts nothing. */
export function createScriptMemory(): ScriptMemory {
  const wasm = new WebAssembly.Memory({ initial: firstBytes / pageBytes, maximum: mostMemoryBytes / pageBytes });
  let kept = new Uint8Array();
  return {
    wasm,
    hasGrown: () => wasm.buffer.byteLength > firstBytes,
    isNearlyFull: () => wasm.buffer.byteLength > mostMemoryBytes / 2,
    keep() {
      kept = new Uint8Array(wasm.buffer).slice(0, usedBytes(wasm));
    },
    // What lies behind belongs to nobody then: the allocator's own notes lie within.
    restore() {
      new Uint8Array(wasm.buffer).set(kept);
    },
  };
}

const emptyPage = new Uint8Array(pageBytes);

/** Up to the last page that is not empty. */
function usedBytes({ buffer }: WasmMemory): number {
  let pages = buffer.byteLength / pageBytes;
  while (pages > 0 && Buffer.compare(new Uint8Array(buffer, (pages - 1) * pageBytes, pageBytes), emptyPage) === 0) {
    pages--;
  }
  return pages * pageBytes;
}
