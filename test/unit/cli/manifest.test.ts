import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { put, repoManifest, temporaryFolder } from '../estate/setup-estate.ts';
import { manifestText, readText } from '../manifest/shipped.ts';
import { run } from './setup-cli.ts';

interface Validated {
  readonly results: readonly {
    readonly path: string;
    readonly verdict: string;
    readonly status: string;
    readonly findings: readonly { readonly rule: string; readonly line: number; readonly message: string }[];
  }[];
}

async function validate(content: string | Uint8Array): Promise<Validated['results'][number] & { exitCode: number }> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { exitCode, documents } = await run({ stdinBytes: bytes }, 'manifest', 'validate', '-', '--json');
  const [result] = (documents[0] as Validated).results;
  return { ...(result as Validated['results'][number]), exitCode };
}

describe('sourcesync manifest validate', () => {
  it.each<[string, string | Uint8Array, string, string, readonly string[]]>([
    ['a good engine', manifestText(), 'accept', 'compliant', []],
    ['what ships', readText('manifests/shell.json'), 'accept', 'compliant', []],
    ['a tolerated $schema', manifestText({ $schema: 'x' }), 'accept', 'compliant', ['schema.tolerated']],
    ['something to ask about', manifestText({ schemaVersion: '1' }), 'warn', 'compliant', ['care.schema_version']],
    ['a missing field', '{"engineId":"sourceos.sync.a"}', 'reject', 'partial', ['schema.required']],
    ['a broken rule', manifestText({ policyClass: 'critical' }), 'reject', 'invalid', ['R3']],
    ['nothing', '', 'reject', 'invalid', ['json.empty']],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'reject', 'invalid', ['json.utf8']],
    ['a byte order mark', `\ufeff${manifestText()}`, 'reject', 'invalid', ['json.bom']],
    ['a trailing comma', '{"engineId":"x",}', 'reject', 'invalid', ['json.syntax']],
    ['70 KiB of an engine', manifestText({ ownerRepo: 'x'.repeat(70_000) }), 'reject', 'invalid', ['json.size']],
    ['2 MiB', `{"notes":"${'x'.repeat(2 ** 21)}"}`, 'reject', 'invalid', ['json.size']],
    ['a repository', JSON.stringify(repoManifest('acme/a')), 'accept', 'compliant', []],
    [
      'a repository and an engine to ask about',
      JSON.stringify(repoManifest('acme/a', [JSON.parse(manifestText({ schemaVersion: '1' }))])),
      'warn',
      'compliant',
      ['care.schema_version'],
    ],
    [
      'a repository that refers',
      JSON.stringify(repoManifest('acme/a', ['sourceos.sync.shell'])),
      'reject',
      'partial',
      ['R7'],
    ],
    [
      'a repository with a wrong engine',
      JSON.stringify(repoManifest('acme/a', [7])),
      'reject',
      'invalid',
      ['schema.anyOf'],
    ],
    [
      'a repository without a domain',
      JSON.stringify({ ...repoManifest('acme/a'), domain: undefined }),
      'reject',
      'invalid',
      ['schema.required'],
    ],
  ])('%s', async (_title, content, verdict, status, rules) => {
    const result = await validate(content);
    expect([result.path, result.verdict, result.status]).toEqual(['-', verdict, status]);
    const said = new Set(result.findings.map(({ rule }) => rule));
    expect(rules.filter((rule) => !said.has(rule))).toEqual([]);
    expect(result.findings.length > 0).toBe(rules.length > 0);
    expect(result.exitCode).toBe(verdict === 'reject' ? 1 : 0);
  });

  it('judges every file it is given, and reports those it cannot read', async () => {
    const folder = temporaryFolder();
    put(folder, 'good.json', manifestText());
    put(folder, 'folder/x', 'x');
    const paths = ['good.json', 'folder', 'absent.json'].map((name) => join(folder, name));
    const { exitCode, documents, out } = await run({}, 'manifest', 'validate', ...paths, '--json');
    expect((documents[0] as Validated).results.map(({ verdict, findings }) => [verdict, findings[0]?.rule])).toEqual([
      ['accept', undefined],
      ['reject', 'file.unreadable'],
      ['reject', 'file.unreadable'],
    ]);
    expect(exitCode).toBe(1);
    expect(out).toHaveLength(1);
  });

  it('says in words where and what to do', async () => {
    const { out } = await run({ stdin: '{\n  "engineId": "x"\n}' }, 'manifest', 'validate', '-');
    expect(out.join('\n')).toContain('\n  2:15 error schema.pattern /engineId: ');
  });
});

