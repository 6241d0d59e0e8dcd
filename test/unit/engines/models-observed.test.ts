import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/base/json.ts';
import { judgeRecord } from '../../../engines/models/judge/judge-record.ts';
import { huggingFace, llamaCpp, lmStudio } from '../../../engines/models/places/model-caches.ts';
import { ollama } from '../../../engines/models/places/ollama.ts';
import type { ObservedPlace } from '../../../src/contract/observed-place.ts';

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-models-')));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

function blob(content: JsonValue): { readonly digest: string; readonly size: number } {
  const text = JSON.stringify(content);
  put(`.ollama/models/blobs/sha256-${sha(text)}`, text);
  return { digest: `sha256:${sha(text)}`, size: text.length };
}

const plain = { model_format: 'gguf', model_family: 'llama', model_type: '8.0B', file_type: 'Q4_K_M' };

/** As Ollama writes them, without white space. */
function manifestOf(config: JsonValue, layers: readonly JsonValue[] = []): string {
  const weights = {
    mediaType: 'application/vnd.ollama.image.model',
    digest: `sha256:${'c'.repeat(64)}`,
    size: 4_000_000_000,
  };
  return JSON.stringify({ schemaVersion: 2, config: blob(config), layers: [weights, ...layers] });
}

const at = (path: string): string => `.ollama/models/manifests/registry.ollama.ai/${path}`;
const observed = async (
  place: ObservedPlace,
  environment = {},
): Promise<Awaited<ReturnType<ObservedPlace['observe']>>> => place.observe({ home, environment });

async function recordsOf(place: ObservedPlace, environment = {}): Promise<Readonly<Record<string, JsonValue>>> {
  const { units } = await observed(place, environment);
  return Object.fromEntries(
    units.map(({ id, text }) => {
      const fields = place.fieldsOf(id, text);
      expect(place.unitOf(id, fields)).toBe(text);
      return [id, fields];
    }),
  );
}

it('10 a model of Ollama is what its manifest says, by the digest that Ollama shows', async () => {
  const params = { mediaType: 'application/vnd.ollama.image.params', ...blob({ temperature: 0.6, stop: ['<x>'] }) };
  const system = { mediaType: 'application/vnd.ollama.image.system', digest: `sha256:${'d'.repeat(64)}`, size: 68 };
  const text = manifestOf(plain, [params, system]);
  put(at('library/llama3.1/8b'), text);
  const { size } = blob(plain);
  expect(await recordsOf(ollama)).toEqual({
    'ollama/model/llama3.1%3A8b': {
      ...{
        kind: 'model',
        name: 'llama3.1:8b',
        app: 'ollama',
        enabled: true,
        local: true,
        registry: 'registry.ollama.ai',
      },
      ...{ digest: `sha256:${sha(text)}`, size: 4_000_000_000 + 68 + params.size + size, system: system.digest },
      ...{ family: 'llama', weights: '8.0B', quantization: 'Q4_K_M', parameters: { temperature: 0.6, stop: ['<x>'] } },
    },
  });
  expect((await observed(ollama)).faults).toEqual([]);
});

it('10 models of others, of other registries and of the newer folder have their names; each stands once', async () => {
  put(at('mattw/tool/latest'), manifestOf(plain));
  put('.ollama/models/manifests/hf.co/owner/model/Q4_K_M', manifestOf(plain));
  const text = manifestOf({ ...plain, model_type: '1B' });
  put(at('library/both/1b'), manifestOf(plain));
  put(`.ollama/models/blobs/sha256-${sha(text)}`, text);
  const link = join(home, '.ollama/models/manifests-v2/registry.ollama.ai/library/both/1b');
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(home, `.ollama/models/blobs/sha256-${sha(text)}`), link);
  const records = await recordsOf(ollama);
  expect(Object.keys(records).sort()).toEqual([
    'ollama/model/both%3A1b',
    'ollama/model/hf.co%2Fowner%2Fmodel%3AQ4_K_M',
    'ollama/model/mattw%2Ftool%3Alatest',
  ]);
  expect(records['ollama/model/both%3A1b']).toMatchObject({ digest: `sha256:${sha(text)}`, weights: '1B' });
});

it('3 a model that runs in a cloud is remote, whatever its name here is', async () => {
  put(
    at('library/mine/latest'),
    manifestOf({ ...plain, remote_host: 'https://ollama.com:443', remote_model: 'gpt-oss:120b' }),
  );
  put(at('library/gpt-oss/120b-cloud'), manifestOf(plain));
  const records = await recordsOf(ollama);
  expect(Object.values(records).map((fields) => (fields as { local: boolean }).local)).toEqual([false, false]);
  expect(judgeRecord(null, records['ollama/model/mine%3Alatest'] as never).level).toBe('dangerous');
});

