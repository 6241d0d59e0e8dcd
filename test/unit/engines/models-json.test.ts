import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { openCode, zed } from '../../../engines/models/places/json-places.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';
import { fixture, surroundings, unitsIn } from './place-files.ts';

const codecs = {
  opencode: await openCode.open(surroundings),
  zed: await zed.open(surroundings),
};
const text = fixture('opencode.jsonc');

describe('units of JSON files of applications', () => {
  it('5 OpenCode: providers and which model is asked; servers are those of agents, keys stay', () => {
    expect(Object.fromEntries(unitsIn(codecs.opencode, text))).toEqual({
      'opencode-models/provider/ollama':
        '{"models":{"qwen3:8b":{"limit":{"context":32768,"output":4096},"name":"Qwen"}},"npm":"@ai-sdk/openai-compatible","options":{"baseURL":"http://localhost:11434/v1"}}',
      'opencode-models/provider/anthropic': '{"options":{"apiKey":"{env:ANTHROPIC_API_KEY}"}}',
      'opencode-models/setting/model': '"ollama/qwen3:8b"',
      'opencode-models/setting/disabled_providers': '["openai"]',
    });
    expect(codecs.opencode.parse(text)).toMatchObject({ value: { leftAlone: 2 } });
  });

  it('5 Zed: only what decides who is asked', () => {
    const settings = `{ // mine
      "theme": "x", "agent": { "default_model": { "provider": "ollama", "model": "m" }, "always_allow_tool_actions": true },
      "language_models": { "ollama": { "api_url": "http://192.168.1.4:11434" }, "openai": { "api_url": "https://me:pw@a.example" } } }`;
    expect(Object.fromEntries(unitsIn(codecs.zed, settings))).toEqual({
      'zed-models/provider/ollama': '{"api_url":"http://192.168.1.4:11434"}',
      'zed-models/setting/agent.default_model': '{"model":"m","provider":"ollama"}',
    });
  });

  it('6 a record that is no unit of ours is written nowhere', () => {
    const record = { kind: 'setting', app: 'zed-models', settings: 'x' };
    const unitOf = (name: string): string | undefined =>
      codecs.zed.unitOf(`zed-models/setting/${encodeURIComponent(name)}`, { ...record, name });
    expect(unitOf('agent.default_model')).toBe('"x"');
    expect(['terminal', 'agent.always_allow_tool_actions', 'lsp', '__proto__', 'agent.__proto__'].map(unitOf)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    const id = 'zed-models/setting/agent.default_model';
    expect(codecs.zed.unitOf(id, { ...record, name: 'agent.subagent_model' })).toBeUndefined();
    expect(codecs.zed.unitOf(id, { ...record, name: 'agent.default_model', settings: '/home/ann/x' })).toBeUndefined();
  });

  it('8 a changed member alone is written, and comments within the unit stay', () => {
    const id = 'opencode-models/provider/ollama';
    const before = unitsIn(codecs.opencode, text).get(id) ?? '';
    const next = textWith(codecs.opencode, text, id, utf8(before.replace('32768', '65536')));
    expect(next).toBe(text.replace('32768', '65536'));
  });

  it.each([
    ['half written', '{ "provider": { "a": '],
    ['a list', '{ "provider": [] }'],
    ['a name twice', '{ "provider": { "a": {}, "a": {} } }'],
    ['too deep', `{ "provider": ${'['.repeat(100_000)}`],
    ['large', `{ "x": "${'x'.repeat(2_000_000)}" }`],
  ])('7 nothing is taken of a file that is %s', (_name, broken) => {
    expect(codecs.opencode.parse(broken)).toMatchObject({ ok: false });
  });

  it('9 laws: every line outside of the unit stays, and what is written is read again', () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
    const units = [...unitsIn(codecs.opencode, text)];
    let written = 0;
    fc.assert(
      fc.property(fc.nat(units.length - 1), json, (at, wanted) => {
        const [id, unit] = units[at] ?? ['', ''];
        const next = textWith(codecs.opencode, text, id, utf8(canonicalText(wanted)));
        if (next !== undefined) {
          const start = text.indexOf(`"${id.slice(id.lastIndexOf('/') + 1)}":`);
          expect(next.startsWith(text.slice(0, start))).toBe(true);
          expect(next).toContain('// keep me');
          const back = textWith(codecs.opencode, next, id, utf8(unit));
          expect(back && [...unitsIn(codecs.opencode, back)]).toEqual(units);
          written++;
        }
        expect(textWith(codecs.opencode, text, id, utf8(unit))).toBe(text);
      }),
      { numRuns: runs(150, 1000) },
    );
    expect(written).toBeGreaterThan(20);
  });
});
