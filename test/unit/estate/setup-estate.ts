import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createManifestCommands } from '../../../src/daemon/offline/manifest-commands.ts';
import type { EstateReport, RepoReport } from '../../../src/manifest/estate-report.ts';

export const fixtureEstate: string = new URL('../../fixtures/estate', import.meta.url).pathname;

export function scan(...roots: readonly string[]): EstateReport {
  return createManifestCommands().scan(roots, () => undefined);
}

/** A folder that goes away with its test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sourcesync-estate-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function put(folder: string, path: string, content: string | object): void {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, typeof content === 'string' ? content : JSON.stringify(content));
}

export function repoAt({ results }: EstateReport, path: string): RepoReport | undefined {
  return results.find((repo) => repo.path === path);
}

/** `rule path` of everything that is said of a repository but notices. */
export function saidOf(repo: RepoReport | undefined): readonly string[] {
  return [...(repo?.errors ?? []), ...(repo?.engines ?? []).flatMap(({ findings }) => findings)]
    .filter(({ severity }) => severity !== 'notice')
    .map(({ rule, path }) => (path === '' ? rule : `${rule} ${path}`));
}

export function repoManifest(repo: string, syncEngines: readonly unknown[] = []): object {
  return {
    ...{ repo, domain: 'tooling', specVersion: '0.1.0', ownedSchemas: [], syncEngines, sourceChannels: [] },
    ...{ policyClasses: ['low'], auditEvents: [], dangerousSurfaces: [] },
  };
}
