import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';

export const dockerfileText = readFileSync(join(packageRoot, 'Dockerfile'), 'utf8');

const parsed = DockerfileParser.parse(dockerfileText);

export interface Instruction {
  readonly keyword: string;
  readonly arguments: string;
}

export const instructions: readonly Instruction[] = parsed.getInstructions().map((instruction) => ({
  keyword: instruction.getKeyword(),
  arguments: instruction.getArgumentsContent() ?? '',
}));

/** The arguments of each instruction with this keyword. */
export function argumentsOf(keyword: string): readonly string[] {
  return instructions.flatMap((one) => (one.keyword === keyword ? [one.arguments] : []));
}

/** A command in the form of a JSON list, as ENTRYPOINT has it, or HEALTHCHECK behind its flags. */
export function commandOf(keyword: 'ENTRYPOINT' | 'HEALTHCHECK'): readonly string[] {
  const [text = ''] = argumentsOf(keyword);
  return JSON.parse(text.slice(text.indexOf('['))) as readonly string[];
}
