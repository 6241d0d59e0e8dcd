import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRepos } from '../../../src/estate/walk.ts';
import type { FoundRepo } from '../../../src/manifest/judge-repo.ts';
import { manifestText } from '../manifest/shipped.ts';
import { put, repoAt, repoManifest, saidOf, scan, temporaryFolder } from './setup-estate.ts';

const manifest = '.sourceos/manifest.json';
const own = (repo: string): object => JSON.parse(manifestText({ ownerRepo: repo })) as object;

describe('a walk over an estate', () => {
  it('1 takes a root that is a repository for one, and looks below it for more', () => {
    const root = temporaryFolder();
    put(root, manifest, repoManifest('acme/top'));
    put(root, 'src/deep/engine.json', own('acme/top'));
    put(root, `vendor/inner/${manifest}`, repoManifest('acme/inner'));
    const report = scan(root);
    expect(report.results.map(({ path, repo }) => [path, repo])).toEqual([
      ['.', 'acme/top'],
      ['vendor/inner', 'acme/inner'],
    ]);
    expect(repoAt(report, '.')?.engines.map(({ file, status }) => [file, status])).toEqual([
      ['src/deep/engine.json', 'compliant'],
    ]);
  });

  it('1 takes the children of any other root for repositories, and checkouts below them', () => {
    const root = temporaryFolder();
    put(root, 'plain/readme.md', 'x');
    put(root, 'plain/sub/.git/config', '[remote "origin"]\n\turl = git@example.org:acme/sub.git\n[branch "main"]\n');
    put(root, 'loose.json', own('acme/loose'));
    expect(scan(root).results.map(({ path, repo }) => [path, repo])).toEqual([
      ['plain', 'plain'],
      ['plain/sub', 'acme/sub'],
    ]);
  });

  it.each([
    ['https', 'https://example.org/acme/tool.git', 'acme/tool'],
    ['ssh', 'ssh://git@example.org:22/acme/tool', 'acme/tool'],
    ['scp', 'git@example.org:acme/tool.git', 'acme/tool'],
    ['a path', '/srv/git/acme/tool.git', 'acme/tool'],
    ['nothing of the form', 'tool', 'checkout'],
  ])('names a checkout by its remote: %s', (_form, url, name) => {
    const root = temporaryFolder();
    put(root, 'checkout/.git/config', `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n`);
    expect(scan(root).results[0]?.repo).toBe(name);
  });

  it('2 leaves out what ignore files name, the nearer file last', () => {
    const root = temporaryFolder();
    put(root, `tool/${manifest}`, repoManifest('acme/tool'));
    put(root, 'tool/.gitignore', 'out/\n*.gen.json\n');
    put(root, 'tool/out/engine.json', own('acme/tool'));
    put(root, 'tool/a.gen.json', own('acme/tool'));
    put(root, 'tool/kept/.gitignore', '!*.gen.json\n');
    put(root, 'tool/kept/b.gen.json', own('acme/tool'));
    put(root, 'tool/node_modules/x/engine.json', own('acme/tool'));
    expect(repoAt(scan(root), 'tool')?.engines.map(({ file }) => file)).toEqual(['kept/b.gen.json']);
  });

  it('3 looks at what speaks of an engine id, and tells of what does and cannot be parsed', () => {
    const root = temporaryFolder();
    const large = JSON.stringify({ ...own('acme/tool'), notes: 'x'.repeat(64 * 1024) });
    put(root, `tool/${manifest}`, repoManifest('acme/tool'));
    put(root, 'tool/good.json', own('acme/tool'));
    put(root, 'tool/good.txt', own('acme/tool'));
    put(root, 'tool/other.json', '{"name":"x"}');
    put(root, 'tool/list.json', '["engineId", "sourceos.sync.x"]');
    put(root, 'tool/broken.json', '{"engineId": "sourceos.sync.x"');
    put(root, 'tool/silent.json', '{"name": "x"');
    put(root, 'tool/large.json', large);
    const tool = repoAt(scan(root), 'tool');
    expect(tool?.engines.map(({ file, status }) => [file, status])).toEqual([
      ['broken.json', 'invalid'],
      ['good.json', 'compliant'],
      ['list.json', 'invalid'],
    ]);
  });

  it('6 one repository is held at a time', () => {
    const root = temporaryFolder();
    put(root, 'a/good.json', own('acme/a'));
    put(root, 'b/in/good.json', own('acme/b'));
    const found = findRepos(root, { repos: 0, files: 0 });
    const candidates = ({ value }: IteratorResult<FoundRepo, void>): readonly string[] =>
      value ? value.candidates.map(({ file }) => file) : [];
    expect(candidates(found.next())).toEqual(['good.json']);
    // The second is not read before it is asked for.
    put(root, 'b/in/later.json', own('acme/b'));
    expect(candidates(found.next())).toEqual(['in/good.json', 'in/later.json']);
    expect(found.next().done).toBe(true);
  });

  it('6 what remains of a repository is what is said of it', () => {
    const root = temporaryFolder();
    put(root, `tool/${manifest}`, { ...repoManifest('acme/tool'), $comment: 'never quoted' });
    put(root, 'tool/good.json', { ...own('acme/tool'), notes: 'never quoted' });
    expect(JSON.stringify(scan(root))).not.toContain('never quoted');
  });

  it('4 follows no link out of the root, and says so where it matters', () => {
    const outside = temporaryFolder();
    put(outside, 'manifest.json', repoManifest('acme/outside'));
    put(outside, `whole/${manifest}`, repoManifest('acme/whole'));
    const root = temporaryFolder();
    put(root, 'tool/.sourceos/notes.md', 'x');
    symlinkSync(join(outside, 'manifest.json'), join(root, 'tool', manifest));
    symlinkSync(join(outside, 'whole'), join(root, 'linked'));
    put(root, `inside/real.json`, repoManifest('acme/inside'));
    put(root, 'inside/.sourceos/notes.md', 'x');
    symlinkSync('../real.json', join(root, 'inside', manifest));
    symlinkSync('loop', join(root, 'tool', 'loop'));
    symlinkSync('circle', join(root, 'circle'));
    symlinkSync('.', join(root, 'again'));
    const report = scan(root);
    expect(report.results.map((repo) => [repo.path, repo.repo, repo.repoManifest, saidOf(repo)])).toEqual([
      ['circle', 'circle', 'missing', ['estate.unreadable']],
      ['linked', 'linked', 'missing', ['estate.unreadable']],
      ['inside', 'acme/inside', 'valid', []],
      ['tool', 'tool', 'invalid', ['estate.unreadable']],
    ]);
    expect(JSON.stringify(report)).not.toContain('acme/outside');
    expect(JSON.stringify(report)).not.toContain('acme/whole');
  });

  it('5 does not wait for a pipe', () => {
    const root = temporaryFolder();
    put(root, 'tool/.sourceos/notes.md', 'x');
    execFileSync('mkfifo', [join(root, 'tool', manifest), join(root, 'tool', 'engine.json')]);
    expect(saidOf(repoAt(scan(root), 'tool'))).toEqual(['estate.unreadable']);
  });

  it.skipIf(process.getuid?.() === 0)('reports a folder that may not be read (skipped for root, who may)', () => {
    const root = temporaryFolder();
    put(root, 'tool/closed/engine.json', own('acme/tool'));
    execFileSync('chmod', ['000', join(root, 'tool', 'closed')]);
    expect(saidOf(repoAt(scan(root), 'tool'))).toEqual(['estate.unreadable']);
    execFileSync('chmod', ['755', join(root, 'tool', 'closed')]);
  });

  it('5 refuses what is too large or too deep by what it is, and goes on', () => {
    const root = temporaryFolder();
    put(root, `large/${manifest}`, `{"notes":"${'x'.repeat(10_000_000)}"}`);
    put(root, `deep/${manifest}`, `{"notes":${'['.repeat(100_000)}`);
    put(root, `fine/${manifest}`, repoManifest('acme/fine'));
    put(root, `bottomless/${'d/'.repeat(70)}engine.json`, own('acme/bottomless'));
    const report = scan(root);
    expect(report.results.map((repo) => [repo.path, saidOf(repo).map((said) => said.split(' ')[0])])).toEqual([
      ['bottomless', ['estate.unreadable']],
      ['deep', ['json.depth']],
      ['fine', []],
      ['large', ['json.size']],
    ]);
  });

  it('puts several roots into one report', () => {
    const [one, other] = [temporaryFolder(), temporaryFolder()];
    put(one, `a/${manifest}`, repoManifest('acme/a'));
    put(other, manifest, repoManifest('acme/b'));
    expect(scan(one, other).results.map(({ path, repo }) => [path, repo])).toEqual([
      [`${one}/a`, 'acme/a'],
      [other, 'acme/b'],
    ]);
  });
});
