import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { engine } from '../../../engines/models/engine.ts';
import { judgeRecord } from '../../../engines/models/judge/judge-record.ts';
import { reachOf, runsInCloud } from '../../../engines/models/judge/reach.ts';
import { runs } from '../../helpers/suite.ts';

const reaches: Readonly<Record<'local' | 'lan' | 'remote', readonly string[]>> = {
  local: [
    ...[
      'http://localhost:11434',
      'http://LOCALHOST:1/v1/',
      'https://127.0.0.1',
      'http://127.8.9.10:80/x',
      'localhost:11434',
    ],
    ...[
      'http://[::1]:8080/v1',
      'http://[0:0:0:0:0:0:0:1]/',
      '127.0.0.1:11434',
      'unix:///run/x.sock',
      '/run/user/1/x.sock',
    ],
    ...['http+unix://%2Frun%2Fx.sock/v1', 'ws://localhost:1'],
  ],
  lan: [
    'http://192.168.1.5:11434',
    'http://10.0.0.1',
    'http://172.16.0.1',
    'http://172.31.255.255/v1',
    'http://[fd00::1]:1/',
  ],
  remote: [
    ...[
      'http://0.0.0.0:11434',
      '0.0.0.0',
      'http://2130706433',
      'http://0x7f000001',
      'http://0x7f.1',
      'http://0177.0.0.1',
    ],
    ...[
      'http://127.1',
      'http://127.0.0.01',
      'http://127.0.0.256',
      'http://1270.0.0.1',
      'http://134744072',
      'http://010.0.0.1',
    ],
    ...[
      'http://localhost.evil.com',
      'http://localhost.',
      'http://127.0.0.1.',
      'http://127.0.0.1.nip.io',
      'http://localhost@evil.com',
    ],
    ...[
      'http://localhost:11434@evil.com',
      'http://user:pw@localhost',
      'http://localhost\\@evil.com',
      'http://localhost#@evil.com',
    ],
    ...[
      'http://localhost?@evil.com',
      'http://localhost/@evil.com',
      'http://evil.com/localhost',
      'http://evil.com#localhost',
      '//localhost',
    ],
    ...[
      'http://loсalhost',
      'http://ｌocalhost',
      'http://localhost\u200b',
      'http://local\thost',
      ' http://localhost',
      'http://localhost\n',
    ],
    ...[
      'http://xn--lcalhost-1nb',
      'http:localhost',
      'http:/localhost',
      'http:///localhost',
      'ftp://localhost',
      'file://localhost/x',
    ],
    ...[
      'http://172.15.0.1',
      'http://172.32.0.1',
      'http://192.169.0.1',
      'http://11.0.0.1',
      'http://169.254.169.254',
      'http://100.64.0.1',
    ],
    ...[
      'http://[::ffff:127.0.0.1]',
      'http://[::]',
      'http://[::1%25eth0]',
      'http://[fe80::1]',
      'http://[2001:db8::1]',
      'http://[::1',
    ],
    ...[
      'http://ollama:11434',
      'http://host.docker.internal',
      'http://box.local',
      'http://foo.localhost',
      '${OLLAMA}',
      'os.environ/X',
      '',
    ],
    ...[
      'http://localhost:11434:80',
      'http://localhost:123456',
      'http://localhost%2eevil.com',
      'http://localhost%00.evil.com',
      'unix:///../x',
    ],
    ...[
      'https://api.openai.com/v1',
      '//evil.com/x.sock',
      'http://127。0。0。1',
      'http://①27.0.0.1',
      'http://localhost//evil.com',
      'http://-',
    ],
  ],
};

describe('where an endpoint goes', () => {
  it.each(Object.entries(reaches).flatMap(([reach, all]) => all.map((endpoint) => [endpoint, reach] as const)))(
    '3 %j is %s',
    (endpoint, reach) => {
      expect(reachOf(endpoint)).toBe(reach);
    },
  );

  it.each([
    ['gpt-oss:120b-cloud', true],
    ['ollama/qwen3:cloud', true],
    ['Deepseek:671B-CLOUD', true],
    ['x:cloud\u200b', true],
    ['llama3.1:8b', false],
    ['cloudy:8b', false],
    ['cloud-tools:7b', false],
  ] as const)('3 a model %s runs in a cloud: %s', (model, isCloud) => {
    expect(runsInCloud(model)).toBe(isCloud);
  });

  it('3 no text makes it fail or hang', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => typeof reachOf(`http://${text}`) === 'string'),
      {
        numRuns: runs(300, 2000),
      },
    );
    expect(reachOf(`http://${'a.'.repeat(1_000_000)}`)).toBe('remote');
    expect(reachOf(`http://${'['.repeat(1_000_000)}`)).toBe('remote');
  });
});

