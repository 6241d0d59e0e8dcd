import { type Place, type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { textSections } from './text-sections.ts';

/** A file of instructions that an application reads when it starts, for one person. */
function instructions(app: string, file: (surroundings: PlaceSurroundings) => string): Place {
  return {
    name: app,
    files: (surroundings) => [file(surroundings)],
    newUnits: file,
    hookLine: undefined,
    open: async ({ home }) => textSections(app, home),
  };
}

export function claudeFolder({ home, environment }: PlaceSurroundings): string {
  return environment['CLAUDE_CONFIG_DIR'] || `${home}/.claude`;
}

export const instructionFiles: readonly Place[] = [
  instructions('claude-md', (surroundings) => `${claudeFolder(surroundings)}/CLAUDE.md`),
  instructions('codex-md', ({ home, environment }) => `${environment['CODEX_HOME'] || `${home}/.codex`}/AGENTS.md`),
  instructions('gemini-md', ({ home }) => `${home}/.gemini/GEMINI.md`),
  instructions('opencode-md', (surroundings) => `${settingsFolder(surroundings)}/opencode/AGENTS.md`),
];