describe('sourcesync manifest rules', () => {
  it('explains each rule', async () => {
    const { documents } = await run({}, 'manifest', 'rules', '--json');
    const { rules } = documents[0] as { rules: readonly { id: string; says: string; because: string }[] };
    expect(rules.map(({ id }) => id)).toEqual(['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8']);
    expect(rules.every(({ says, because }) => says.length > 10 && because.length > 10)).toBe(true);
    const { out } = await run({}, 'manifest', 'rules');
    expect(out.join('\n')).toContain('R3  A critical engine requires signed authority on writes.\n    ');
  });
});

describe('sourcesync manifest init', () => {
  const flags = ['--name', 'lists', '--owner', 'acme/lists'];

  it('writes a manifest that is accepted, and the skeleton of a record schema', async () => {
    const out = temporaryFolder();
    const { exitCode } = await run({}, 'manifest', 'init', ...flags, '--out', join(out, 'new'), '--json');
    expect(exitCode).toBe(0);
    expect(await validate(readFileSync(join(out, 'new/lists.json')))).toMatchObject({ verdict: 'accept' });
    expect(JSON.parse(readFileSync(join(out, 'new/lists.schema.json'), 'utf8'))).toMatchObject({ type: 'object' });
  });

  it('asks for what no flag says, and offers what the registry says', async () => {
    const out = temporaryFolder();
    const { exitCode } = await run({ typed: ['shell', '', '', '', '', ''] }, 'manifest', 'init', '--out', out);
    expect(exitCode).toBe(0);
    expect(JSON.parse(readFileSync(join(out, 'shell.json'), 'utf8'))).toMatchObject({
      ...{ collection: 'shell', ownerRepo: 'SourceOS-Linux/sourceos-shell', mergeStrategy: 'manual_review' },
    });
  });

  it.each([
    ['no terminal and no name', [], /say --name/],
    ['no terminal and no owner', ['--name', 'lists'], /say --owner/],
    ['a strategy that is none', [...flags, '--strategy', 'last_write_wins'], /is not a merge strategy/],
    ['what a rule refuses', [...flags, '--policy-class', 'critical'], /critical engine/],
    ['a path as name', ['--name', '../x', '--owner', 'acme/x'], /engineId/],
  ])('refuses %s and writes nothing', async (_title, given, said) => {
    const out = join(temporaryFolder(), 'none');
    const { exitCode, notes } = await run({}, 'manifest', 'init', ...given, '--out', out);
    expect(exitCode).toBe(2);
    expect(notes).toMatch(said);
    expect(() => readFileSync(join(out, 'lists.json'))).toThrow('ENOENT');
  });

  it('replaces nothing unless it is told to', async () => {
    const out = temporaryFolder();
    put(out, 'lists.json', 'mine');
    const refused = await run({}, 'manifest', 'init', ...flags, '--out', out);
    expect([refused.exitCode, refused.notes]).toEqual([1, expect.stringContaining('--force')]);
    expect(readFileSync(join(out, 'lists.json'), 'utf8')).toBe('mine');
    expect((await run({}, 'manifest', 'init', ...flags, '--out', out, '--force')).exitCode).toBe(0);
  });
});
