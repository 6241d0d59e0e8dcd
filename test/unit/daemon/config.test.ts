import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, configFault, loadConfig } from '../../../src/daemon/ground/config.ts';
import { temporaryFolder } from './temporary-folder.ts';

function fileWith(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'config.toml');
  writeFileSync(path, content);
  return path;
}

function load(
  content: string | Uint8Array,
  environment: NodeJS.ProcessEnv = {},
  flags: { relayUrl?: string } = {},
): Config {
  const loaded = loadConfig(fileWith(content), environment, flags);
  expect(loaded).toMatchObject({ ok: true });
  return (loaded as { value: Config }).value;
}

function fault(content: string | Uint8Array, environment: NodeJS.ProcessEnv = {}): string {
  const loaded = loadConfig(fileWith(content), environment);
  expect(loaded).toMatchObject({ ok: false });
  return (loaded as { error: string }).error;
}

const origin = ({ origins }: Config, wanted: string): string | undefined =>
  origins.find(({ key }) => key === wanted)?.origin;

describe('where a setting comes from', () => {
  const file = '[relay]\nurl = "ws://file"\n[log]\nlevel = "warn"\n';

  it('flag, then environment, then file, then default', () => {
    const environment = { SOURCESYNC_RELAY_URL: 'ws://environment' };
    const steps = [load(file, environment, { relayUrl: 'ws://flag' }), load(file, environment), load(file), load('')];
    expect(steps.map(({ relayUrl }) => relayUrl)).toEqual(['ws://flag', 'ws://environment', 'ws://file', null]);
    expect(steps.map((config) => origin(config, 'relay.url'))).toEqual([
      'flag',
      'SOURCESYNC_RELAY_URL',
      expect.stringMatching(/config\.toml$/),
      'default',
    ]);
  });

  it('the level of logging likewise', () => {
    expect([load(file, { SOURCESYNC_LOG: 'debug' }), load(file), load('')].map(({ logLevel }) => logLevel)).toEqual([
      'debug',
      'warn',
      'info',
    ]);
  });

  it('an empty variable counts as unset', () => {
    expect(load(file, { SOURCESYNC_RELAY_URL: '', SOURCESYNC_LOG: '' })).toMatchObject({
      relayUrl: 'ws://file',
      logLevel: 'warn',
    });
  });

  it('settings of engines are listed with their keys', () => {
    const config = load('[engines."sourceos.sync.shell"]\nenabled = false\n');
    expect(config.engines).toEqual({ 'sourceos.sync.shell': { enabled: false } });
    expect(origin(config, 'engines."sourceos.sync.shell".enabled')).toMatch(/config\.toml$/);
  });

  it('how long a silent device is waited for', () => {
    const config = load('[tombstones]\nexpire_days = 30\n');
    expect(config.tombstonesExpireDays).toBe(30);
    expect(origin(config, 'tombstones.expire_days')).toMatch(/config\.toml$/);
    expect(load('').tombstonesExpireDays).toBe(180);
  });

  it('takes the size of the largest file from the file, for all engines and for one', () => {
    const config = load('[folders]\nmax_file_size = 0\n[engines."sourceos.sync.notes"]\nmax_file_size = 2097152\n');
    expect(config.largestFileBytes).toBe(0);
    expect(config.engines['sourceos.sync.notes']?.max_file_size).toBe(2 * 1024 * 1024);
    expect(origin(config, 'folders.max_file_size')).toMatch(/config\.toml$/);
    expect(load('').largestFileBytes).toBe(1024 ** 3);
  });

  it('an absent file is an empty one', () => {
    const loaded = loadConfig(join(temporaryFolder(), 'config.toml'), {});
    expect(loaded).toMatchObject({
      ok: true,
      value: { relayUrl: null, localOnly: false, logLevel: 'info', engines: {} },
    });
  });

  it('a byte order mark is no fault', () => {
    expect(load('\ufeff[device]\nlabel = "Desk"\n').label).toBe('Desk');
  });
});

