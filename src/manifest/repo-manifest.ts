import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { pointerTo } from '../base/json-pointer.ts';
import type { ManifestFinding, UnplacedFinding } from './finding.ts';
import { hasErrors } from './finding.ts';
import { type ManifestJudgement, judgeDocument } from './judge.ts';
import { type ManifestReader, type PlacedDocument, parseManifestText } from './parse.ts';
import { compileOwnSchema } from './schema-check.ts';

/** Larger input is refused before it is looked at; it may hold many engines. */
export const maximumRepoManifestBytes: number = 1024 * 1024;

/** One entry of `syncEngines`: an engine as it was declared there, or its bare id. */
export interface DeclaredEngine {
  /** As written, also where it is wrong; null where it is not even a text. */
  readonly engineId: string | null;
  readonly collection: string | null;
  readonly ownerRepo: string | null;
  /** `partial` for a bare id, and then without a manifest. */
  readonly judgement: ManifestJudgement;
}

export interface RepoManifestJudgement {
  readonly isValid: boolean;
  /** Of the repository's own fields; what its engines have wrong stands with them. */
  readonly findings: readonly ManifestFinding[];
  /** `owner/name`, when it is given in the right form. */
  readonly repo: string | undefined;
  readonly engines: readonly DeclaredEngine[];
}

export type RepoManifestJudge = (input: Uint8Array | string) => RepoManifestJudgement;

/**
 * Judges `.sourceos/manifest.json` by its schema (`schemas/SourceOSRepoManifest.json`), and each engine in it by
 * itself: neither the wrong fields of a repository nor a wrong engine spoil the engines beside them.
 */
export function createRepoManifestJudge(schema: JsonObject, readEngine: ManifestReader): RepoManifestJudge {
  const check = compileOwnSchema(schema, 'every_fault');

  return (input) => {
    const parsed = parseManifestText(input, maximumRepoManifestBytes);
    if (!parsed.ok) {
      return { isValid: false, findings: parsed.error, repo: undefined, engines: [] };
    }
    const { value, place } = parsed.value;
    const faults = check(value);
    const findings = [
      // An entry that is neither object nor id breaks each branch of its schema; it is told of once.
      ...faults.filter(({ path, rule }) => !isInsideEngine(path) || rule === 'schema.anyOf'),
    ].map((fault) => place({ severity: 'error', ...fault }));
    const isNamed = !faults.some(({ path }) => path === '/repo');
    const entries = value['syncEngines'];
    return {
      isValid: !hasErrors(findings),
      findings,
      repo: isNamed ? (value['repo'] as string) : undefined,
      engines: Array.isArray(entries)
        ? entries.flatMap((entry, index) => declaredEngine(entry, place, index, readEngine))
        : [],
    };
  };
}

function isInsideEngine(path: string): boolean {
  return path.startsWith('/syncEngines/');
}

function declaredEngine(
  entry: JsonValue,
  place: PlacedDocument['place'],
  index: number,
  readEngine: ManifestReader,
): readonly DeclaredEngine[] {
  const pointer = pointerTo('/syncEngines', index);
  if (typeof entry === 'string') {
    return [{ engineId: entry, collection: null, ownerRepo: null, judgement: referred(place, pointer) }];
  }
  if (!isJsonObject(entry)) {
    return [];
  }
  const judgement = judgeDocument(readEngine, {
    value: entry,
    place: (finding) => place({ ...finding, path: `${pointer}${finding.path}` }),
  });
  return [{ ...namesIn(entry), judgement }];
}

/** What an engine calls itself, also where the rest of it is wrong. */
export function namesIn(value: JsonObject): Pick<DeclaredEngine, 'engineId' | 'collection' | 'ownerRepo'> {
  const text = (name: string): string | null => {
    const written = value[name];
    return typeof written === 'string' ? written.slice(0, longestName) : null;
  };
  return { engineId: text('engineId'), collection: text('collection'), ownerRepo: text('ownerRepo') };
}

const longestName = 200;

function referred(place: PlacedDocument['place'], path: string): ManifestJudgement {
  const finding: UnplacedFinding = {
    severity: 'error',
    rule: 'R7',
    path,
    message: 'The engine is only referred to here, not declared.',
    remedy: 'Write its whole manifest in place of its id, or beside it in a file of this repository.',
  };
  return { verdict: 'reject', status: 'partial', findings: [place(finding)], manifest: undefined };
}
