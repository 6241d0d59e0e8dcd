import { type Place, type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { type JsonShape, jsonUnits } from './json-units.ts';

const any = (): boolean => true;
const oneOf =
  (...names: readonly string[]) =>
  (name: string): boolean =>
    names.includes(name);

/** Providers of OpenCode, and which model is asked. */
export const openCode: Place = placeOf(
  {
    app: 'opencode-models',
    objects: [
      { at: ['provider'], kind: 'provider', isOurs: any },
      { at: [], kind: 'setting', isOurs: oneOf('model', 'small_model', 'enabled_providers', 'disabled_providers') },
    ],
  },
  (surroundings) => {
    const folder = `${settingsFolder(surroundings)}/opencode`;
    return [`${folder}/opencode.json`, `${folder}/opencode.jsonc`];
  },
);

const modelsOfZed = ['default_model', 'inline_assistant_model', 'commit_message_model', 'thread_summary_model'];

/** Providers of Zed, and which model is asked for what. */
export const zed: Place = placeOf(
  {
    app: 'zed-models',
    objects: [
      { at: ['language_models'], kind: 'provider', isOurs: any },
      { at: ['agent'], kind: 'setting', isOurs: oneOf(...modelsOfZed, 'subagent_model') },
      { at: ['edit_predictions'], kind: 'setting', isOurs: oneOf('provider', 'ollama', 'open_ai_compatible_api') },
    ],
  },
  (surroundings) => [`${settingsFolder(surroundings)}/zed/settings.json`],
);

function placeOf(shape: JsonShape, files: (surroundings: PlaceSurroundings) => readonly [string, ...string[]]): Place {
  return {
    name: shape.app,
    files,
    newUnits: (surroundings) => files(surroundings)[0],
    hookLine: undefined,
    open: async ({ home }) => jsonUnits(shape, home),
  };
}