it('10 a model in several builds is read by what all machines see of it', async () => {
  const list = { schemaVersion: 2, mediaType: 'application/vnd.ollama.manifest.list.v2+json' };
  const child = JSON.parse(manifestOf(plain)) as JsonValue;
  const text = JSON.stringify({ ...list, manifests: [child, { digest: `sha256:${'e'.repeat(64)}`, runner: 'mlx' }] });
  put(at('library/list/latest'), text);
  expect(Object.values(await recordsOf(ollama))).toEqual([
    {
      kind: 'model',
      name: 'list:latest',
      app: 'ollama',
      enabled: true,
      local: true,
      registry: 'registry.ollama.ai',
      digest: `sha256:${sha(text)}`,
    },
  ]);
});

it('10 what is no manifest is a fault, what cannot be told is left alone, and nothing is waited for', async () => {
  put(at('library/broken/latest'), '{"schemaVersion": 2');
  put(at('library/large/latest'), 'x'.repeat(300_000));
  put(at('library/deep/latest'), '['.repeat(100_000));
  put(
    at('library/alone/latest'),
    JSON.stringify({ config: { digest: `sha256:${'f'.repeat(64)}`, size: 1 }, layers: [] }),
  );
  put(at('library/odd/latest'), JSON.stringify({ config: { digest: '../../../etc/passwd', size: 1 }, layers: 'x' }));
  put(at('library/folder/latest/deeper'), '');
  put(at('library/.hidden/latest'), '');
  put(at('library/sp ace/latest'), '');
  symlinkSync('/dev/zero', join(home, at('library/odd/zero')));
  put(at('library/good/latest'), manifestOf(plain));
  const { units, faults, leftAlone } = await observed(ollama);
  expect(units.map(({ id }) => id)).toEqual(['ollama/model/good%3Alatest']);
  expect(faults.map(({ path }) => path.split('/').at(-2))).toEqual(['broken', 'deep', 'folder', 'large', 'odd']);
  expect(leftAlone).toBe(3);
});

it('10 where nothing is, there is nothing; OLLAMA_MODELS says where else', async () => {
  expect(await observed(ollama)).toMatchObject({ units: [], faults: [], leftAlone: 0 });
  put(at('library/good/latest'), manifestOf(plain));
  const environment = { OLLAMA_MODELS: join(home, '.ollama/models') };
  expect(Object.keys(await recordsOf(ollama, environment))).toEqual(['ollama/model/good%3Alatest']);
  expect(await observed(ollama, { OLLAMA_MODELS: join(home, 'nowhere') })).toMatchObject({ units: [] });
  expect(ollama.lookedAt({ home, environment })).toContain(join(home, at('library/good/latest')));
});

it('10 LM Studio, Hugging Face and llama.cpp: names, sizes and revisions', async () => {
  put('.lmstudio/models/owner/model-GGUF/model-Q4.gguf', 'weights');
  put('.lmstudio/models/owner/model-GGUF/readme.md', 'x');
  put('.lmstudio/models/owner/empty/readme.md', 'x');
  put('.cache/huggingface/hub/models--owner--model/refs/main', `${'a'.repeat(40)}\n`);
  put('.cache/huggingface/hub/models--bare/refs/main', 'main');
  put('.cache/huggingface/hub/datasets--owner--data/refs/main', 'a'.repeat(40));
  put('.cache/llama.cpp/owner_model.gguf', 'weights');
  put('.cache/llama.cpp/owner_model.gguf.json', '{}');
  const common = { kind: 'model', enabled: true, local: true };
  expect(await recordsOf(lmStudio)).toEqual({
    'lmstudio/model/owner%2Fmodel-GGUF': {
      ...common,
      name: 'owner/model-GGUF',
      app: 'lmstudio',
      files: { 'model-Q4.gguf': 7 },
    },
  });
  expect(await recordsOf(huggingFace)).toEqual({
    'huggingface/model/owner%2Fmodel': { ...common, name: 'owner/model', app: 'huggingface', revision: 'a'.repeat(40) },
  });
  expect(await recordsOf(llamaCpp)).toEqual({
    'llama-cpp/model/owner_model.gguf': { ...common, name: 'owner_model.gguf', app: 'llama-cpp', size: 7 },
  });
  expect((await observed(huggingFace)).leftAlone).toBe(1);
});
