import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { engine } from '../../../engines/models/engine.ts';
import { whyKeptHere } from '../../../engines/models/places/kept-here.ts';
import { continueModels } from '../../../engines/models/places/yaml-places.ts';
import { surroundings, unitsIn } from './place-files.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const codec = await continueModels.open(surroundings);

describe('what stays on its machine', () => {
  it.each([
    ['a key', { apiKey: 'sk-abcdefgh' }],
    ['a key of another name', { x: 'gsk_abcdefgh1234' }],
    ['a password', { database_password: 'hunter2' }],
    ['a key in a list', { 'api-key': ['openai=abc'] }],
    ['a key in a query', { apiBase: 'https://a.example/v1?key=abc' }],
    ['a user in an address', { apiBase: 'https://me:pw@a.example' }],
    ['a header', { requestOptions: { headers: { 'X-Team': 'abc' } } }],
    ['a header beside a reference', { headers: { Authorization: 'Bearer ${TOKEN}' } }],
    ['an environment', { env: { A: 'b' } }],
    ['a run of letters', { hook: 'https://hooks.example/services/T0/B0/abcdefghijklmnop12345678' }],
    ['a name that is a key', { 'sk-abcdefgh12345': 1 }],
    ['a long number', { secret: 123456789012 }],
    ['the home folder', { x: 'a /home/ann/b' }],
    ['the home folder in codes', { x: 'http://a/%2Fhome%2Fann' }],
    ['a path from the root', { caBundlePath: '/etc/ssl/ca.pem' }],
    ['a path from home', { x: '~/ca.pem' }],
    ['a path of Windows', { x: 'C:\\Users\\ann' }],
    ['a path in a command', { x: 'python: /usr/bin/flake8' }],
  ])('8 %s', (_name, more) => {
    const unit = { name: 'N', provider: 'p', ...more } as JsonValue;
    expect(whyKeptHere(unit, '/home/ann')).not.toBeUndefined();
    const record = { kind: 'route', app: 'continue', name: 'N', settings: unit };
    expect(codec.unitOf('continue/route/N', record)).toBeUndefined();
    expect(codec.parse(`models:\n  - ${JSON.stringify(unit)}\n`)).toMatchObject({ value: { units: [], leftAlone: 1 } });
  });

  it.each([
    { apiKey: '${{ secrets.KEY }}' },
    { api_key: 'os.environ/KEY' },
    { apiKey: '{env:KEY}' },
    { apiKey: 'ollama' },
    { maxTokens: 4096, 'max-chat-history-tokens': 8192, tokenizer: 'llama' },
    { model: 'bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q4_K_M' },
    { headers: { Authorization: '${env:TOKEN}' } },
    { x: '$HOME/models' },
  ])('8 but not %j', (unit) => {
    expect(whyKeptHere(unit as JsonValue, '/home/ann')).toBeUndefined();
  });
});

it('7 a large file is read in a moment', () => {
  const model = (at: number): string =>
    `  - name: M${at}\n    provider: ollama\n    model: m:${at}b\n    roles:\n      - chat\n`;
  const large = `models:\n${Array.from({ length: 400 }, (_, at) => model(at)).join('')}`;
  const started = processorMs();
  expect(unitsIn(codec, large).size).toBe(400);
  const took = processorMs() - started;
  expect(took).toBeLessThan(3000);
});

describe('what a record of a place lacks', () => {
  it.each([
    ['nothing', { kind: 'route', app: 'continue', name: 'x', settings: {} }, undefined],
    ['nothing, being older than places', { kind: 'route', name: 'x', local: true, endpoint: 'y' }, undefined],
    ['nothing, of an application of nobody', { app: 'mine', kind: 'x' }, undefined],
    ['its kind', { kind: 'route', app: 'aider', name: 'x', settings: 1 }, 'has the kind setting'],
    ['its name', { kind: 'route', app: 'litellm', settings: {} }, 'says its name'],
    ['its settings', { kind: 'provider', app: 'zed-models', name: 'x' }, 'says its settings'],
    ['its digest', { kind: 'model', app: 'ollama', name: 'x', digest: 'sha256:1' }, 'says its digest'],
  ] as const)('12 %s', (_name, fields, words) => {
    const told = engine.lacking?.(fields as JsonObject, null);
    expect(words === undefined ? told : told?.includes(words)).toBe(words === undefined ? undefined : true);
  });
});
