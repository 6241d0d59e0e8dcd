import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesFromBase64url, base64urlFromBytes } from '../../../src/base/bytes.ts';
import { mark } from '../../../src/crypto/hash.ts';
import { findCredentialsAtHome } from '../../../src/daemon/offline/find-credentials.ts';
import { temporaryFolder } from './temporary-folder.ts';

const isRoot = process.getuid?.() === 0;

function homeWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const home = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), content);
  }
  return home;
}

const names = (home: string, environment = {}): readonly string[] =>
  findCredentialsAtHome(home, environment).found.map(({ file, line, name }) => `${file}:${line} ${name}`);

describe('credentials in a home folder', () => {
  it('are found in each kind of file, .env files of the home folder itself alone', () => {
    const line = 'export DB_PASSWORD=hunter2\n';
    const home = homeWith({
      ...{
        '.bashrc': `\n${line}`,
        '.config/fish/conf.d/x.fish': 'set -gx API_TOKEN abc',
        '.env': line,
        'my.env': line,
      },
      ...{ '.env.local': line, 'src/project/.env': line, '.netrc': 'machine h.org login a password b' },
      ...{ '.npmrc': '_auth=abc', '.aws/credentials': '[p]\naws_secret_access_key=x', '.pgpass': 'h:1:d:u:p' },
      ...{ '.docker/config.json': '{"auths":{"h.org":{"auth":"YTpi"}}}', 'z/.zshrc': line },
      ...{ '.config/gh/hosts.yml': 'github.com:\n  oauth_token: abc\n', '.pypirc': '[pypi]\npassword=x' },
    });
    expect(names(home, { ZDOTDIR: join(home, 'z') })).toEqual([
      ...['~/.bashrc:2 DB_PASSWORD', '~/.netrc:1 h.org', '~/.npmrc:1 _auth', '~/.aws/credentials:2 p'],
      ...['~/.config/gh/hosts.yml:2 github.com', '~/.docker/config.json:1 h.org', '~/.pgpass:1 h'],
      ...['~/.pypirc:2 pypi.password', '~/z/.zshrc:1 DB_PASSWORD', '~/.env:1 DB_PASSWORD'],
      ...['~/.env.local:1 DB_PASSWORD', '~/my.env:1 DB_PASSWORD', '~/.config/fish/conf.d/x.fish:1 API_TOKEN'],
    ]);
  });

  it('a link is followed within the home folder, once, and never out of it', () => {
    const outside = join(homeWith({ rc: 'TOKEN=abc' }), 'rc');
    const home = homeWith({ 'dotfiles/bashrc': 'TOKEN=abc' });
    symlinkSync('dotfiles/bashrc', join(home, '.bashrc'));
    symlinkSync('dotfiles/bashrc', join(home, '.profile'));
    symlinkSync(outside, join(home, '.zshrc'));
    symlinkSync('.netrc', join(home, '.netrc'));
    symlinkSync(dirname(outside), join(home, '.aws'));
    symlinkSync('nowhere', join(home, '.npmrc'));
    writeFileSync(join(dirname(outside), 'credentials'), '[p]\naws_secret_access_key=x');
    const { skipped } = findCredentialsAtHome(home, {});
    expect(names(home)).toEqual(['~/.bashrc:1 TOKEN']);
    expect(skipped).toEqual([
      { file: '~/.zshrc', message: 'It leads out of the home folder, and was not followed.' },
      { file: '~/.netrc', message: 'It is a loop of symbolic links.' },
      { file: '~/.aws/credentials', message: 'It leads out of the home folder, and was not followed.' },
    ]);
  });

  it('what is large, no text, no file, no JSON or may not be read is said, and the rest is found', () => {
    const home = homeWith({
      ...{ '.bashrc': 'TOKEN=abc', '.zshrc': '', '.netrc': new Uint8Array([0, 1, 2]), '.docker/config.json': '{' },
      ...{ '.env/bin/activate': 'x', '.npmrc': '_auth=abc' },
    });
    truncateSync(join(home, '.zshrc'), 50 * 1024 * 1024);
    chmodSync(join(home, '.npmrc'), 0);
    const { skipped, looked } = findCredentialsAtHome(home, {});
    const said = Object.fromEntries(skipped.map(({ file, message }) => [file, message]));
    expect(said['~/.zshrc']).toContain('larger than 1 MiB');
    expect(said['~/.netrc']).toContain('no text');
    expect(said['~/.docker/config.json']).toContain('no JSON');
    expect(said['~/.env']).toContain('no regular file');
    expect(isRoot || said['~/.npmrc']?.includes('may not be read')).toBe(true);
    expect([names(home)[0], looked]).toEqual(['~/.bashrc:1 TOKEN', 6]);
  });

  it('more than are told are said', () => {
    const many = Array.from({ length: 400 }, (_, index) => `export T${index}_TOKEN=v${index}\n`).join('');
    const home = homeWith(
      Object.fromEntries(['.bashrc', '.zshrc', '.profile', '.zshenv', '.kshrc'].map((n) => [n, many])),
    );
    const { found, skipped } = findCredentialsAtHome(home, {});
    expect([found.length, skipped.length]).toEqual([512, 5]);
  });

  it('marks compare every form under a key that is new each time', () => {
    const home = homeWith({ '.docker/config.json': '{"auths":{"h.org":{"auth":"YTpi"}}}' });
    const { marks, key, found } = findCredentialsAtHome(home, {});
    const bytes = bytesFromBase64url(key) ?? new Uint8Array();
    expect(marks).toEqual([(found[0]?.forms ?? []).map((form) => base64urlFromBytes(mark(bytes, form)))]);
    expect(findCredentialsAtHome(home, {}).key).not.toBe(key);
  });

  it('nothing is found where there is no home folder', () => {
    expect(findCredentialsAtHome(join(temporaryFolder(), 'none'), {})).toMatchObject({
      found: [],
      skipped: [],
      looked: 0,
    });
  });
});
