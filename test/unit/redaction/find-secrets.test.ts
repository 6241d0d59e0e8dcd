import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/base/json.ts';
import { findInText, findSecrets } from '../../../src/redaction/find-secrets.ts';
import { libraryRuleNames, textRules } from '../../../src/redaction/rules.ts';
import { keyBlock, plantedSecrets } from '../../helpers/planted-secrets.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const [, token] = plantedSecrets.find(([rule]) => rule === 'github') as readonly [string, string];

describe('what looks like a secret', () => {
  it.each(plantedSecrets)('2 is found in a text by itself, and inside of words: %s', (rule, text) => {
    expect(findInText(text).map((find) => find.rule)).toContain(rule);
    const embedded = `On Monday she wrote:\n${text}\nand nothing else.`;
    const finds = findInText(embedded).filter((find) => find.rule === rule);
    expect(finds.length).toBeGreaterThan(0);
    expect(finds.every(({ range: [from, to] }) => from >= 0 && from < to && to <= embedded.length)).toBe(true);
  });

  it('2 every rule of the library is asked, save the two that are left out on purpose, and each has a text here', () => {
    const asked = textRules.map(({ name }) => name);
    expect(libraryRuleNames.filter((name) => !asked.includes(name)).sort()).toEqual(['filter-comments', 'gcp']);
    const planted = new Set(plantedSecrets.map(([rule]) => rule));
    expect(asked.filter((name) => !planted.has(name))).toEqual(['privatekey']);
  });

  it.each([
    'a short one',
    'ls -lh --color=auto',
    'https://example.org/a?b=c#d and mail to alice@example.org',
    'https://alice@git.acme.org/a.git',
    'the account: 1234-5678-9012',
    `${'-'.repeat(5)}BEGIN PRIVATE KEY${'-'.repeat(5)} is how such a block begins`,
    keyBlock('CERTIFICATE', 'MIIB'.repeat(40)),
    keyBlock('PUBLIC KEY', 'MIIB'.repeat(40)),
    'urn:srcos:secret:abcdefghijklmnop',
    'sk-learn is a library, ghp_ a prefix',
    '0123456789abcdef'.repeat(4),
    'export PATH=$PATH:$HOME/bin AWS_SECRET_ACCESS_KEY=$KEY',
  ])('is not what only resembles it: %s', (text) => {
    expect(findSecrets({ text })).toEqual([]);
  });

  it('2 a word in the text switches nothing off', () => {
    expect(findInText(`secretlint-disable\n// secretlint-disable-line\n${token}`)).toHaveLength(1);
  });
});

describe('where it is found', () => {
  it('1 is told as a pointer, with the rule and the offsets, and never what it is', () => {
    const value = { 'a/b': [{ '~': `x ${token}` }], plain: 'words', more: { token } };
    const found = findSecrets(value);
    expect(found).toEqual([
      { path: '/a~1b/0/~0', standsIn: 'value', rule: 'github', range: [2, 2 + token.length] },
      { path: '/more/token', standsIn: 'value', rule: 'github', range: [0, token.length] },
    ]);
    expect(JSON.stringify(found)).not.toContain(token);
  });

  it('a name that is a secret is told without itself, also of what stands below it', () => {
    const found = findSecrets({ deep: { [token]: { below: token } } });
    expect(found).toEqual([{ path: '/deep', standsIn: 'name', rule: 'github', range: [0, token.length] }]);
  });

  it('3 a text is known by the name beside it', () => {
    const key = 'a1B2'.repeat(10);
    expect(findSecrets({ kind: 'env', name: 'AWS_SECRET_ACCESS_KEY', body: key })).toEqual([
      { path: '/body', standsIn: 'value', rule: 'aws', range: [0, 40] },
    ]);
    expect(findSecrets({ parameters: { secretAccessKey: key } })).toMatchObject([
      { path: '/parameters/secretAccessKey' },
    ]);
    expect(findSecrets({ kind: 'env', name: 'OTHER', body: key })).toEqual([]);
  });

  it('4 a few finds are enough', () => {
    expect(findSecrets(Array.from({ length: 500 }, () => token))).toHaveLength(16);
    expect(findInText(`${token} `.repeat(500))).toHaveLength(16);
  });

  it('1 whatever a value holds beside it, a planted secret is found', () => {
    const anywhere = fc.letrec<{ value: JsonValue; object: JsonValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', maxDepth: 8 },
        fc.constant<JsonValue>({ planted: token }),
        fc.array(tie('value'), { minLength: 1, maxLength: 3 }) as fc.Arbitrary<JsonValue>,
        tie('object'),
      ),
      object: fc
        .tuple(fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<JsonValue>), tie('value'))
        .map(([others, planted]) => ({ ...others, planted })),
    })).object;
    fc.assert(
      fc.property(anywhere, (value) => {
        expect(findSecrets(value).some(({ rule }) => rule === 'github')).toBe(true);
      }),
    );
  });
});

describe('a text made to take long', () => {
  const size = 1_400_000;
  const fill = (piece: string): string => piece.repeat(Math.ceil(size / piece.length));
  const word = 'a'.repeat(300);

  it.each([
    ['one letter', 'a'],
    ['names of mail', 'a@b.'],
    ['urls', 'http://'],
    ['urls with a colon', 'https://a:'],
    ['urls of a database', 'mysql://a:b'],
    ['passwords without an end', `postgres://${'a'.repeat(99)}:${'b'.repeat(199)}`],
    ['headers of keys', `${'-'.repeat(5)}BEGIN PRIVATE KEY${'-'.repeat(5)}`],
    ['keys without an end', `${'-'.repeat(5)}BEGIN PRIVATE KEY${'-'.repeat(5)}\n${'A'.repeat(9990)}`],
    ['parts of SendGrid keys', `SG.a.${word} `],
    ['parts of Slack tokens', 'xoxb-a-'],
    ['long parts of Slack tokens', `xoxb-${'a'.repeat(40)}-${'b'.repeat(41)}`],
    ['beginnings of 1Password tokens', `ops_ey${'A'.repeat(1200)} `],
    ['assignments', `SECRET_ACCESS_KEY${' '.repeat(200)}`],
    ['accounts', `account_id${' '.repeat(50)}SECRET_ACCESS_KEY`],
    ['x-oauth', 'http://x-oauth-basic@'],
    ['tokens of npm', '_authToken='],
    ['everything at once', plantedSecrets.map(([, text]) => text).join(' ')],
  ])('4 is looked at in bounded time: %s', (_what, piece) => {
    const text = fill(piece);
    const started = processorMs();
    findSecrets({ text });
    expect(processorMs() - started).toBeLessThan(3000);
  });
});
