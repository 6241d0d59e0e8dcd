import { describe, expect, it } from 'vitest';
import { patternsOf, ruleWords, whyItHolds } from '../../../page/policy/rule-words.ts';
import { kindsOf, readValue, seenVersion } from '../../../page/policy/wanted-rule.ts';
import { whyNotHere } from '../../../page/policy/who-sets.ts';
import type { PolicyKeyBody } from '../../../src/api/types/policy.ts';
import { reasonCodes } from '../../../src/contract/reasons.ts';
import { vocabulary } from '../../../src/policy/vocabulary.ts';
import type { EngineBody } from '../../../src/api/types/bodies.ts';
import type { DeviceListBody } from '../../../src/api/types/devices.ts';

describe('what policy says on the page', () => {
  it.each([
    [null, 'allowed, because no layer says anything'],
    [{ kind: 'decision', value: 'allow' }, 'allowed'],
    [{ kind: 'decision', value: 'require_review' }, 'a person is asked'],
    [{ kind: 'decision', value: 'perhaps' }, 'denied, because it cannot be read'],
    [{ kind: 'max', value: 12 }, 'at most 12'],
    [{ kind: 'min', value: 2 }, 'at least 2'],
    [{ kind: 'allowset', value: ['read', 'write'] }, 'only read, write'],
    [{ kind: 'denyset', value: [] }, 'never nothing'],
    [{ kind: 'map', value: { '*': 'ask', 'tool:Bash': 'deny' } }, 'a map of 2 patterns'],
    [{ kind: 'top', value: null }, 'denied, because this build cannot read it'],
  ])('%j is told in words', (rule, words) => {
    expect(ruleWords(rule)).toBe(words);
  });

  it('shows foreign signs for what they are', () => {
    expect(ruleWords({ kind: 'allowset', value: ['a\u202eb'] })).toContain(String.raw`\u{202e}`);
  });

  it('lists the patterns of one map, and of several', () => {
    expect(patternsOf({ kind: 'map', value: [{ '*': 'ask' }, { 'tool:x': 'deny' }] })).toEqual([
      ['*', 'ask'],
      ['tool:x', 'deny'],
    ]);
    expect(patternsOf({ kind: 'max', value: 1 })).toEqual([]);
  });

  it.each(['local_policy_stronger', 'remote_policy_weaker', 'remote_policy_newer'])('%s is told in words', (code) => {
    expect(reasonCodes).toContain(code);
    expect(whyItHolds(keyWith(code))).not.toMatch(/_|Reason:/);
  });

  it('says that the strongest holds where no reason is given, and that nobody else speaks', () => {
    const word = { layer: 'org', source: 'org', key: 'write.shell', rule: {}, decides: true } as const;
    expect(whyItHolds({ ...keyWith(null), words: [word, word] })).toContain('strongest');
    expect(whyItHolds(keyWith(null))).toBe('No other layer speaks of it.');
  });
});

describe('a rule that is wanted', () => {
  it.each([
    ['write.shell', ['decision']],
    ['agent.write.notes', ['decision']],
    ['lease.lifetime_hours', ['max']],
    ['lease.records.write', ['decision']],
    ['permissions', ['map']],
    ['permissions.x', []],
    ['write.', []],
    ['disk.size', []],
  ])('%s takes %j', (key, kinds) => {
    expect(kindsOf(vocabulary, key)).toEqual(kinds);
  });

  it.each([
    ['decision', 'deny', { ok: true, value: 'deny' }],
    ['max', ' 2.5 ', { ok: true, value: 2.5 }],
    ['min', '', { ok: false }],
    ['min', 'many', { ok: false }],
    ['allowset', 'read\n\n write ', { ok: true, value: ['read', 'write'] }],
    ['map', 'tool:Bash(a = b) = ask\n* = deny', { ok: true, value: { 'tool:Bash(a = b)': 'ask', '*': 'deny' } }],
    ['map', 'tool:Bash: ask', { ok: false }],
    ['map', '', { ok: false }],
  ])('%s reads %j', (kind, text, read) => {
    expect(readValue(kind, text)).toMatchObject(read);
  });

  it('is written for the version of its layer that was seen', () => {
    const policy = {
      ...{ keys: [], vocabulary: [], lacking: null },
      documents: [{ layer: 'org', id: 'org', generation: 1, version: 'v1' }],
    };
    expect([seenVersion(policy, 'org'), seenVersion(policy, 'repo')]).toEqual(['v1', null]);
  });
});

describe('why no rule is set here', () => {
  const engine = { collection: 'policy', enabled: true, reasonCodes: [] as readonly string[] };
  const status = (change: object): { engines: readonly EngineBody[] } => ({
    engines: [{ ...engine, ...change } as unknown as EngineBody],
  });
  const devices = { items: [{ deviceId: 'urn:a', label: 'desk' }] } as unknown as DeviceListBody;

  it.each([
    [{ enabled: false }, /sourcesync engines enable policy/],
    [{ reasonCodes: ['no_org_profile'] }, /sourcesync scopes create org NAME/],
  ])('%j', (change, words) => {
    expect(whyNotHere({ lacking: null }, status(change), devices)?.command).toMatch(words);
  });

  it('names the authority, the command and the device to run it on', () => {
    const lacking = { command: 'sourcesync devices role me writer --authority policy', givers: ['urn:a'] };
    expect(whyNotHere({ lacking }, status({}), devices)).toEqual({
      why: expect.stringMatching(/authority policy.* run on desk:$/) as string,
      command: lacking.command,
    });
    expect(whyNotHere({ lacking: { ...lacking, givers: [] } }, status({}), devices)?.why).toContain(
      'administers this one',
    );
    expect(whyNotHere({ lacking: null }, status({}), devices)).toBeUndefined();
  });
});

function keyWith(reasonCode: string | null): PolicyKeyBody {
  return { key: 'write.shell', rule: null, reasonCode, words: [], says: '' };
}
