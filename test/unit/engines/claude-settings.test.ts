import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { claudeSettings } from '../../../engines/agents/places/claude-settings.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';
import { fixture, surroundings, unitsIn } from './place-files.ts';

const codec = await claudeSettings.open(surroundings);
const text = fixture('claude-settings.json');
const hook = '{"hooks":[{"command":"check-command --strict","type":"command"}],"matcher":"Bash"}';
const missingFrom = (before: string, after: string): readonly string[] =>
  before.split('\n').filter((line) => !after.split('\n').includes(line));

describe('settings of Claude Code', () => {
  it('5 are units: each rule, each hook by what it says, each setting by its name', () => {
    expect(Object.fromEntries(unitsIn(codec, text))).toEqual({
      'claude/setting/model': '"opus"',
      'claude/setting/theme': '"dark"',
      'claude/permission/allow/Bash(npm%20run%20test%3A*)': '"Bash(npm run test:*)"',
      'claude/permission/allow/Read(~%2F.zshrc)': '"Read(~/.zshrc)"',
      'claude/permission/deny/WebFetch': '"WebFetch"',
      'claude/permission/deny/Read(.%2F.env)': '"Read(./.env)"',
      'claude/permission/additionalDirectories/..%2Fdocs': '"../docs"',
      'claude/setting/permissions/defaultMode': '"acceptEdits"',
      'claude/env/DISABLE_TELEMETRY': '"1"',
      'claude/hook/PreToolUse/5f290abc6452a8dc': hook,
      'claude/setting/statusLine': '{"command":"~/.claude/status.sh","padding":0,"type":"command"}',
      'claude/setting/apiKeyHelper': '"op read op://work/anthropic/key"',
      'claude/setting/enableAllProjectMcpServers': 'false',
    });
  });

  it('6 that name the home folder or may be a password stay here: a rule, a hook, a variable', () => {
    expect(codec.parse(text)).toMatchObject({ value: { leftAlone: 4 } });
    for (const local of ['notes', 'beep', 'something', 'schemastore']) {
      expect([...unitsIn(codec, text).values()].join()).not.toContain(local);
    }
  });

  it('4 are found where CLAUDE_CONFIG_DIR says', () => {
    const environment = { CLAUDE_CONFIG_DIR: '/srv/claude' };
    expect(claudeSettings.files({ home: '/home/ann', environment })).toEqual(['/srv/claude/settings.json']);
    expect(claudeSettings.files({ home: '/home/ann', environment: {} })).toEqual(['/home/ann/.claude/settings.json']);
  });

  it('8 law: a record of a unit is that unit again, and writing it writes nothing', () => {
    for (const [id, unit] of unitsIn(codec, text)) {
      expect(codec.unitOf(id, codec.fieldsOf(id, unit))).toBe(unit);
      expect(codec.set(text, id, unit)).toBe(text);
    }
  });

  it('8 law: each unit can be removed and comes back, and no other line goes', () => {
    for (const [id, unit] of unitsIn(codec, text)) {
      const gone = textWith(codec, text, id, undefined);
      expect(gone, id).toBeDefined();
      const back = textWith(codec, gone ?? '', id, utf8(unit)) ?? '';
      expect(Object.fromEntries(unitsIn(codec, back))).toEqual(Object.fromEntries(unitsIn(codec, text)));
      for (const local of ['/home/ann/notes/**', 'something', '/home/ann/bin/beep', '$schema']) {
        expect(back).toContain(local);
      }
    }
  });

  it('8 a changed setting leaves every other line', () => {
    const changed = textWith(codec, text, 'claude/setting/model', utf8('"sonnet"')) ?? '';
    expect(missingFrom(text, changed)).toEqual(['  "model": "opus",']);
    const padded = '{"command":"~/.claude/status.sh","padding":2,"type":"command"}';
    const line = textWith(codec, text, 'claude/setting/statusLine', utf8(padded)) ?? '';
    expect(line).toContain('{ "type": "command", "command": "~/.claude/status.sh", "padding": 2 }');
  });

  it.each([
    ['on lines', '{"permissions":{"deny":[\n  "A", // one\n  "B" // two\n]}}'],
    ['on one line', '{"permissions":{"deny":["A","B"]}}'],
    ['with a comma at the end', '{"permissions":{"deny":["A", "B",]}}'],
    ['with a comment between', '{"permissions":{"deny":["A" /* , */ , "B"]}}'],
  ])('8 a rule is taken out of a list %s', (_name, list) => {
    for (const rule of ['A', 'B']) {
      const gone = textWith(codec, list, `claude/permission/deny/${rule}`, undefined) ?? '';
      expect([...unitsIn(codec, gone).values()]).toEqual([rule === 'A' ? '"B"' : '"A"']);
      expect(textWith(codec, gone, `claude/permission/deny/${rule}`, utf8(`"${rule}"`))).toBeDefined();
    }
  });

  it('8 what is no unit where a new one would go is not written over', () => {
    const other = (id: string, unit: string, file: string) => textWith(codec, file, id, utf8(unit));
    expect(other('claude/permission/deny/A', '"A"', '{"permissions":[]}')).toBeUndefined();
    expect(other('claude/permission/deny/A', '"A"', '{"permissions":{"deny":"A"}}')).toBeUndefined();
    expect(other('claude/setting/model', '"x"', '{"model":"/home/ann/model"}')).toBeUndefined();
    expect(other('claude/env/DISABLE_TELEMETRY', '"1"', '{"env":{"DISABLE_TELEMETRY":"/home/ann"}}')).toBeUndefined();
    expect(other('claude/hook/Stop/0000000000000000', hook, '{}')).toBeUndefined();
  });

  it('6 no record is written as another thing than it says it is', () => {
    const rule = codec.fieldsOf('claude/permission/deny/A', '"A"');
    expect(codec.unitOf('claude/permission/allow/A', rule)).toBeUndefined();
    expect(codec.unitOf('claude/permission/deny/A', { ...rule, value: 'B' })).toBeUndefined();
    expect(codec.unitOf('claude/permission/deny/A', { ...rule, name: 'B' })).toBeUndefined();
    const theme = codec.fieldsOf('claude/setting/theme', '"dark"');
    expect(codec.unitOf('claude/setting/apiKeyHelper', theme)).toBeUndefined();
    expect(codec.unitOf('claude/setting/permissions', { ...theme, path: ['permissions'] })).toBeUndefined();
    expect(codec.unitOf('claude/setting/hooks/Stop', { ...theme, path: ['hooks', 'Stop'] })).toBeUndefined();
    const token = codec.fieldsOf('claude/env/ANTHROPIC_AUTH_TOKEN', '"x"');
    expect(codec.unitOf('claude/env/ANTHROPIC_AUTH_TOKEN', token)).toBeUndefined();
  });

  it.each([
    ['half written', '{"permissions":{"allow":['],
    ['a list', '[]'],
    ['a setting twice', '{"model":"a","model":"b"}'],
    ['rules twice', '{"permissions":{"deny":["A"]},"permissions":{"deny":[]}}'],
    ['nested without end', `{"a":${'['.repeat(100_000)}`],
    ['nested too deeply', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('7 nothing is taken of a file that is %s', (_name, broken) => {
    expect(codec.parse(broken)).toMatchObject({ ok: false });
  });

  it('7 odd shapes are left alone', () => {
    const odd = '{"permissions":null,"hooks":{"Stop":{},"Start":[1,{}]},"env":[],"constructor":1}';
    expect(Object.fromEntries(unitsIn(codec, odd))).toEqual({ 'claude/setting/constructor': '1' });
    expect(codec.parse(odd)).toMatchObject({ value: { leftAlone: 5 } });
  });

  it('8 law: any rule that is written is read again', () => {
    const lists = fc.constantFrom('allow', 'ask', 'deny', 'additionalDirectories');
    fc.assert(
      fc.property(lists, fc.string({ minLength: 1, maxLength: 20 }), (list, rule) => {
        const id = `claude/permission/${list}/${encodeURIComponent(rule.toWellFormed())}`;
        const unit = codec.unitOf(id, codec.fieldsOf(id, JSON.stringify(rule)));
        const made = unit === undefined ? undefined : textWith(codec, text, id, utf8(unit));
        if (made !== undefined) {
          expect(unitsIn(codec, made).get(id)).toBe(unit);
          expect(missingFrom(text, made).length).toBeLessThan(3);
        }
      }),
      { numRuns: runs(100, 800) },
    );
  });
});
