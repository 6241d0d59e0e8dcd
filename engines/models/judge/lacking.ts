import type { JsonObject } from '../../../src/base/json.ts';

/** Kinds of units by application; records of no application are older than places, and are taken as they come. */
const kindsByApp: Readonly<Record<string, readonly string[]>> = {
  aider: ['setting'],
  continue: ['route', 'log'],
  litellm: ['route', 'setting'],
  'opencode-models': ['provider', 'setting'],
  'zed-models': ['provider', 'setting'],
  ollama: ['model'],
  lmstudio: ['model'],
  huggingface: ['model'],
  'llama-cpp': ['model'],
};

/** What a record of a place lacks to be a unit of it, in words. */
export function lacking(fields: JsonObject): string | undefined {
  const { app, kind, name, settings, digest } = fields;
  const kinds = typeof app === 'string' && Object.hasOwn(kindsByApp, app) ? kindsByApp[app] : undefined;
  if (kinds === undefined) {
    return undefined;
  }
  if (typeof kind !== 'string' || !kinds.includes(kind)) {
    return `A record of ${String(app)} has the kind ${kinds.join(' or ')}. Correct it.`;
  }
  if (typeof name !== 'string' || name === '') {
    return `A record of ${String(app)} says its name. Add it.`;
  }
  if (kind !== 'model') {
    return settings === undefined ? `A ${kind} of ${String(app)} says its settings. Add them.` : undefined;
  }
  const isDigest = typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest);
  return app === 'ollama' && !isDigest
    ? 'A model of Ollama says its digest, as sha256: and 64 digits. Add it.'
    : undefined;
}
