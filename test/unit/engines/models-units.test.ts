import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { yamlMap } from '../../../src/merge/texts/yaml-tree.ts';
import { aider, continueModels, litellm } from '../../../engines/models/places/yaml-places.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';
import { fixture, surroundings, unitsIn } from './place-files.ts';

const codecs = {
  aider: await aider.open(surroundings),
  continue: await continueModels.open(surroundings),
  litellm: await litellm.open(surroundings),
};
const texts = {
  aider: fixture('aider.conf.yml'),
  continue: fixture('continue.yaml'),
  litellm: fixture('litellm.yaml'),
};

describe('units of YAML files of applications', () => {
  it('5 Continue: a unit for each model and for each place that gets copies', () => {
    const units = unitsIn(codecs.continue, texts.continue);
    expect([...units.keys()]).toEqual([
      'continue/route/Quick',
      'continue/route/Llama%203.1',
      'continue/route/Cloud',
      'continue/route/Flow',
      'continue/log/Copies',
    ]);
    expect(units.get('continue/route/Quick')).toBe(
      '{"defaultCompletionOptions":{"contextLength":8192,"temperature":0.2},"model":"qwen2.5-coder:1.5b","name":"Quick","provider":"ollama","roles":["autocomplete"]}',
    );
    expect(codecs.continue.parse(texts.continue)).toMatchObject({ value: { leftAlone: 4 } });
  });

  it('5 Aider: a unit for each option, but for keys, paths and what versions of YAML read differently', () => {
    expect([...unitsIn(codecs.aider, texts.aider).keys()]).toEqual(
      [
        'model',
        'openai-api-base',
        'weak-model',
        'alias',
        'read',
        'dark-mode',
        'map-tokens',
        'lint-cmd',
        'code-theme',
      ].map((name) => `aider/setting/${name}`),
    );
    expect(codecs.aider.parse(texts.aider)).toMatchObject({ value: { leftAlone: 5 } });
  });

  it('5 LiteLLM: equal names have a number, and keys stay', () => {
    expect([...unitsIn(codecs.litellm, texts.litellm).keys()]).toEqual([
      'litellm/route/gpt-4o',
      'litellm/route/gpt-4o[2]',
      'litellm/route/*',
      'litellm/setting/litellm_settings.drop_params',
      'litellm/setting/litellm_settings.request_timeout',
      'litellm/setting/litellm_settings.success_callback',
      'litellm/setting/router_settings.routing_strategy',
      'litellm/setting/router_settings.fallbacks',
      'litellm/setting/general_settings.store_prompts_in_spend_logs',
    ]);
  });

  it('6 `local` of a record is computed, and a record is that unit again', () => {
    const fieldsOf = (id: string): unknown => {
      const unit = unitsIn(codecs.continue, texts.continue).get(id) ?? '';
      const fields = codecs.continue.fieldsOf(id, unit);
      expect(codecs.continue.unitOf(id, fields)).toBe(unit);
      return fields['local'];
    };
    expect(fieldsOf('continue/route/Quick')).toBe(true);
    expect(fieldsOf('continue/route/Llama%203.1')).toBe(true);
    expect(fieldsOf('continue/route/Cloud')).toBe(false);
  });

  it('8 a changed value alone is written, with its quotes, and comments stay', () => {
    const id = 'continue/route/Llama%203.1';
    const unit = JSON.parse(unitsIn(codecs.continue, texts.continue).get(id) ?? '') as Record<string, JsonValue>;
    const changed = {
      ...unit,
      apiBase: 'http://127.0.0.1:9090/v1',
      chatOptions: { baseSystemMessage: 'Be\nbrief.\n' },
    };
    const next = textWith(codecs.continue, texts.continue, id, utf8(canonicalText(changed)));
    expect(next).toBe(
      texts.continue
        .replace("'http://127.0.0.1:8080/v1'", "'http://127.0.0.1:9090/v1'")
        .replace('You are brief.\n\n        You are kind.', 'Be\n        brief.'),
    );
  });

  it('8 members come and go on their own lines', () => {
    const id = 'continue/route/Quick';
    const wanted = {
      name: 'Quick',
      provider: 'ollama',
      model: 'm',
      apiBase: 'http://localhost:1',
      a: { b: ['x', { c: 1 }] },
    };
    const next = textWith(codecs.continue, texts.continue, id, utf8(canonicalText(wanted)));
    expect(next).toContain(
      '  - name: Quick\n    provider: ollama\n    model: m   # small\n    a:\n      b:\n        - x\n        - c: 1\n    apiBase: http://localhost:1\n  - name: "Llama',
    );
  });

  it.each([
    ['', 'models:\n  - model: m\n    name: New\n'],
    ['# mine\n', '# mine\nmodels:\n  - model: m\n    name: New\n'],
    ['name: x', 'name: x\nmodels:\n  - model: m\n    name: New'],
    ['models:\n', 'models:\n  - model: m\n    name: New\n'],
    ['models: []\r\n', 'models:\r\n  - model: m\r\n    name: New\r\n'],
    ['models: []\n', 'models:\n  - model: m\n    name: New\n'],
    ['models:\n- name: O\nx: 1\n', 'models:\n- name: O\n- model: m\n  name: New\nx: 1\n'],
    ['\uFEFFmodels: [{name: O}]\n', '\uFEFFmodels: [{name: O}, { model: m, name: New }]\n'],
  ])('8 a new one in %j', (text, expected) => {
    const id = 'continue/route/New';
    const next = textWith(codecs.continue, text, id, utf8('{"model":"m","name":"New"}'));
    expect(next).toBe(expected);
    const gone = textWith(codecs.continue, expected, id, undefined);
    expect(gone && unitsIn(codecs.continue, gone).has(id)).toBe(false);
  });

  it.each([
    ['models: &m\n  - name: a\n', 1],
    ['models: [a, *b]\nb: &b 1\n', 2],
    ['models:\n  - name: a\n    <<: {x: 1}\n', 1],
    ['models:\n  - name: a\n    x: !!str 1\n', 1],
    ['models:\n  - name: a\n    __proto__: {x: 1}\n', 1],
    ['models:\n  - name: a\n    n: 3791411052119578828\n', 1],
    ['models:\n  - ? name\n    : a\n', 1],
    ['models:\n  - name: a\n    at: 2024-01-01\n', 1],
    ['models:\n  - name: "\\ud800"\n', 1],
    ['models: {name: a}\n', 0],
    ['models: text\n', 0],
    ['- name: a\n', undefined],
    ['models:\n  - name: a\n    name: b\n', undefined],
    ['models: []\nmodels: []\n', undefined],
    ['a: 1\n---\nb: 1\n', undefined],
    ['%YAML 1.1\n---\na: yes\n', undefined],
    ['a: [\n', undefined],
    ['a: "\n', undefined],
    ['\ta: 1\n', undefined],
    ['- '.repeat(100_000), undefined],
    ['['.repeat(100_000), undefined],
    ['{a: '.repeat(50_000), undefined],
    [`a: ${'x'.repeat(1_000_000)}`, undefined],
    ['? '.repeat(100_000), undefined],
  ])('7 what cannot be told apart is left alone, and a broken file is none of its units: %#', (text, leftAlone) => {
    const parsed = codecs.continue.parse(text);
    expect(parsed.ok ? [...parsed.value.units, parsed.value.leftAlone] : undefined).toEqual(
      leftAlone === undefined ? undefined : [leftAlone],
    );
    expect(textWith(codecs.continue, text, 'continue/route/N', utf8('{"name":"O"}'))).toBeUndefined();
  });

  const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }) as fc.Arbitrary<JsonValue>;

  it.each(['aider', 'continue', 'litellm'] as const)(
    '9 laws of %s: only its own span, and read again as written',
    (app) => {
      const [codec, text] = [codecs[app], texts[app]];
      const units = [...unitsIn(codec, text)];
      let written = 0;
      const root = yamlMap(text);
      const spanOf = (unit: string): { start: number; end: number } => {
        const tops = (root.ok ? root.value?.members : undefined) ?? [];
        const all = tops.flatMap((one) => [one, ...one.node.items, ...one.node.members]);
        const found = all.find(({ node: { value } }) => value !== undefined && canonicalText(value) === unit);
        // With the comment behind its last line.
        return { start: found?.start ?? 0, end: text.indexOf('\n', found?.node.end) };
      };
      fc.assert(
        fc.property(
          fc.nat(units.length - 1),
          fc.dictionary(fc.string({ maxLength: 6 }), json, { maxKeys: 3 }),
          (at, extra) => {
            const [id, unit] = units[at] ?? ['', ''];
            const before = JSON.parse(unit) as JsonValue;
            const isMap = typeof before === 'object' && before !== null && !Array.isArray(before);
            const wanted = canonicalText(isMap ? { ...extra, ...before } : (Object.values(extra)[0] ?? null));
            const next = textWith(codec, text, id, utf8(wanted));
            if (next !== undefined && wanted !== unit) {
              const { start, end } = spanOf(unit);
              expect(end).toBeGreaterThan(start);
              expect([next.slice(0, start), next.slice(next.length - text.length + end)]).toEqual([
                text.slice(0, start),
                text.slice(end),
              ]);
              written++;
              const back = textWith(codec, next, id, utf8(unit));
              expect(back && [...unitsIn(codec, back)]).toEqual(units);
            }
            expect(textWith(codec, text, id, utf8(unit))).toBe(text);
          },
        ),
        { numRuns: runs(150, 500) },
      );
      expect(written).toBeGreaterThan(20);
    },
  );
});
