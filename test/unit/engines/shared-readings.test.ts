import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { namesHome, namesOwnHome } from '../../../engines/shared/home-folder.ts';
import { holdsKnownToken } from '../../../engines/shared/known-tokens.ts';
import { bytesIn, textIn, textNow } from '../../../engines/shared/small-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'small-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

describe('a small file of another program', () => {
  it('is read as bytes or as text, without a mark of its encoding', async () => {
    writeFileSync(at('plain'), '\ufeffa\n');
    symlinkSync('plain', at('link'));
    expect(await textIn(at('link'), 100)).toEqual({ kind: 'read', value: 'a\n' });
    expect(await bytesIn(at('plain'), 100)).toMatchObject({ kind: 'read', value: { length: 5 } });
    expect(textNow(at('plain'), 100)).toBe('a\n');
  });

  it('that is not there is absent, and nothing else is', async () => {
    expect(await textIn(at('nothing'), 100)).toEqual({ kind: 'absent' });
    expect(await textIn(at('plain/below'), 100)).toEqual({ kind: 'absent' });
    expect(textNow(at('nothing'), 100)).toBeUndefined();
  });

  it('is never waited for, and is a fault in words where it cannot be read', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    mkdirSync(at('folder'));
    writeFileSync(at('large'), 'x'.repeat(101));
    writeFileSync(at('bytes'), Buffer.of(0xff));
    writeFileSync(at('shut'), 'x');
    chmodSync(at('shut'), 0o000);
    const faults: readonly (readonly [string, string])[] = [
      ['pipe', 'It is no file.'],
      ['folder', 'It is a folder.'],
      ['large', 'It is larger than 100 bytes, and is not read.'],
      ['bytes', 'It is not UTF-8.'],
    ];
    for (const [name, words] of faults) {
      expect([name, await textIn(at(name), 100)]).toEqual([name, { kind: 'fault', words }]);
      expect([name, textNow(at(name), 100)]).toEqual([name, undefined]);
    }
    expect(await textIn('/dev/zero', 100)).toEqual({ kind: 'fault', words: 'It is no file.' });
    expect(await textIn('x'.repeat(5000), 100)).toMatchObject({
      kind: 'fault',
      words: expect.stringContaining('(ENAMETOOLONG)'),
    });
  });
});

describe('a home folder', () => {
  it.each([
    ...[
      '/home/ann/x',
      'cat /home/ben/x',
      '"/Users/ben"',
      '/var/home/ben',
      'x=/home/ben',
      '/root',
      `${'/root'}/x`,
      '//home//ben',
    ],
    ...[String.raw`C:\Users\ben`, 'c:/users/ben/x', 'file:///home/ben/x', 'vscode-remote://ssh-remote+x/home/ben/y'],
    ...['%2Fhome%2Fben', '/srv/ann/x', 'file:///srv%2Fann'],
  ])('is named by %s', (text) => {
    expect(namesHome(text, '/srv/ann')).toBe(true);
  });

  it.each([
    '~/x',
    '$HOME/x',
    '${HOME}/x',
    'src/home/x',
    'eval "$(/home/linuxbrew/.linuxbrew/bin/brew shellenv)"',
    '/Users/Shared/tools',
    '/usr/home',
    '/rooted',
    '/srv/root',
    'https://a.example/home/x',
    'at home',
  ])('is not named by %s', (text) => {
    expect(namesHome(text, '/srv/ann')).toBe(false);
  });

  it('of this machine alone is told from others, and a home of one letter is in every path', () => {
    expect([namesOwnHome('/srv/ann/x', '/srv/ann'), namesOwnHome('/home/ben', '/srv/ann')]).toEqual([true, false]);
    expect([namesHome('/usr/bin', '/'), namesHome('/usr/bin', ''), namesHome('/usr/bin', undefined)]).toEqual([
      ...[false, false, false],
    ]);
  });
});

describe('a credential that is known by its mark', () => {
  const some = 'a1B2c3D4e5F6g7H8i9J0k1L2m3';
  it.each([
    ...[
      'sk-',
      'sk_live_',
      'rk_test_',
      'pk-lf-',
      'ghp_',
      'gho_',
      'github_pat_',
      'glpat-',
      'xoxb-',
      'xapp-',
      'AIza',
      'ya29.',
    ],
    ...['npm_', 'hf_', 'gsk_', 'r8_', 'shpat_', 'dop_v1_', 'pypi-', 'tvly-', 'xai-', 'nvapi-', 'pplx-', 'SG.', 'hvs.'],
    ...['dckr_pat_', 'lin_api_', 'ops_ey', '12345678:AA1234', 'https://hooks.slack.com/services/', 'https://ann:'],
  ])('begins with %s', (mark) => {
    const end = mark === 'https://ann:' ? '@a.example' : '';
    expect(holdsKnownToken(`set x = "${mark}${some}${end}"`)).toBe(true);
  });

  it.each([
    'AKIAABCDEFGHIJKLMNOP',
    `dapi${'0a'.repeat(16)}`,
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    'https://discord.com/api/webhooks/1/x',
  ])('is %s', (text) => {
    expect(holdsKnownToken(text)).toBe(true);
  });

  it.each([
    ...['npm run all', 'npm-run-all-in-parallel', 'hf-internal-testing/tiny-random', 'https://a.example:8080/x@y'],
    ...['http://$USER:$PASSWORD@a.example', 'sk-short', 'a key of mine', 'eyJ', 'gpt-4o-mini-2024-07-18'],
  ])('is none in %s', (text) => {
    expect(holdsKnownToken(text)).toBe(false);
  });

  it('is looked for in a moment, whatever is in a long text', () => {
    for (const piece of [
      'eyJ-',
      'sk-',
      'https://a',
      'https://a:b',
      '-----BEGIN A',
      '12345678:AA',
      'xox',
      '/home',
      '%41',
      '://',
    ]) {
      const started = process.cpuUsage();
      const text = piece.repeat(1_000_000 / piece.length);
      holdsKnownToken(text);
      namesHome(text, '/home/ann');
      const { user } = process.cpuUsage(started);
      expect([piece, user < 2_000_000]).toEqual([piece, true]);
    }
  });
});
