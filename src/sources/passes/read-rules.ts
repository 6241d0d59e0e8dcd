import { textFromUtf8 } from '../../base/bytes.ts';
import { type IgnoreRules, createIgnoreRules, ignoreFileName, localIgnoreFileName } from '../reconcile/ignore-rules.ts';
import type { SourceState } from './source-state.ts';

/** Reads the rules of this folder; the last good ones stay when they cannot be read. */
export async function readRules(state: SourceState): Promise<IgnoreRules> {
  const shared = await readText(state, ignoreFileName);
  const local = await readText(state, localIgnoreFileName);
  if (shared === undefined || local === undefined) {
    return state.paths.rules;
  }
  state.problems.clearCode('ignore_unfit');
  return createIgnoreRules(shared, local, state.disk.caseInsensitive);
}

/** More than any list of patterns that a person keeps; each file of the folder is held against every line. */
const maximumRulesBytes = 64 * 1024;

async function readText({ disk, problems }: SourceState, name: string): Promise<string | undefined> {
  const look = await disk.look(name);
  if (look.kind === 'absent') {
    return '';
  }
  if (look.kind !== 'file' || look.sizeBytes > maximumRulesBytes) {
    const why =
      look.kind === 'file' ? `has ${look.sizeBytes} bytes, at most ${maximumRulesBytes} are read` : 'is no file';
    problems.report('ignore_unfit', '', `${name} ${why}`);
    return undefined;
  }
  const reading = await disk.read(name);
  const text = reading.kind === 'file' ? textFromUtf8(reading.bytes) : undefined;
  if (text === undefined) {
    problems.report('ignore_unfit', '', `${name} cannot be read`);
  }
  return text;
}
