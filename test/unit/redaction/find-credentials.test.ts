import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Credential, CredentialFormat } from '../../../src/contract/credentials.ts';
import { findCredentials } from '../../../src/redaction/find-credentials.ts';
import { plantedSecrets } from '../../helpers/planted-secrets.ts';
import { runs } from '../../helpers/suite.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const [, token] = plantedSecrets.find(([rule]) => rule === 'github') as readonly [string, string];

function found(format: CredentialFormat, text: string): readonly Credential[] {
  const answer = findCredentials(format, text);
  return typeof answer === 'string' ? [] : answer;
}

const told = (format: CredentialFormat, text: string): readonly (string | number | undefined)[][] =>
  found(format, text).map(({ line, name, kind, forms }) => [line, name, kind, forms[0]]);

describe('credentials in files of a workstation', () => {
  it.each([
    ['export DB_PASSWORD=hunter2', 'DB_PASSWORD', 'password', 'hunter2'],
    ["DB_PASSWORD='hunter $2'", 'DB_PASSWORD', 'password', 'hunter $2'],
    ['export A=1 API_TOKEN="a\\"b c" B=2', 'API_TOKEN', 'token', 'a"b c'],
    ['# export OLD_SECRET=abc', 'OLD_SECRET', 'key', 'abc'],
    ["alias db='docker run -e PGPASSWORD=hunter2 img'", 'PGPASSWORD', 'password', 'hunter2'],
    ['set -gx STRIPE_SECRET_KEY "sk test"', 'STRIPE_SECRET_KEY', 'key', 'sk test'],
    ['  set --global --export dbPass hunter2; echo', 'dbPass', 'password', 'hunter2'],
    ['setenv MY_APIKEY abc', 'MY_APIKEY', 'key', 'abc'],
    ['declare -x SOME_KEY=a1b2c3d4e5f6', 'SOME_KEY', 'key', 'a1b2c3d4e5f6'],
    ['export TOKEN_PROD=a\\ b', 'TOKEN_PROD', 'token', 'a b'],
    ["X_TOKEN=$'abc'", 'X_TOKEN', 'token', 'abc'],
    [`export GH=${token}`, 'GH', 'github', token],
    [`curl -H "Authorization: token ${token}" x`, 'line 1', 'github', token],
    ['DATABASE_URL=postgres://ann:hunter2222@db.acme.org/x', 'DATABASE_URL', undefined, undefined],
    ['export DB_PASSWORD="a$B-longer-than-that"', 'DB_PASSWORD', 'password', undefined],
    ["export DB_PASSWORD=ab'cd'", 'DB_PASSWORD', 'password', undefined],
  ])('5 in a start file: %s', (line, name, kind, value) => {
    const [first, ...rest] = found('shell', line);
    expect([first?.line, first?.name, rest]).toEqual([1, name, []]);
    if (kind !== undefined) {
      expect([first?.kind, first?.forms[0]]).toEqual([kind, value]);
    }
  });

  it.each([
    'export DB_PASSWORD="$(sourcesync secrets get db)"',
    'export DB_PASSWORD=$OTHER',
    'export DB_PASSWORD="${OTHER:-}"',
    'export DB_PASSWORD=`pass db`',
    'export AUTH_HEADER="Bearer $TOKEN"',
    'export DATABASE_URL=postgres://$USER:$DB_PASSWORD@db.acme.org/x',
    'export SSH_AUTH_SOCK=/run/x GIT_ASKPASS=x OLDPWD=/x PWD=/y KEYTIMEOUT=1',
    'export DB_PASSWORD_FILE=x TOKEN_TTL=5 AWS_ACCESS_KEY_ID=abc SECRET_NAME=b',
    'export DB_PASSWORD=',
    'export DB_PASSWORD=changeme',
    'export DB_TOKEN=/run/secrets/db',
    'export API_KEY=<your-key>',
    'set -gx DB_PASSWORD (sourcesync secrets get db)',
    'key="foo" KEY_BINDINGS=emacs GPG_KEY=ABCDEF12 AUTH=1 KEYMAP=vi TOKENIZERS_PARALLELISM=false',
    'local token=${line%% *}',
    'HISTCONTROL=ignoreboth PASSING=1 MONKEY=see COMPASS=n',
  ])('6 what only refers to one, or stands for none, is none: %s', (line) => {
    expect(told('shell', line)).toEqual([]);
  });

  it('5 in the files of programs, by host, profile or registry', () => {
    expect(told('netrc', 'machine a.org login ann\n  password hunter2\n# x\ndefault login b password "a b"\n')).toEqual(
      [
        [2, 'a.org', 'password', 'hunter2'],
        [4, 'default', 'password', 'a b'],
      ],
    );
    expect(
      told('npmrc', '//r.org/:_authToken=abc\n_auth = "eHg="\n//s.org/:_authToken=${NPM_TOKEN}\nregistry=x'),
    ).toEqual([
      [1, '//r.org/:_authToken', 'token', 'abc'],
      [2, '_auth', 'token', 'eHg='],
    ]);
    const aws = '[default]\naws_access_key_id = AK\naws_secret_access_key = sk\n[b]\nregion=x\n';
    expect(told('aws', aws)).toEqual([
      [3, 'default', 'key', '{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"sk"}'],
    ]);
    expect(told('gh', 'github.com:\n    user: ann\n    oauth_token: abc\nb.org:\n    oauth_token: "d"\n')).toEqual([
      [3, 'github.com', 'token', 'abc'],
      [5, 'b.org', 'token', 'd'],
    ]);
    expect(told('pgpass', 'db:5432:*:ann:hun\\:ter2\n# a\na:b\n')).toEqual([[1, 'db', 'password', 'hun:ter2']]);
    expect(told('git-credentials', 'https://ann:a%40b@h.org/x\n')).toEqual([[1, 'h.org', 'password', 'a@b']]);
    expect(told('ini', '[pypi]\nusername = __token__\npassword = abc\n')).toEqual([
      [3, 'pypi.password', 'password', 'abc'],
    ]);
    expect(told('env', 'DB_PASSWORD = hunter 2 # mine\nexport TOKEN="x y"\nNAME=b\n')).toEqual([
      [1, 'DB_PASSWORD', 'password', 'hunter 2'],
      [2, 'TOKEN', 'token', 'x y'],
    ]);
  });

  it('5 in the file of docker: what a helper prints is offered, and the other forms are known', () => {
    const auth = Buffer.from('ann:hunter2').toString('base64');
    const text = JSON.stringify({ auths: { 'ghcr.io': { auth }, 'b.org': {} }, credsStore: '' }, undefined, 1);
    expect(found('docker', text)).toEqual([
      {
        ...{ line: 3, name: 'ghcr.io', kind: 'password' },
        forms: ['{"ServerURL":"ghcr.io","Username":"ann","Secret":"hunter2"}', 'hunter2', auth],
      },
    ]);
    for (const broken of ['{', '', '[1]', '{"auths":[]}', '{"auths":{"__proto__":{"auth":5}}}']) {
      expect(found('docker', broken)).toEqual([]);
    }
    expect(findCredentials('docker', '{')).toContain('no JSON');
  });

  it('7 a name that would be the secret is not shown', () => {
    const shown = [
      ...found('netrc', `machine https://ann:hunter2@h.org login x password hunter2`),
      ...found('netrc', `machine h.org login ${token} password x-oauth-basic`),
      ...found('npmrc', `//ann:hunter2@h.org/:_authToken=abc`),
      ...found('gh', `${token}:\n  oauth_token: abc`),
    ].map(({ name, kind }) => `${name} ${kind}`);
    expect(shown.length).toBeGreaterThanOrEqual(4);
    expect(shown.join()).not.toMatch(new RegExp(`hunter2|${token}`));
  });

  it('7 whatever a file holds, it is read in bounded time', () => {
    const formats: readonly CredentialFormat[] = [
      ...(['shell', 'env', 'netrc', 'npmrc', 'ini', 'aws', 'gh', 'docker', 'pgpass', 'git-credentials'] as const),
    ];
    const pieces = [
      'TOKEN="',
      'set -x ',
      '$(',
      "a='",
      'aws_secret_access_key=x\n',
      '"',
      '\\',
      ' ',
      ':',
      'machine ',
      '[',
    ];
    for (const format of formats) {
      for (const piece of pieces) {
        const start = processorMs();
        findCredentials(format, piece.repeat(Math.floor(runs(200_000, 1_000_000) / piece.length)));
        expect([format, piece, processorMs() - start < 4000]).toEqual([format, piece, true]);
      }
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => void findCredentials(format, text)),
        { numRuns: runs(50, 200) },
      );
    }
  }, 60_000);
});
