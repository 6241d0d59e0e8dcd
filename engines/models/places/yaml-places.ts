import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { type Place, type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { type YamlShape, yamlUnits } from './yaml-units.ts';

const nameIn = ({ name }: JsonObject): JsonValue | undefined => name;

/** Options of Aider, each a unit: by some of them it is decided who is asked. */
export const aider: Place = placeOf({ app: 'aider', lists: [], maps: [''] }, ({ home }) => [`${home}/.aider.conf.yml`]);

/** Models of Continue, and where it sends copies of what it does. Its servers are those of agents. */
export const continueModels: Place = placeOf(
  {
    app: 'continue',
    lists: [
      { member: 'models', kind: 'route', nameOf: nameIn },
      { member: 'data', kind: 'log', nameOf: nameIn },
    ],
    maps: [],
  },
  ({ home }) => [`${home}/.continue/config.yaml`],
);

/** Routes of a proxy; a name stands there once for each that may answer to it. */
export const litellm: Place = placeOf(
  {
    app: 'litellm',
    lists: [{ member: 'model_list', kind: 'route', nameOf: ({ model_name: name }) => name }],
    maps: ['litellm_settings', 'router_settings', 'general_settings'],
  },
  (surroundings) => [`${settingsFolder(surroundings)}/litellm/config.yaml`, `${surroundings.home}/litellm/config.yaml`],
);

function placeOf(shape: YamlShape, files: (surroundings: PlaceSurroundings) => readonly [string, ...string[]]): Place {
  return {
    name: shape.app,
    files,
    newUnits: (surroundings) => files(surroundings)[0],
    hookLine: undefined,
    open: async ({ home }) => yamlUnits(shape, home),
  };
}
