import { describe, expect, it } from 'vitest';
import { parseCount, parseSize } from '../../../src/cli/ground/quantity.ts';
import type { CreatedTokenBody, ServeRelayOptions } from '../../../src/cli/ground/relay-options.ts';
import { faultyRelay, run } from './setup-cli.ts';

/** What `relay serve` was asked for. */
async function served(...args: readonly string[]): Promise<ServeRelayOptions | undefined> {
  let asked: ServeRelayOptions | undefined;
  const serve = async (options: ServeRelayOptions): Promise<undefined> => {
    asked = options;
  };
  await run({ local: { relay: { ...faultyRelay, serve } } }, 'relay', 'serve', ...args);
  return asked;
}

const token: CreatedTokenBody = {
  ...{ id: '00112233445566ff', token: 'srt1_x', scopes: 16, revokedAt: null },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-31T00:00:00.000Z' },
};

describe('relay serve', () => {
  it('without flags leaves every choice to the relay', async () => {
    expect(await served()).toMatchObject({
      ...{ listen: '127.0.0.1:7342', dataDir: undefined, open: undefined, allowRoots: [], publicUrls: [] },
      ...{ tls: undefined, metrics: undefined, scopeBytes: undefined, requestsPerSecond: undefined },
      ...{ proxies: [], perAddress: undefined },
    });
  });

  it('hands on what its flags say', async () => {
    const flags = [
      ...['--listen', '0.0.0.0:1', '--data', '/d', '--no-open', '--allow-root', 'k1', 'k2'],
      ...['--public-url', 'wss://a', '--tls-cert', '/c', '--tls-key', '/k', '--metrics', '127.0.0.1:2'],
      ...['--scope-quota', '2GiB', '--device-quota', '512 MiB', '--rate', '50'],
      ...['--proxy', '127.0.0.1', '::1', '--per-address', '1000'],
    ];
    expect(await served(...flags)).toMatchObject({
      ...{ listen: '0.0.0.0:1', dataDir: '/d', open: false, allowRoots: ['k1', 'k2'], publicUrls: ['wss://a'] },
      ...{ tls: { certFile: '/c', keyFile: '/k' }, metrics: '127.0.0.1:2' },
      ...{ scopeBytes: 2 * 1024 ** 3, deviceBytesPerDay: 512 * 1024 ** 2, requestsPerSecond: 50 },
      ...{ proxies: ['127.0.0.1', '::1'], perAddress: 1000 },
    });
    expect(await served('--open')).toMatchObject({ open: true });
  });

  it.each([
    [['--tls-cert', '/c'], '--tls-key'],
    [['--scope-quota', '2 gigs'], '--scope-quota 2 gigs'],
    [['--device-quota', '0'], '--device-quota 0'],
    [['--rate', '0'], '--rate 0'],
    [['--rate', '1.5'], '--rate 1.5'],
    [['--per-address', '0'], '--per-address 0'],
  ])('%j: exit 2, in words, and nothing is started', async (flags, words) => {
    const said = await run({}, 'relay', 'serve', ...flags);
    expect(said).toMatchObject({ exitCode: 2, out: [], notes: expect.stringContaining(words) });
  });

  it('the ready line names address, pin and metrics', async () => {
    const serve = async ({ onReady }: ServeRelayOptions): Promise<undefined> => {
      onReady({ url: 'wss://a:1', pin: 'sha256-x', metrics: 'http://b:2/metrics' });
    };
    const setup = { local: { relay: { ...faultyRelay, serve } } };
    expect((await run(setup, 'relay', 'serve', '--json')).documents).toEqual([
      { event: 'ready', url: 'wss://a:1', pin: 'sha256-x', metrics: 'http://b:2/metrics' },
    ]);
    expect((await run(setup, 'relay', 'serve')).out.join()).toContain('wss://a:1#pin=sha256-x');
    const named = await run(setup, 'relay', 'serve', '--public-url', 'wss://relay.example');
    expect(named.out.join()).toContain('dial wss://relay.example#pin=sha256-x');
  });
});

describe('relay token', () => {
  it('create asks for sixteen scopes and thirty days unless told, and shows the token once', async () => {
    const asked: unknown[] = [];
    const createToken = async (options: unknown): Promise<CreatedTokenBody> => {
      asked.push(options);
      return token;
    };
    const setup = { local: { relay: { ...faultyRelay, createToken } } };
    expect((await run(setup, 'relay', 'token', 'create', '--json')).documents).toEqual([token]);
    const words = await run(setup, 'relay', 'token', 'create', '--data', '/d', '--scopes', '2', '--days', '1');
    expect(words.out.join()).toMatch(/srt1_x[^]*token revoke 00112233445566ff/);
    expect(asked).toEqual([
      { dataDir: undefined, scopes: 16, days: 30 },
      { dataDir: '/d', scopes: 2, days: 1 },
    ]);
  });

  it.each([
    ['--scopes', '0'],
    ['--scopes', 'many'],
    ['--days', '4000'],
  ])('create %s %s: exit 2', async (flag, value) => {
    const said = await run({}, 'relay', 'token', 'create', flag, value);
    expect(said).toMatchObject({ exitCode: 2, notes: expect.stringContaining(`${flag} ${value}`) });
  });

  it('ls and revoke show what they are told, and keep the exit code of a fault', async () => {
    const relay = { ...faultyRelay, tokens: async () => ({ items: [token] }), revokeToken: async () => token };
    expect((await run({ local: { relay } }, 'relay', 'token', 'ls')).out.join()).toContain(token.id);
    expect((await run({ local: { relay } }, 'relay', 'token', 'revoke', token.id)).out.join()).toContain('is revoked');
    expect(await run({}, 'relay', 'token', 'ls')).toMatchObject({ exitCode: 1, out: [] });
    expect(await run({}, 'relay', 'token', 'revoke', 'x')).toMatchObject({ exitCode: 1, out: [] });
  });
});

describe('quantities', () => {
  it.each([
    ['1', 1],
    ['10B', 10],
    ['2kib', 2048],
    ['3 MiB', 3 * 1024 ** 2],
    ['1GiB', 1024 ** 3],
    ['64TiB', 64 * 1024 ** 4],
    ['0', undefined],
    ['-1', undefined],
    ['1.5GiB', undefined],
    ['1GB', undefined],
    ['GiB', undefined],
    ['9999TiB9', undefined],
    ['99999999999999TiB', undefined],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it('a count stays within its bounds', () => {
    expect(['1', '9', '0', '10', '1e1', '', ' 1'].map((text) => parseCount(text, 1, 9))).toEqual([
      ...[1, 9],
      ...Array.from({ length: 5 }, () => undefined),
    ]);
  });
});
