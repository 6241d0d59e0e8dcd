import type { JsonObject } from '../../../src/base/json.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { runsInCloud } from './reach.ts';

const ownMembers = [
  ...['kind', 'name', 'app', 'digest', 'size', 'parameters', 'local', 'system', 'template', 'registry'],
  ...['family', 'weights', 'quantization', 'enabled'],
];

/** A model of the library of Ollama, by the digest of what was fetched: it says nothing to anybody until it is asked. */
export function isKnownModel(fields: JsonObject): boolean {
  const { kind, app, name, digest, registry } = fields;
  return (
    kind === 'model' &&
    app === 'ollama' &&
    typeof name === 'string' &&
    /^[\w.:/-]+$/.test(name) &&
    !runsInCloud(name) &&
    typeof digest === 'string' &&
    /^sha256:[0-9a-f]{64}$/.test(digest) &&
    registry === 'registry.ollama.ai' &&
    Object.keys(fields).every((member) => ownMembers.includes(member))
  );
}

/** What of the change of a model has words of its own, and of which members. */
export function judgeModelChange(
  before: JsonObject,
  next: JsonObject,
): { readonly reasons: readonly string[]; readonly told: readonly string[] } {
  if (before['kind'] !== 'model' || typeof next['digest'] !== 'string') {
    return { reasons: [], told: [] };
  }
  const changed = (name: string): boolean => JSON.stringify(before[name]) !== JSON.stringify(next[name]);
  const reasons = [
    ...(changed('digest')
      ? [`the same name, another digest: ${shortOf(before['digest'])} → ${shortOf(next['digest'])}`]
      : []),
    ...(changed('system') ? ['another system prompt is in it'] : []),
    ...(changed('template') ? ['another template of prompts is in it'] : []),
  ];
  // Its size follows from its digest.
  return { reasons, told: ['digest', 'system', 'template', ...(changed('digest') ? ['size'] : [])] };
}

function shortOf(digest: unknown): string {
  return typeof digest === 'string' ? textOf(digest.replace(/^sha256:/, '').slice(0, 12)) : 'none';
}
