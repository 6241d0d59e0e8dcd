import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { judgeManifest } from '../../../src/manifest/judge.ts';
import { manifestText, parse } from './shipped.ts';

describe('19 what a careful reader would ask about', () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ['nothing', {}, []],
    ['a version of one number', { schemaVersion: '1' }, ['care.schema_version /schemaVersion']],
    ['a leading zero', { schemaVersion: '1.02.0' }, ['care.schema_version /schemaVersion']],
    ['a prerelease', { schemaVersion: '1.0.0-rc.1+build.5' }, []],
    ['a collection of dots', { collection: '..' }, ['care.collection_dots /collection']],
    ['a collection that is a dot', { collection: '.' }, ['care.collection_dots /collection']],
    ['a dot in a name', { collection: 'a.b' }, []],
    ['a password', { dangerousFields: ['/login/password'] }, ['care.credential /dangerousFields/0']],
    ['a token', { dangerousFields: ['body', 'apiToken'] }, ['care.credential /dangerousFields/1']],
    ['Cyrillic letters', { dangerousFields: ['b\u043edy'] }, ['care.lookalike /dangerousFields/0']],
    ['a zero-width space', { dangerousFields: ['bo\u200bdy'] }, ['care.lookalike /dangerousFields/0']],
  ])('%s', (_title, changes, said) => {
    const { verdict, status, findings } = judgeManifest(parse, manifestText(changes));
    expect(findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual(said);
    expect([verdict, status]).toEqual([said.length === 0 ? 'accept' : 'warn', 'compliant']);
    expect(findings.every(({ severity }) => severity === 'warning')).toBe(true);
  });
});