describe('relays', () => {
  const pin = `sha256-${'aB_-'.repeat(10)}xyz`;
  const token = (letter: string): string => `srt1_${letter.repeat(64)}`;
  const relaysOf = ({ relays }: Config) =>
    relays.map(({ address, registrationToken }) => [address.text, registrationToken]);

  it('one, with its pin and token', () => {
    const config = load(`[relay]\nurl = "wss://a"\npin = "${pin}"\ntoken = "${token('a')}"\n`);
    expect(relaysOf(config)).toEqual([[`wss://a#pin=${pin}`, token('a')]]);
    expect(config.relayUrl).toBe(`wss://a#pin=${pin}`);
    expect(JSON.stringify(config.origins)).not.toContain('srt1_');
    expect(config.origins).toContainEqual({ key: 'relay.token', value: true, origin: origin(config, 'relay.url') });
  });

  it('several, each shown its own token alone', () => {
    const config = load(
      `[relay]\nurls = ["ws://a", "wss://B/#pin=${pin}", "ws://c"]\ntoken = "${token('a')}"\n` +
        `[relay.tokens]\n"wss://b" = "${token('b')}"\n`,
    );
    expect(relaysOf(config)).toEqual([
      ['ws://a', token('a')],
      [`wss://b#pin=${pin}`, token('b')],
      ['ws://c', null],
    ]);
    expect(config.origins).toContainEqual(expect.objectContaining({ key: 'relay.urls' }));
  });

  it('an address from the environment stands alone, without the pin of the one in the file', () => {
    const config = load(`[relay]\nurls = ["wss://a", "ws://c"]\npin = "${pin}"\n`, {
      SOURCESYNC_RELAY_URL: 'wss://elsewhere',
    });
    expect(relaysOf(config)).toEqual([['wss://elsewhere', null]]);
  });

  it('a token file of the environment comes before the token in the file', () => {
    const path = fileWith(`${token('e')}\n`);
    const config = load(`[relay]\nurl = "ws://a"\ntoken = "${token('a')}"\n`, { SOURCESYNC_RELAY_TOKEN_FILE: path });
    expect(relaysOf(config)).toEqual([['ws://a', token('e')]]);
    expect(origin(config, 'relay.token')).toBe('SOURCESYNC_RELAY_TOKEN_FILE');
  });

  it.each(['srt1_short', token('x').repeat(100), ''])('a token file that holds %j is told of', (content) => {
    expect(fault('', { SOURCESYNC_RELAY_TOKEN_FILE: fileWith(content) })).toContain('sourcesync relay token create');
  });

  it.each([
    ['', { SOURCESYNC_RELAY_TOKEN_FILE: '/nonexistent' }, 'cannot be read'],
    ['[relay]\nurl = "ws://a"\nurls = ["ws://b"]\n', {}, 'url and urls'],
    ['[relay]\nurls = []\n', {}, 'relay.urls'],
    ['[relay]\nurls = ["ws://a", "ws://A/"]\n', {}, 'ws://a twice'],
    ['[relay]\nurl = "ws://user@a"\n', {}, 'no address'],
    [`[relay]\nurl = "ws://a"\npin = "${pin}"\n`, {}, 'wss://'],
    [`[relay]\nurl = "wss://a#pin=${pin}"\npin = "${pin.replace('aB', 'bB')}"\n`, {}, 'no other'],
    ['[relay]\npin = "sha256-x"\n', {}, 'relay.pin'],
    ['[relay]\ntoken = "x"\n', {}, 'relay.token'],
    [`[relay.tokens]\nnowhere = "${token('a')}"\n`, {}, 'relay.tokens'],
  ])('%j with %j: %s', (content, environment, words) => {
    expect(fault(content, environment)).toContain(words);
  });
});

