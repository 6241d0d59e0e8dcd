import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { codexConfig } from '../../../engines/agents/places/codex-config.ts';
import { withTomlValue } from '../../../src/merge/texts/toml-values.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';
import { fixture, surroundings, unitsIn } from './place-files.ts';

const codec = await codexConfig.open(surroundings);
const text = fixture('codex-config.toml');

function changed(id: string, value: JsonValue | undefined, of: string = text): readonly string[] | undefined {
  const next = textWith(codec, of, id, value === undefined ? undefined : utf8(canonicalText(value)));
  if (next === undefined) {
    return undefined;
  }
  const [had, has] = [of.split('\n'), next.split('\n')];
  return [
    ...had.filter((line) => !has.includes(line)).map((line) => `-${line}`),
    ...has.filter((line) => !had.includes(line)).map((line) => `+${line}`),
  ];
}

describe('configuration of Codex', () => {
  it('5 is servers and settings; what is trusted here, and providers, are left alone', () => {
    expect(Object.fromEntries(unitsIn(codec, text))).toEqual({
      'codex/mcp/fetch': '{"args":["mcp-server-fetch==2025.4.7"],"command":"uvx","startup_timeout_sec":20}',
      'codex/mcp/github': '{"bearer_token_env_var":"GITHUB_TOKEN","url":"https://api.githubcopilot.com/mcp/"}',
      'codex/mcp/with%20key':
        '{"args":["-y","some-server@1.2.3"],"command":"npx","env":{"API_KEY":{"$local":true},"LEVEL":{"$local":true}}}',
      'codex/setting/model': '"gpt-5-codex"',
      'codex/setting/approval_policy': '"on-request"',
      'codex/setting/sandbox_mode': '"workspace-write"',
      'codex/setting/notify': '["terminal-notifier","-title","Codex"]',
      'codex/setting/sandbox_workspace_write': '{"network_access":false}',
      'codex/setting/tui': '{"theme":"dark"}',
    });
    expect(codec.parse(text)).toMatchObject({ value: { leftAlone: 4 } });
  });

  it('8 law: a record of a unit is that unit again, and writing it writes nothing', () => {
    for (const [id, unit] of unitsIn(codec, text)) {
      expect(codec.unitOf(id, codec.fieldsOf(id, unit))).toBe(unit);
      expect(codec.set(text, id, unit)).toBe(text);
    }
  });

  it('8 a change leaves every other line and comment, and each value of this device', () => {
    expect(changed('codex/setting/approval_policy', 'never')).toEqual([
      '-approval_policy = "on-request"',
      '+approval_policy = "never"',
    ]);
    expect(changed('codex/setting/model', 'x')).toEqual([
      '-model = "gpt-5-codex"   # the large one',
      '+model = "x"   # the large one',
    ]);
    const server = {
      args: ['-y', 'some-server@1.2.4'],
      command: 'npx',
      env: { API_KEY: { $local: true }, NEW: { $local: true } },
    };
    expect(changed('codex/mcp/with%20key', server)).toEqual([
      '-args = ["-y", "some-server@1.2.3"]',
      '-LEVEL = "info"',
      '+args = ["-y", "some-server@1.2.4"]',
      '+NEW = ""',
    ]);
    expect(changed('codex/mcp/new', { command: 'x', env: { A: '$HOME' } })).toEqual([
      '+[mcp_servers.new]',
      '+command = "x"',
      '+env = { A = "$HOME" }',
    ]);
    expect(changed('codex/setting/personality', 'friendly')).toEqual(['+personality = "friendly"']);
    expect(changed('codex/setting/features', { web: true })).toEqual(['+[features]', '+web = true']);
    expect(changed('codex/setting/sandbox_workspace_write', { network_access: true })).toEqual([
      '-network_access = false',
      '+network_access = true',
    ]);
  });

  it('8 what is removed takes its tables, and no comment of others', () => {
    const gone = textWith(codec, text, 'codex/mcp/with%20key', undefined) ?? '';
    expect(gone).toContain('# mine alone\n\n[mcp_servers.mine]\n');
    expect(gone).not.toContain('secret-of-mine');
    expect(changed('codex/setting/notify', undefined)).toEqual(['-notify = ["terminal-notifier", "-title", "Codex"]']);
  });

  it('6 values of this device are given to no other program, and its own servers are not written over', () => {
    const env = { API_KEY: { $local: true } };
    expect(changed('codex/mcp/with%20key', { command: 'bunx', args: ['x'], env })).toBeUndefined();
    expect(changed('codex/mcp/mine', { command: 'x' })).toBeUndefined();
    expect(changed('codex/setting/projects', { a: 1 })).toBeUndefined();
    const approval = codec.fieldsOf('codex/setting/tui', '{"theme":"dark"}');
    expect(codec.unitOf('codex/setting/approval_policy', approval)).toBeUndefined();
    expect(codec.unitOf('codex/setting/projects', codec.fieldsOf('codex/setting/projects', '{}'))).toBeUndefined();
  });

  it.each([
    ['dotted', 'mcp_servers.a.command = "x"\nmcp_servers.a.args = ["1"]\n'],
    ['inline', 'mcp_servers = { a = { command = "x", args = ["1"] } }\n'],
    ['inline in its table', '[mcp_servers]\na = { command = "x", args = ["1"] }\n'],
    ['in a table', '[mcp_servers.a]\r\ncommand = "x"\r\nargs = [\r\n  "1",\r\n]\r\n'],
    ['quoted', '[mcp_servers."a"]\n"command" = \'x\'\nargs = ["1"]'],
    ['in a table above', '[mcp_servers]\n[mcp_servers.a]\ncommand = "x"\nargs = ["1"]\n# end'],
  ])('8 a server that is written %s is changed and removed', (_name, config) => {
    expect([...unitsIn(codec, config)]).toEqual([['codex/mcp/a', '{"args":["1"],"command":"x"}']]);
    expect(changed('codex/mcp/a', { command: 'x', args: ['2'] }, config)).toBeDefined();
    expect(changed('codex/mcp/a', undefined, config)).toBeDefined();
  });

  it.each([
    ['half written', 'model = "x'],
    ['a name twice', 'model = "x"\nmodel = "y"'],
    ['a number that a double cannot hold', 'a = 3791411052119578828'],
    ['nested without end', `a = ${'['.repeat(100_000)}`],
  ])('7 nothing is taken of a file that is %s', (_name, broken) => {
    expect(codec.parse(broken)).toMatchObject({ ok: false });
  });

  it('7 what JSON cannot hold is left alone', () => {
    const config = 'since = 2025-01-01\nratio = nan\nmcp_servers = 3\n[a]\n[[a.b]]\nwhen = 10:00:00\n';
    expect(codec.parse(config)).toMatchObject({ ok: true, value: { units: [], leftAlone: 4 } });
    expect(codec.set(config, 'codex/setting/since', '"x"')).toBe(config);
  });

  it('8 law: what is written is read again, and nothing else is', () => {
    const word = fc.string({ maxLength: 6, unit: 'binary' }).map((one) => one.toWellFormed());
    const leaf = fc.oneof(word, fc.boolean(), fc.integer(), fc.array(word, { maxLength: 2 }));
    const value = fc.oneof(leaf, fc.dictionary(word, leaf, { maxKeys: 3, noNullPrototype: true }));
    const path = fc.constantFrom(
      ['model'],
      ['new'],
      ['tui'],
      ['tui', 'x y'],
      ['mcp_servers', 'fetch'],
      ['mcp_servers', 'n'],
    );
    fc.assert(
      fc.property(path, value, (names, next) => {
        const made = withTomlValue(text, names, next as JsonObject);
        expect(made).toBeDefined();
        expect(withTomlValue(made ?? '', names, next as JsonObject)).toBe(made);
        expect(withTomlValue(made ?? '', names, undefined)).toBeDefined();
      }),
      { numRuns: runs(50, 800) },
    );
  });
});
