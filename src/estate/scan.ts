import { realpathSync } from 'node:fs';
import { assembleEstate } from '../manifest/assemble-estate.ts';
import type { EstateReport, JudgedRepo } from '../manifest/estate-report.ts';
import { type RepoJudges, judgeRepo } from '../manifest/judge-repo.ts';
import { type WalkProgress, findRepos } from './walk.ts';

/** Told of as repositories are found. */
export type OnProgress = (progress: Readonly<WalkProgress>) => void;

const progressEvery = 20;

/** Scans folders into one report; the paths of several roots begin with the root they were found in. */
export function scanEstate(roots: readonly string[], judges: RepoJudges, onProgress: OnProgress): EstateReport {
  const progress: WalkProgress = { repos: 0, files: 0 };
  const repos: JudgedRepo[] = [];
  for (const root of roots) {
    for (const found of findRepos(root, progress)) {
      const path = roots.length === 1 ? found.path : joined(root, found.path);
      repos.push(judgeRepo({ ...found, path }, judges));
      if (progress.repos % progressEvery === 0) {
        onProgress(progress);
      }
    }
  }
  onProgress(progress);
  return assembleEstate(roots.map(realPath).join(', '), repos);
}

function joined(root: string, path: string): string {
  return path === '.' ? root : `${root.replace(/\/+$/, '')}/${path}`;
}

function realPath(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
}
