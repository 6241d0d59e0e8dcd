import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import { asked } from '../helpers/asked.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

const config =
  'models:\n  # mine\n  - name: Quick\n    provider: ollama\n    model: m:1b\n    defaultCompletionOptions:\n      temperature: 0.2\n';
const blob = JSON.stringify({ model_family: 'llama', model_type: '1B', file_type: 'Q4_K_M' });
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const manifest = JSON.stringify({ config: { digest: `sha256:${digestOf(blob)}`, size: blob.length }, layers: [] });

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  for (const [home, person] of [
    [desk, 'ann'],
    [laptop, 'ben'],
  ] as const) {
    await put(person, '.continue/config.yaml', config);
    await home.killDaemon('SIGTERM');
    const nowhere = { XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', OLLAMA_MODELS: '', HF_HOME: '', LLAMA_CACHE: '' };
    await home.startDaemon({ HOME: join(stage.root, person), ...nowhere });
  }
  await put('ann', `.ollama/models/blobs/sha256-${digestOf(blob)}`, blob);
  await put('ann', '.ollama/models/manifests/registry.ollama.ai/library/small/1b', manifest);
});

afterAll(async () => {
  await stage.close();
});

async function put(person: string, path: string, text: string): Promise<void> {
  const file = join(stage.root, person, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

const textAt = async (person: string): Promise<string> =>
  readFile(join(stage.root, person, '.continue/config.yaml'), 'utf8');

describe('models of two machines', () => {
  it('a route that both have is asked about by nobody, and a model says which command brings it', async () => {
    for (const home of [desk, laptop]) {
      const shown = await home.run('setup', '--yes', '--engines', 'models');
      expect(shown.stdout).toMatch(/^continue +yes /m);
    }
    const { id, summary } = await asked(laptop, 'ollama/model/small%3A1b', 'small:1b');
    expect(summary).toBe('add model small:1b of ollama to this machine (local): harmless');
    await laptop.json('reviews', 'accept', id);
    const place = await laptop.json<PlaceShowBody>('places', 'show', 'ollama');
    expect(place.onlyRead).toContain('ollama pull NAME:TAG');
    await until('it is missing there', async () =>
      (await laptop.json<PlaceShowBody>('places', 'show', 'ollama')).items.some(
        ({ standing }) => standing === 'absent',
      ),
    );
  });

  it('a temperature is harmless, another address is not; both are written by span', async () => {
    await put('ann', '.continue/config.yaml', config.replace('0.2', '0.7 # warmer'));
    await laptop.json('reviews', 'accept', (await asked(laptop, 'continue/route/Quick', 'harmless')).id);
    await until('it is written', async () => (await textAt('ben')) === config.replace('0.2', '0.7'));
    await put(
      'ann',
      '.continue/config.yaml',
      config.replace('0.2', '0.7').replace('m:1b', 'm:1b\n    apiBase: https://a.example'),
    );
    const item = await asked(laptop, 'continue/route/Quick', 'a.example');
    expect(item.summary).toContain(
      'goes to https://a.example (remote), not the address that ollama has by default (local)',
    );
    expect(await textAt('ben')).toBe(config.replace('0.2', '0.7'));
  });
});
