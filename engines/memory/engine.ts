import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';
import { judgeMemory } from './judge/judge-memory.ts';
import { accepted, audited, heard, lacking } from './lifecycle.ts';
import { instructionFiles } from './places/instruction-files.ts';
import { claudeMemory, claudeRules } from './places/memory-files.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.memory-mesh' as EngineId,
  summarize: ({ kind, heading, app, name, memoryScope, text }) =>
    kind === 'memory' || kind === 'rule'
      ? `${kind} ${textOf(name)} of ${textOf(memoryScope)}: "${textOf(text)}"`
      : kind === 'section' && Array.isArray(heading)
        ? `section ${textOf(heading.map(textOf).join(' > '))} of ${textOf(app)}`
        : `memory "${textOf(text)}"`,
  dangerousPaths: () => [],
  judge: judgeMemory,
  files,
  places: [...instructionFiles, claudeMemory, claudeRules],
  heard,
  lacking,
  accepted,
  audited,
};