const route = (settings: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...{ kind: 'route', name: 'Quick', app: 'continue', settings },
  ...more,
});
const setting = (name: string, settings: JsonValue, app = 'aider'): JsonObject => ({
  kind: 'setting',
  name,
  app,
  settings,
});
const own = {
  name: 'Quick',
  provider: 'ollama',
  model: 'm:1b',
  apiBase: 'http://localhost:11434',
  temperature: 0.2,
  timeout: 10,
};
const digest = `sha256:${'a'.repeat(64)}`;
const model = (more: JsonObject = {}): JsonObject => ({
  ...{
    kind: 'model',
    name: 'llama3.1:8b',
    app: 'ollama',
    registry: 'registry.ollama.ai',
    digest,
    size: 5,
    local: true,
  },
  ...more,
});

describe('a change of a model, a provider or a route', () => {
  it.each([
    ['temperature', route(own), route({ ...own, temperature: 0.9 })],
    ['context', route(own), route({ ...own, defaultCompletionOptions: { contextLength: 8192 } })],
    ['a description', route(own), route({ ...own, description: 'see https://example.org' })],
    ['a longer time of requests', route({ requestOptions: { timeout: 1 } }), route({ requestOptions: { timeout: 9 } })],
    ['what follows from the rest', route(own), route(own, { local: true })],
    ['a longer time', route(own), route({ ...own, timeout: 60 })],
    ['switched off', route(own, { enabled: true }), route(own, { enabled: false })],
    ['removed', route(own), null],
    ['rpm', route({ litellm_params: { rpm: 1 } }), route({ litellm_params: { rpm: 9 } })],
    ['how Aider looks', null, setting('dark-mode', true)],
    ['a context', setting('map-tokens', 1024), setting('map-tokens', 2048)],
    [
      'a time of LiteLLM',
      setting('litellm_settings.request_timeout', 1, 'litellm'),
      setting('litellm_settings.request_timeout', 2, 'litellm'),
    ],
    ['a local model by its digest', null, model()],
    ['a model less', model(), null],
  ] as const)('11 is harmless: %s', (_name, before, next) => {
    expect(judgeRecord(before, next).level).toBe('harmless');
  });

  it.each([
    [
      'to elsewhere',
      route(own),
      route({ ...own, apiBase: 'https://evil.example/v1' }),
      'goes to https://evil.example/v1 (remote), not http://localhost:11434 (local)',
    ],
    [
      'another port',
      route(own),
      route({ ...own, apiBase: 'http://localhost:11435' }),
      'apiBase: http://localhost:11434 → http://localhost:11435 (local)',
    ],
    [
      'no address any more',
      route({ ...own, provider: 'openai' }),
      route({ provider: 'openai', name: 'Quick', model: 'm:1b' }),
      'goes to the address that openai has by default (remote)',
    ],
    ['another provider', route(own), route({ ...own, provider: 'openai' }), 'provider: ollama → openai (who is asked)'],
    [
      'a model in a cloud',
      route(own),
      route({ ...own, model: 'm:1b-cloud' }),
      'm:1b-cloud, which runs in a cloud (remote)',
    ],
    ['a new route', null, route(own), 'a new route Quick that goes to http://localhost:11434 (local)'],
    ['a wildcard', null, route({}, { name: '*' }), 'for any name'],
    ['a look-alike', route(own), route({ ...own, tempеrature: 1 }), 'nothing → 1'],
    ['a temperature that is none', route(own), route({ ...own, temperature: { url: 'x' } }), 'goes to x (remote)'],
    ['a shorter time', route(own), route({ ...own, timeout: 1 }), 'timeout: 10 → 1'],
    ['hidden characters', route(own), route({ ...own, description: 'a\u202eb' }), 'not shown'],
    [
      'certificates',
      route(own),
      route({ ...own, requestOptions: { verifySsl: false } }),
      'verifySsl: nothing → false (whether the other side',
    ],
    ['a proxy', route(own), route({ ...own, requestOptions: { proxy: 'http://10.0.0.1' } }), 'your network'],
    ['headers', route(own), route({ ...own, requestOptions: { headers: { a: 'b' } } }), 'a: nothing → b'],
    [
      'a system message',
      route(own),
      route({ ...own, chatOptions: { baseSystemMessage: 'x' } }),
      'what a model is told before you',
    ],
    ['a new member as a list', route(own), route({ ...own, temperature: [0.1] }), 'temperature: 0.2 → [0.1]'],
    ['a number at a strange place', route(own), route({ ...own, evil: { temperature: 1 } }), 'temperature'],
    ['switched on', route(own, { enabled: false }), route(own, { enabled: true }), 'enabled: false → true'],
    [
      'fallbacks',
      setting('router_settings.fallbacks', [{ a: ['b'] }], 'litellm'),
      setting('router_settings.fallbacks', [{ a: ['b', 'c'] }], 'litellm'),
      'who is asked where the first fails',
    ],
    [
      'callbacks',
      null,
      setting('litellm_settings.success_callback', ['langfuse'], 'litellm'),
      'who gets a copy of prompts',
    ],
    [
      'an address of Aider gone',
      setting('openai-api-base', 'http://localhost:1'),
      null,
      'openai-api-base: http://localhost:1 → nothing',
    ],
    ['certificates of Aider', null, setting('verify-ssl', false), 'verify-ssl: nothing → false'],
    ['a command', null, setting('lint-cmd', 'x'), 'what runs here'],
    ['a look of Aider that is none', null, setting('dark-mode', '$(x)'), 'dark-mode'],
    ['a look elsewhere', null, setting('dark-mode', true, 'evil'), 'dark-mode'],
    [
      'another digest',
      model(),
      model({ digest: `sha256:${'b'.repeat(64)}`, size: 6 }),
      'the same name, another digest: aaaaaaaaaaaa → bbbbbbbbbbbb',
    ],
    ['no digest', model(), { ...model(), digest: null }, 'digest'],
    ['a short digest', null, model({ digest: 'sha256:aa' }), 'a new model'],
    ['another registry', null, model({ registry: 'evil.example' }), 'a new model'],
    [
      'a model with an endpoint',
      null,
      model({ endpoint: 'https://evil.example' }),
      'it says that it is local, but goes to https://evil.example (remote)',
    ],
    ['a model of a cloud', null, model({ name: 'gpt-oss:120b-cloud' }), 'it says that it is local'],
    [
      'local that is not',
      null,
      { kind: 'route', name: 'x', local: true, endpoint: 'https://a.example' },
      'it says that it is local, but goes to https://a.example (remote)',
    ],
    [
      'local in other letters',
      null,
      { kind: 'route', name: 'x', Local: 'yes', url: 'http://0.0.0.0' },
      'it says that it is local',
    ],
    [
      'local and near',
      null,
      { kind: 'route', name: 'x', local: true, endpoint: 'http://192.168.0.2' },
      '(your network)',
    ],
    [
      'local deep inside',
      null,
      { kind: 'p', local: true, a: [{ b: { baseURL: 'https://a.example' } }] },
      'it says that it is local',
    ],
    [
      'local from nothing',
      { kind: 'model', name: 'x', local: false },
      { kind: 'model', name: 'x', local: true },
      'local: false → true',
    ],
    [
      'local among words',
      null,
      { kind: 'x', local: true, args: ['--url=http://a.example'] },
      'it says that it is local',
    ],
    ['local with a bare host', null, { kind: 'x', local: true, server: 'a.example:443' }, 'it says that it is local'],
    ['local not any more', route(own, { local: true }), route(own), 'local: true → nothing'],
    ['a record of nothing', null, {}, 'a new record'],
    ['what nobody knows', { kind: 'x' }, null, 'something may rely on it'],
    [
      'a provider less',
      { kind: 'provider', name: 'o', app: 'zed-models', settings: { api_url: 'http://localhost:1' } },
      null,
      'by default',
    ],
  ] as const)('11 is dangerous: %s', (_name, before, next, words) => {
    const judged = judgeRecord(before as JsonObject | null, next as JsonObject | null);
    expect(judged.level).toBe('dangerous');
    expect(judged.words).toContain(words);
  });

  it('3 what it says of itself is shown as it was computed', () => {
    const lying = {
      kind: 'route',
      name: 'x',
      app: 'continue',
      local: true,
      settings: { apiBase: 'https://a.example' },
    };
    expect(engine.summarize(lying)).toBe('route x of continue to https://a.example (remote)');
    expect(engine.dangerousPaths(null, lying)).toContain('/settings');
  });

  it('11 no record makes it fail', () => {
    const record = fc.dictionary(
      fc.constantFrom('kind', 'name', 'app', 'settings', 'local', 'digest', 'endpoint', '__proto__'),
      fc.jsonValue() as fc.Arbitrary<JsonValue>,
    );
    fc.assert(
      fc.property(fc.option(record), fc.option(record), (before, next) => {
        expect(['harmless', 'dangerous']).toContain(judgeRecord(before, next).level);
        expect(typeof engine.summarize(next ?? {})).toBe('string');
      }),
      { numRuns: runs(300, 2000) },
    );
  });
});
