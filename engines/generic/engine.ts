import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';

const titleMembers = ['title', 'name', 'label', 'text', 'kind'];

/** Serves a third-party manifest that brings no module: the manifest's dangerousFields are all it knows of danger. */
export function createGenericEngine(engineId: EngineId): Engine {
  return {
    engineId,
    summarize: (fields) => textOf(titleMembers.map((name) => fields[name]).find((value) => value !== undefined)),
    dangerousPaths: () => [],
    files: undefined,
  };
}
