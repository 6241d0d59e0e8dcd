import { join } from 'node:path';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ObservedPlace, ObservedUnit, PlaceReport } from '../../../src/contract/observed-place.ts';
import type { PlaceSurroundings } from '../../../src/contract/place.ts';
import { modelRecord } from './model-record.ts';
import { textIn } from '../../shared/small-file.ts';
import { namesIn, sizeOf, treeBelow } from './small-files.ts';
import { unitId } from './unit-names.ts';

/** Models of LM Studio: `publisher/model`, and the files of weights with their sizes. */
export const lmStudio: ObservedPlace = storeOf({
  app: 'lmstudio',
  rootOf: ({ home }) => `${home}/.lmstudio/models`,
  depth: 2,
  modelAt: async (path, parts) => ({ name: parts.join('/'), unit: await weightsIn(path) }),
  onlyRead:
    'Models are fetched by LM Studio alone. For one that another device has, run `lms get PUBLISHER/MODEL`, then compare the sizes of its files.',
  keepsRecords: false,
});

/** What the libraries of Hugging Face fetched: which revision, since what is there of it differs by what was asked for. */
export const huggingFace: ObservedPlace = storeOf({
  app: 'huggingface',
  rootOf: ({ home, environment }) =>
    environment['HF_HUB_CACHE'] ||
    `${environment['HF_HOME'] || `${environment['XDG_CACHE_HOME'] || `${home}/.cache`}/huggingface`}/hub`,
  depth: 1,
  modelAt: async (path, [folder = '']) => ({ name: repositoryOf(folder), unit: await revisionIn(path) }),
  isOther: (name) => !name.startsWith('models--'),
  onlyRead:
    'Models are fetched by the libraries of Hugging Face alone. For one that another device has, run `hf download OWNER/MODEL --revision REVISION`, with the revision that its record has.',
  keepsRecords: true,
});

/** Files of weights that llama.cpp fetched. */
export const llamaCpp: ObservedPlace = storeOf({
  app: 'llama-cpp',
  rootOf: ({ home, environment }) =>
    environment['LLAMA_CACHE'] || `${environment['XDG_CACHE_HOME'] || `${home}/.cache`}/llama.cpp`,
  depth: 1,
  modelAt: async (path, [name]) => {
    const size = await sizeOf(path);
    return { name, unit: typeof size === 'number' ? { size } : undefined };
  },
  isOther: (name) => !isWeights(name),
  onlyRead:
    'Models are fetched by llama.cpp alone. For one that another device has, run `llama-cli -hf OWNER/MODEL`, then compare its size.',
  keepsRecords: true,
});

interface Store {
  readonly app: string;
  readonly rootOf: (surroundings: PlaceSurroundings) => string;
  /** How many folders down a model lies. */
  readonly depth: number;
  readonly modelAt: (
    path: string,
    parts: readonly string[],
  ) => Promise<{ readonly name: string | undefined; readonly unit: JsonObject | undefined }>;
  /** True for what is no model: the tool's own, or of another kind. */
  readonly isOther?: (name: string) => boolean;
  readonly onlyRead: string;
  readonly keepsRecords: boolean;
}

function storeOf({ app, rootOf, depth, modelAt, isOther, onlyRead, keepsRecords }: Store): ObservedPlace {
  const units: (root: string, parts: readonly string[], report: Gathering) => Promise<void> = async (
    root,
    parts,
    report,
  ) => {
    const path = join(root, ...parts);
    if (parts.length === depth) {
      const { name, unit } = await modelAt(path, parts);
      const id = unitId(app, 'model', name);
      if (id === undefined || unit === undefined) {
        report.leftAlone++;
      } else {
        report.units.push({ id, path, text: canonicalText(unit) });
      }
      return;
    }
    const names = await namesIn(path);
    if (names.kind === 'fault') {
      report.faults.push({ path, message: names.words });
      return;
    }
    for (const name of (names.kind === 'read' ? names.value : []).filter((one) => isOther?.(one) !== true)) {
      await units(root, [...parts, name], report);
    }
  };
  return {
    name: app,
    lookedAt: (surroundings) => treeBelow(rootOf(surroundings), depth),
    async observe(surroundings) {
      const report: Gathering = { units: [], faults: [], leftAlone: 0 };
      await units(rootOf(surroundings), [], report);
      return report;
    },
    ...modelRecord(app),
    onlyRead,
    keepsRecords,
  };
}

interface Gathering {
  readonly units: ObservedUnit[];
  readonly faults: PlaceReport['faults'][number][];
  leftAlone: number;
}

function isWeights(name: string): boolean {
  return /\.(gguf|safetensors)$/i.test(name);
}

/** Undefined for a folder without weights. */
async function weightsIn(folder: string): Promise<JsonObject | undefined> {
  const names = await namesIn(folder);
  const weights = names.kind === 'read' ? names.value.filter(isWeights) : [];
  const sizes = await Promise.all(weights.map(async (name) => [name, await sizeOf(join(folder, name))] as const));
  const files = sizes.filter((entry): entry is readonly [string, number] => typeof entry[1] === 'number');
  return files.length === 0 ? undefined : { files: Object.fromEntries(files) };
}

function repositoryOf(folder: string): string {
  return folder.slice('models--'.length).replaceAll('--', '/');
}

/** The commit that its main branch was at. */
async function revisionIn(folder: string): Promise<JsonObject | undefined> {
  const read = await textIn(join(folder, 'refs', 'main'), longestRevision);
  const revision = read.kind === 'read' ? read.value.trim() : undefined;
  return revision !== undefined && /^[0-9a-f]{40,64}$/.test(revision) ? { revision } : undefined;
}

const longestRevision = 200;
