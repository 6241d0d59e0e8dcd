import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { rootFolder } from '../../tidy/run-tool.ts';
import { filesBelow, productFiles } from '../../tidy/source-files.ts';

/** What the daemon notes beside what happens to a collection: no manifest has it to promise. */
const ofTheDaemon: ReadonlySet<string> = new Set([
  'sourcechannel.client.added',
  'sourcechannel.client.revoked',
  'sourcechannel.expired.denied',
  'sourcechannel.page.opened',
  'sourcechannel.policy.allow',
  'sourcechannel.policy.deny',
  'sourcechannel.replay.denied',
  'sourcechannel.request.rejected',
  'sync.alarm.cleared',
  'sync.alarm.raised',
  'sync.audit.lost',
  'sync.own_chain.restored',
  'sync.store.mended',
  'sync.owner.pushed',
  'sync.record.quarantined',
  'sync.record.rebuilt',
  'sync.scope.chosen',
  'sync.tombstones.collected',
]);

const eventShape =
  /^(graph\.write|sync|policy\.decision|agent\.lease|memory|shell\.profile|model\.route|secret\.lease|sourcechannel)\.[a-z_]+(\.[a-z_]+)?$/;

/** By event type: which manifests promise it. */
function promises(): ReadonlyMap<string, readonly string[]> {
  const promised = new Map<string, string[]>();
  for (const path of filesBelow(['manifests'])) {
    const { auditEvents } = JSON.parse(readFileSync(join(rootFolder, path), 'utf8')) as { auditEvents: string[] };
    for (const name of auditEvents) {
      promised.set(name, [...(promised.get(name) ?? []), path]);
    }
  }
  return promised;
}

/** Event types that the code names as a whole where it runs: no pattern, so that one that is never said is missed. */
function emitters(sources: readonly ts.SourceFile[]): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && eventShape.test(node.text) && !ts.isImportDeclaration(node.parent)) {
      found.add(node.text);
    }
    ts.forEachChild(node, look);
  };
  sources.forEach(look);
  return found;
}

function parsed(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

const product = productFiles()
  .filter((path) => /^(engines|src\/(replica|daemon|api|policy))\//.test(path) && !path.startsWith('src/api/types'))
  .map((path) => parsed(path, readFileSync(join(rootFolder, path), 'utf8')));

const emitted = emitters(product);

describe('26 events that manifests promise', () => {
  it('each has somebody who emits it', () => {
    expect([...promises()].filter(([name]) => !emitted.has(name))).toEqual([]);
  });

  it("each that is emitted is promised, or the daemon's own", () => {
    const promised = promises();
    const unpromised = [...emitted].filter((name) => !promised.has(name) && !ofTheDaemon.has(name));
    expect(unpromised.sort()).toEqual(wordsOfOthers);
    expect([...ofTheDaemon].filter((name) => !emitted.has(name) || promised.has(name))).toEqual([]);
  });

  it('none is built from pieces, where nobody would find it', () => {
    const pieces = product.flatMap(({ fileName, text }) =>
      [
        ...text.matchAll(
          /eventType: `|`(?:graph|sync|policy|agent|memory|shell|model|secret|sourcechannel)\.[a-z_.]*\$\{/g,
        ),
      ].map(() => fileName),
    );
    expect(pieces).toEqual([]);
  });

  it('a planted promise without an emitter, and an emitter that says it, are told apart', () => {
    const silent = parsed('planted.ts', "// emits 'graph.write.forgotten'\nexport const name = 'other';\n");
    const telling = parsed('planted.ts', "export const facts = { eventType: 'graph.write.forgotten' };\n");
    expect(emitters([silent]).has('graph.write.forgotten')).toBe(false);
    expect(emitters([telling]).has('graph.write.forgotten')).toBe(true);
  });
});

/** Of the same form, and no events of the audit. */
const wordsOfOthers: readonly string[] = ['secret.lease.issue', 'sync.control', 'sync.paused'];
