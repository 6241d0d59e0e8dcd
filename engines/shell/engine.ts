import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { looksOf } from '../../src/base/look-alike.ts';
import { changedMembers, textOf } from '../../src/merge/values/engine-words.ts';
import { judgeUnit } from './judge/judge-unit.ts';
import { lackingInUnit } from './lacking.ts';
import { gitConfig } from './places/git-config.ts';
import { readline } from './places/readline.ts';
import { bash, fish, zsh } from './places/start-files.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.shell' as EngineId,
  summarize: (fields) => `${textOf(fields['kind'])} ${textOf(fields['name'])}`,
  dangerousPaths: (before, next) =>
    touchesRunning(before) || touchesRunning(next)
      ? changedMembers(before, next, ['kind', 'body', 'name', 'path', 'shell'])
      : [],
  judge: (before, next) => (isUnit(next ?? before) ? judgeUnit(before, next) : undefined),
  lacking: lackingInUnit,
  files,
  places: [bash, zsh, fish, readline, gitConfig],
  // Whatever its kind: each of them is part of what a shell starts with.
  audited: { changed: () => 'shell.profile.changed' },
};

const runningKinds: readonly string[] = ['function', 'env', 'path', 'rc'].map(looksOf);

function touchesRunning(fields: JsonObject | null): boolean {
  return fields !== null && runningKinds.includes(looksOf(String(fields['kind'])));
}

/** A piece of a start file, and not a file as a whole. */
function isUnit(fields: JsonObject | null): boolean {
  return fields !== null && fields['kind'] !== 'file' && typeof fields['body'] === 'string';
}
