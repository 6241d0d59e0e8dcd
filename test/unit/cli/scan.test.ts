import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EstateReport } from '../../../src/manifest/estate-report.ts';
import { fixtureEstate, put, repoManifest, temporaryFolder } from '../estate/setup-estate.ts';
import { manifestText, shippedSources } from '../manifest/shipped.ts';
import { run } from './setup-cli.ts';

const manifest = '.sourceos/manifest.json';
const projectFolder = new URL('../../..', import.meta.url).pathname;

function engine(changes: Parameters<typeof manifestText>[0]): unknown {
  return JSON.parse(manifestText(changes));
}

describe('sourcesync scan', () => {
  it('answers one JSON document in the shape of the contract, and fails on what is invalid', async () => {
    const { exitCode, documents, out } = await run({}, 'scan', fixtureEstate, '--format', 'json');
    const report = documents[0] as EstateReport;
    expect(Object.keys(report)).toEqual(['root', 'results', 'canonical', 'summary']);
    expect(Object.keys(report.results[0] ?? {})).toEqual(['repo', 'path', 'repoManifest', 'errors', 'engines']);
    expect(report.root).toBe(fixtureEstate);
    expect([exitCode, out.length]).toEqual([1, 1]);
  });

  it.each<[string, object, readonly string[], number]>([
    ['in order', engine({ ownerRepo: 'acme/a' }) as object, [], 0],
    ['in order, all required', engine({ ownerRepo: 'acme/a' }) as object, ['--require-all'], 1],
    ['in order, missing fails', engine({ ownerRepo: 'acme/a' }) as object, ['--fail-on', 'missing'], 1],
    ['partial', { engineId: 'sourceos.sync.a', ownerRepo: 'acme/a' }, [], 1],
    ['partial, only invalid fails', { engineId: 'sourceos.sync.a', ownerRepo: 'acme/a' }, ['--fail-on', 'invalid'], 0],
    ['invalid', engine({ ownerRepo: 'acme/a', policyClass: 'critical' }) as object, ['--fail-on', 'invalid'], 1],
    [
      'invalid, nothing fails',
      engine({ ownerRepo: 'acme/a', policyClass: 'critical' }) as object,
      ['--fail-on', 'never'],
      0,
    ],
    ['to be asked about', engine({ ownerRepo: 'acme/a', schemaVersion: '1' }) as object, [], 0],
    ['a copy that is wrong', engine({ ownerRepo: 'acme/other', policyClass: 'critical' }) as object, [], 0],
  ])('an estate that is %s', async (_title, declared, flags, exitCode) => {
    const root = temporaryFolder();
    put(root, `a/${manifest}`, repoManifest('acme/a', [declared]));
    expect((await run({}, 'scan', root, ...flags)).exitCode).toBe(exitCode);
  });

  it('with every canonical engine declared passes what demands them all, warnings and all', async () => {
    const root = temporaryFolder();
    const byOwner = new Map<string, unknown[]>();
    for (const { content } of shippedSources()) {
      const declared = JSON.parse(content as string) as { ownerRepo: string };
      byOwner.set(declared.ownerRepo, [...(byOwner.get(declared.ownerRepo) ?? []), declared]);
    }
    for (const [owner, engines] of byOwner) {
      put(root, `${owner.replace('/', '-')}/${manifest}`, repoManifest(owner, engines));
    }
    expect((await run({}, 'scan', root, '--require-all', '--fail-on', 'missing')).exitCode).toBe(0);
  });

  it('shows only what a baseline does not know', async () => {
    const root = temporaryFolder();
    put(
      root,
      `old/${manifest}`,
      repoManifest('acme/old', [engine({ ownerRepo: 'acme/old', policyClass: 'critical' })]),
    );
    const before = await run({}, 'scan', root, '--format', 'json');
    put(root, 'baseline.json', before.documents[0] as object);
    const unchanged = await run({}, 'scan', root, '--baseline', join(root, 'baseline.json'));
    expect(unchanged.exitCode).toBe(0);
    put(root, `new/${manifest}`, repoManifest('acme/new', [{ engineId: 'sourceos.sync.new', ownerRepo: 'acme/new' }]));
    const { exitCode, documents } = await run(
      {},
      'scan',
      root,
      '--baseline',
      join(root, 'baseline.json'),
      '--format',
      'json',
    );
    const report = documents[0] as EstateReport;
    expect([exitCode, report.results.map(({ repo }) => repo)]).toEqual([1, ['acme/new']]);
    expect(report.summary).toEqual({ compliant: 0, partial: 1, invalid: 0, missing: 0 });
  });

  it.each([
    ['is absent', undefined, /cannot be read/],
    ['is no JSON', '{', /not JSON/],
    ['is another document', '{}', /no report of a scan/],
  ])('refuses a baseline that %s', async (_title, content, said) => {
    const root = temporaryFolder();
    if (content !== undefined) {
      put(root, 'baseline.json', content);
    }
    const { exitCode, notes } = await run({}, 'scan', root, '--baseline', join(root, 'baseline.json'));
    expect([exitCode, notes]).toEqual([2, expect.stringMatching(said)]);
  });

  it.each([
    ['is absent', 'absent', /no such file/],
    ['is a file', 'file', /no folder/],
  ])('refuses a root that %s', async (_title, name, said) => {
    const root = temporaryFolder();
    put(root, 'file', 'x');
    const { exitCode, notes } = await run({}, 'scan', join(root, name));
    expect([exitCode, notes]).toEqual([2, expect.stringMatching(said)]);
  });

  it('speaks SARIF that points into the files', async () => {
    const { documents } = await run({}, 'scan', fixtureEstate, '--format', 'sarif');
    const { version, runs } = documents[0] as {
      version: string;
      runs: readonly {
        tool: { driver: { rules: readonly { id: string }[] } };
        results: readonly {
          ruleId: string;
          level: string;
          message: { text: string };
          locations?: readonly {
            physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
          }[];
        }[];
      }[];
    };
    const [scanned] = runs;
    expect([version, runs.length]).toEqual(['2.1.0', 1]);
    expect(scanned?.results.find(({ ruleId }) => ruleId === 'R3')).toMatchObject({
      level: 'error',
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'rule-3/.sourceos/manifest.json' }, region: { startLine: 15 } },
        },
      ],
    });
    const described = new Set(scanned?.tool.driver.rules.map(({ id }) => id));
    expect(scanned?.results.filter(({ ruleId }) => !described.has(ruleId))).toEqual([]);
    expect(scanned?.results.filter(({ level }) => !['error', 'warning', 'note'].includes(level))).toEqual([]);
  });

  it('speaks Markdown in which names are no markup', async () => {
    const root = temporaryFolder();
    put(root, 'a|b<i>/readme.md', 'x');
    put(root, 'a|b<i>/engine.json', engine({ ownerRepo: 'x/a|b<i>' }) as object);
    const { out } = await run({}, 'scan', root, '--format', 'markdown');
    const text = out.join('\n');
    expect(text).toContain('# Sync engines of the estate');
    expect(text).toContain('a\\|b\\<i\\>');
    expect(text).toContain('| sourceos.sync.shell | missing |');
  });

  it('says in a table what is wrong first, then what is in order, then the canonical engines', async () => {
    const { out } = await run({}, 'scan', fixtureEstate);
    const text = out.join('\n');
    const places = ['example/rule-3', 'In order', 'Canonical engines', '35 repositories:'].map((word) =>
      text.indexOf(word),
    );
    expect(places.every((place, index) => place > (places[index - 1] ?? -1))).toBe(true);
    expect(text).toContain('sourceos.sync.lines\\x0a');
  });

  it('the project itself is compliant', async () => {
    const { exitCode, documents } = await run({}, 'scan', projectFolder, '--fail-on', 'warning', '--format', 'json');
    const { summary, results } = documents[0] as EstateReport;
    expect([exitCode, summary.invalid, summary.partial]).toEqual([0, 0, 0]);
    expect(results[0]?.engines.filter(({ declares }) => declares).map(({ engineId }) => engineId)).toEqual([
      'sourceos.sync.inbox',
      'sourceos.sync.notes',
      'sourceos.sync.presence',
    ]);
  });
});