describe('a file that is not in force', () => {
  it.each([
    ['[relay]\nurll = "ws://x"\n', 'relay has no setting "urll"; did you mean "url"?'],
    ['[rely]\nurl = "ws://x"\n', 'the file has no setting "rely"; did you mean "relay"?'],
    ['[engines."sourceos.sync.shell"]\nenable = true\n', 'did you mean "enabled"?'],
    ['[device]\nxylophone = 1\n', 'device has no setting "xylophone"'],
    ['[log]\nlevel = "loud"\n', 'log.level'],
    ['[tombstones]\nexpire_days = 1\n', 'tombstones.expire_days'],
    ['[tombstones]\nexpire_days = "long"\n', 'tombstones.expire_days'],
    ['[folders]\nmax_file_size = -1\n', 'folders.max_file_size'],
    ['[folders]\nmax_file_size = "1 GiB"\n', 'folders.max_file_size'],
    ['[relay]\nurl = "http://x"\n', 'relay.url'],
    ['[relay]\nlocal_only = "yes"\n', 'relay.local_only'],
    ['[engines.shell]\nenabled = true\n', 'engines'],
    ['[engines."sourceos.sync.shell"]\nbrake_share = 1e400\n', 'brake_share must be <= 1'],
    ['[engines."sourceos.sync.shell"]\nbrake_share = inf\n', 'brake_share'],
    ['relay = 5\n', 'relay must be object'],
  ])('%j: %s', (content, words) => {
    expect(fault(content)).toContain(words);
  });

  it.each([
    ['half a line', '[relay\nurl'],
    ['a key twice', '[relay]\nurl = "ws://a"\nurl = "ws://b"\n'],
    ['a table twice', '[relay]\n[relay]\n'],
    ['invalid UTF-8', Uint8Array.of(0x61, 0x3d, 0x22, 0xff, 0xfe, 0x22)],
    ['depth 10,000', `a = ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['zero bytes inside', 'a\u0000 = 1'],
    ['JSON', '{"relay":{}}'],
  ])('%s: told in one line that it is not valid TOML', (_name, content) => {
    const message = fault(content);
    expect(message).toContain('is not valid TOML');
    expect(message).not.toContain('\n');
    expect(message).not.toContain('.ts:');
  });

  it('TOML that breaks off: the line and the column, and not what stands there', () => {
    const message = fault('[relay]\ntoken = srt1_secret\n');
    expect(message).toMatch(/ is not valid TOML, line 2, column 9: invalid value$/);
    expect(configFault(message)).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('run this command again'),
    });
  });

  it('__proto__ reaches no prototype', () => {
    for (const content of [
      '[__proto__]\nenabled = true\n',
      '[engines.__proto__]\nenabled = true\n',
      '"__proto__" = 5\n',
    ]) {
      expect(loadConfig(fileWith(content), {})).toMatchObject({ ok: false });
    }
    expect(({} as { enabled?: boolean }).enabled).toBeUndefined();
  });

  it('more than 256 KiB are not read', () => {
    expect(fault(`# ${'x'.repeat(256 * 1024)}`)).toContain('at most 262144');
  });

  it('a folder in its place cannot be read', () => {
    const path = join(temporaryFolder(), 'config.toml');
    mkdirSync(path);
    expect(loadConfig(path, {})).toMatchObject({ ok: false, error: expect.stringContaining('cannot be read') });
  });

  it.each([
    ['SOURCESYNC_RELAY_URL', 'http://relay'],
    ['SOURCESYNC_RELAY_URL', 'relay'],
    ['SOURCESYNC_LOG', 'loud'],
  ])('%s=%s is named with what to write', (name, value) => {
    expect(fault('', { [name]: value })).toMatch(new RegExp(`^${name} .*Write `));
  });
});

describe('the floor of policy', () => {
  const floor = (rules: string): string => `[policy.floor]\n${rules}\n`;

  it('is read, and says where it is from', () => {
    const config = load(floor('"write.shell" = { kind = "decision", value = "deny" }'));
    expect(config.policyFloor).toEqual({ 'write.shell': { kind: 'decision', value: 'deny' } });
    expect(origin(config, 'policy.floor."write.shell"')).toMatch(/config\.toml$/);
    expect(load('').policyFloor).toEqual({});
  });

  it.each([
    ['a key that nobody knows', '"disk.size" = { kind = "max", value = 1 }', /no key that this build knows/],
    [
      'a value that is no decision',
      '"write.shell" = { kind = "decision", value = "perhaps" }',
      /does not fit its kind/,
    ],
    ['a kind that is none', '"write.shell" = { kind = "most", value = 1 }', /kind/],
    ['a rule that is none', '"write.shell" = "deny"', /policy/],
  ])('is refused as a whole for %s: what should bind is never left out', (_title, rules, words) => {
    expect(fault(floor(rules))).toMatch(words);
  });
});
