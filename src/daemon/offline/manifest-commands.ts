import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../base/json.ts';
import type { ManifestCommands } from '../../cli/ground/manifest-commands.ts';
import { faultOf, readBounded } from '../../estate/read-file.ts';
import { scanEstate } from '../../estate/scan.ts';
import type { RepoJudges } from '../../manifest/judge-repo.ts';
import { createManifestReader } from '../../manifest/parse.ts';
import { createRepoManifestJudge, maximumRepoManifestBytes } from '../../manifest/repo-manifest.ts';
import { unreadableManifest, validateManifest } from '../../manifest/validate.ts';
import { packageRoot } from '../ground/package-root.ts';

/** What the command line does with manifests on disk; needs neither home nor daemon. */
export function createManifestCommands(): ManifestCommands {
  const judges = shippedJudges();
  return {
    scan: (roots, onProgress) => scanEstate(roots, judges, onProgress),
    validateFile(path) {
      let target: string;
      try {
        target = realpathSync(path);
      } catch (cause) {
        return unreadableManifest(path, ...wordsOf(faultOf(cause)));
      }
      const read = readBounded(target, maximumRepoManifestBytes);
      return read.ok ? validateManifest(path, read.value, judges) : unreadableManifest(path, ...wordsOf(read.error));
    },
    validateBytes: (path, bytes) => validateManifest(path, bytes, judges),
  };
}

function shippedJudges(): RepoJudges {
  const readEngine = createManifestReader(readSchema('SyncEngineManifest'));
  return { readEngine, judgeRepoManifest: createRepoManifestJudge(readSchema('SourceOSRepoManifest'), readEngine) };
}

function readSchema(name: string): JsonObject {
  return JSON.parse(readFileSync(join(packageRoot, 'schemas', `${name}.json`), 'utf8')) as JsonObject;
}

function wordsOf({ message, remedy }: ReturnType<typeof faultOf>): readonly [string, string] {
  return [message, remedy];
}
