import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { nearestWord } from '../../../src/manifest/nearest.ts';
import { maximumManifestBytes } from '../../../src/manifest/parse.ts';
import { manifestText, parse } from './shipped.ts';

const good = manifestText();

describe('a manifest', () => {
  it('1 is read by nothing in its room: text and schemas are given', () => {
    const room = new URL('../../../src/manifest/', import.meta.url);
    const files = readdirSync(room).filter((name) => name.endsWith('.ts'));
    const reaching = files.filter((name) => /from 'node:|process\./.test(readFileSync(new URL(name, room), 'utf8')));
    expect(files.length).toBeGreaterThan(10);
    expect(reaching).toEqual([]);
  });

  it('is parsed from text and from bytes alike', () => {
    const fromText = parse(good);
    const fromBytes = parse(utf8(good));
    expect(fromText).toMatchObject({ ok: true, value: { manifest: JSON.parse(good) as object, notices: [] } });
    expect(fromBytes.ok && fromBytes.value.manifest).toEqual(fromText.ok && fromText.value.manifest);
  });

  it('4 may carry a top-level $schema, with a notice, and does not keep it', () => {
    const parsed = parse(manifestText({ $schema: 'https://example.org/manifest.json' }));
    expect(parsed).toMatchObject({ ok: true, value: { notices: [{ severity: 'notice', rule: 'schema.tolerated' }] } });
    expect(parsed.ok && '$schema' in parsed.value.manifest).toBe(false);
  });

  it.each<[string, Uint8Array | string, string, string]>([
    ['empty', '', 'json.empty', ''],
    ['blank', ' \n\t', 'json.empty', ''],
    ['a byte order mark', `\ufeff${good}`, 'json.bom', ''],
    ['bytes with a byte order mark', utf8(`\ufeff${good}`), 'json.bom', ''],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'json.utf8', ''],
    ['UTF-16', new Uint8Array(Buffer.from(good, 'utf16le')), 'json.syntax', ''],
    ['cut short', good.slice(0, 80), 'json.syntax', ''],
    ['a duplicate key', good.replace('{', '{"collection":"other",'), 'json.duplicate_key', '/collection'],
    ['depth 10,000', `{"a":${'['.repeat(10_000)}`, 'json.depth', `/a${'/0'.repeat(64)}`],
    ['__proto__', good.replace('{', '{"__proto__":{},'), 'json.forbidden_key', '/__proto__'],
    ['1e400', good.replace('true', '1e400'), 'json.number', '/defaultEnabled'],
    ['a lone surrogate', good.replace('example/lists', '\\ud800'), 'json.surrogate', '/ownerRepo'],
    ['100 MB', new Uint8Array(100_000_000), 'json.size', ''],
    ['a text one over the limit', ' '.repeat(maximumManifestBytes + 1), 'json.size', ''],
    ['an array', '[]', 'schema.type', ''],
    ['a string', '"manifest"', 'schema.type', ''],
    ['null', 'null', 'schema.type', ''],
    ['an unknown field', manifestText({ policyclass: 'low' }), 'schema.unknown_field', '/policyclass'],
    ['constructor as a field', manifestText({ constructor: 'low' }), 'schema.unknown_field', '/constructor'],
    ['a newline after the engine id', manifestText({ engineId: 'sourceos.sync.lists\n' }), 'schema.not', '/engineId'],
    ['a newline after the collection', manifestText({ collection: 'notes\n' }), 'schema.not', '/collection'],
    ['a foreign engine id', manifestText({ engineId: 'acme.sync.lists' }), 'schema.pattern', '/engineId'],
    ['a path as collection', manifestText({ collection: '../lists' }), 'schema.pattern', '/collection'],
    ['an owner without a name', manifestText({ ownerRepo: 'example' }), 'schema.pattern', '/ownerRepo'],
    ['an empty version', manifestText({ schemaVersion: '' }), 'schema.minLength', '/schemaVersion'],
    ['an unknown class', manifestText({ policyClass: 'extreme' }), 'schema.enum', '/policyClass'],
    ['an unknown scope', manifestText({ encryptionScope: 'team' }), 'schema.enum', '/encryptionScope'],
    ['an unknown strategy', manifestText({ mergeStrategy: 'last_wins' }), 'schema.enum', '/mergeStrategy'],
    ['a text for a boolean', manifestText({ supportsExport: 'true' }), 'schema.type', '/supportsExport'],
    [
      'a repeated dangerous field',
      manifestText({ dangerousFields: ['a', 'a'] }),
      'schema.uniqueItems',
      '/dangerousFields',
    ],
    ['a malformed audit event', manifestText({ auditEvents: ['Graph Write'] }), 'schema.pattern', '/auditEvents/0'],
    ['an unknown state', manifestText({ stateCodes: ['asleep'] }), 'schema.enum', '/stateCodes/0'],
    ['an unknown reason', manifestText({ reasonCodes: ['because'] }), 'schema.enum', '/reasonCodes/0'],
  ])('2, 3, 4 %s is refused', (_title, input, rule, path) => {
    const refused = parse(input);
    expect(refused.ok ? [] : refused.error.map((finding) => [finding.rule, finding.path])).toContainEqual([rule, path]);
    expect(
      refused.ok ? [] : refused.error.filter((finding) => finding.message === '' || finding.remedy === ''),
    ).toEqual([]);
  });

  it.each(Object.keys(JSON.parse(good) as object))('without %s it is refused by name', (field) => {
    const { [field]: _left, ...rest } = JSON.parse(good) as Record<string, unknown>;
    const refused = parse(JSON.stringify(rest));
    const rule = ['policyClass', 'mergeStrategy'].includes(field) ? 'R2' : 'schema.required';
    expect(refused).toMatchObject({
      ok: false,
      error: [{ severity: 'error', rule, path: `/${field}`, remedy: expect.stringContaining(field) as string }],
    });
  });

  it('17 everything that is wrong is told of at once: text, shape and rules', () => {
    const text = '{"a":1,"a":2,"__proto__":3,"b":1e400,"c":"\\ud800"}';
    const ofText = parse(text);
    expect(ofText.ok ? [] : ofText.error.map(({ rule }) => rule)).toEqual([
      'json.duplicate_key',
      'json.forbidden_key',
      'json.number',
      'json.surrogate',
    ]);
    const ofShape = parse(manifestText({ collection: 'shell', surprise: 1, ownerRepo: 'x', schemaVersion: '' }));
    expect(ofShape.ok ? [] : ofShape.error.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      'schema.unknown_field /surprise',
      'schema.minLength /schemaVersion',
      'schema.pattern /ownerRepo',
      'R6 /mergeStrategy',
      'R8 /engineId',
    ]);
  });

  it('4, 5 a typo gets the right key, at its line and column', () => {
    const text = JSON.stringify({ ...(JSON.parse(good) as object), mergeStrategie: 'crdt' }, null, 2);
    const line = text.split('\n').findIndex((each) => each.includes('mergeStrategie')) + 1;
    const refused = parse(text);
    expect(refused.ok ? [] : refused.error).toEqual([
      {
        severity: 'error',
        rule: 'schema.unknown_field',
        path: '/mergeStrategie',
        line,
        column: 21,
        message: 'The field "mergeStrategie" is not known here.',
        remedy: 'Did you mean "mergeStrategy"?',
      },
    ]);
  });

  it('5, 18 a message never quotes a value', () => {
    const refused = parse(
      manifestText({ policyClass: 'sk-live-123', ownerRepo: 'sk-live-123', collection: 'SK LIVE 123' }),
    );
    expect(JSON.stringify(refused).toLowerCase()).not.toMatch(/sk.live/);
  });

  it('a hostile field name is shown short and without control characters', () => {
    const refused = parse(manifestText({ [`\u001b[2J${'x'.repeat(5_000)}`]: 1 }));
    const [finding] = refused.ok ? [] : refused.error;
    expect(finding?.message).toMatch(/^The field "\?\[2Jx+" is not known here\.$/);
    expect(finding?.message.length).toBeLessThan(200);
  });
});

describe('the nearest word', () => {
  it.each([
    ['policyclass', 'policyClass'],
    ['suportsExport', 'supportsExport'],
    ['zzz', undefined],
    ['x'.repeat(100_000), undefined],
  ])('%#', (written, meant) => {
    expect(nearestWord(written, ['policyClass', 'supportsExport', 'collection'])).toBe(meant);
  });
});
