import { type JsonObject, isJsonObject } from '../../base/json.ts';
import { parseExact } from '../../base/parse-exact.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Migration } from '../../contract/engine.ts';
import type { DeclaredPlace } from '../../contract/manifest.ts';
import { type ScriptPlace, scriptPlace } from './script-place.ts';
import type { ScriptCall } from './script-call.ts';
import { wordsOfFault } from './script-fault.ts';
import { readScriptFile } from './script-file.ts';
import { createScriptThread } from './script-thread.ts';

/** What a third-party engine may bring beside its manifest. */
export interface EngineScript {
  readonly migrations: readonly Migration[];
  readonly places?: readonly ScriptPlace[];
}

/** One for the whole process, started by the first script: without any, neither thread nor WebAssembly is loaded. */
const thread = createScriptThread();

/**
 * Reads `NAME.js`: a script that fills `exports.migrations`, an object from a major version to the function that brings
 * its fields to the next. It runs in QuickJS, which has no host, modules, clock or chance, with limits of steps, memory
 * and time; nothing is kept between calls, and only JSON text passes in and out. So its answers follow from the fields.
 * `tell` hears in words, without content, when a migration fails later.
 */
export function readEngineScript(
  path: string,
  tell: (fault: string) => void,
  declared: readonly DeclaredPlace[] = [],
): Result<EngineScript, string> {
  const source = readScriptFile(path);
  if (!source.ok) {
    return source;
  }
  const script: Script = { script: path, source: source.value };
  const majors = majorsOf(script);
  return majors.ok
    ? ok({
        migrations: majors.value.map((major) => migrationOf(script, major, tell)),
        places: declared.map((place) => scriptPlace({ ...script, ...place })),
      })
    : err(majors.error);
}

type Script = Pick<ScriptCall, 'script' | 'source'>;

function majorsOf(script: Script): Result<readonly string[], string> {
  const answer = thread.run(script);
  if (!answer.ok) {
    const own = answer.fault.kind === 'threw' ? `: ${answer.fault.words}` : '';
    return err(`It could not be run: ${wordsOfFault(answer.fault, own)}`);
  }
  const majors = parseExact(answer.text) as Result<readonly string[], string>;
  const wrong = majors.ok ? majors.value.find((major) => !/^\d{1,9}$/.test(major)) : majors.error;
  return wrong === undefined
    ? majors
    : err(
        `exports.migrations names "${wrong}", which is no major version. Name each migration by the one it starts at.`,
      );
}

function migrationOf(script: Script, fromMajor: string, tell: (fault: string) => void): Migration {
  return {
    fromMajor: Number(fromMajor),
    migrate(fields) {
      const migrated = migrate(script, fromMajor, fields);
      if (!migrated.ok) {
        tell(`Its migration from version ${fromMajor} failed: ${migrated.error}`);
        throw new Error(migrated.error);
      }
      return migrated.value;
    },
  };
}

/** Its errors hold nothing that the script says: that may be content of the fields. */
function migrate(script: Script, fromMajor: string, fields: JsonObject): Result<JsonObject, string> {
  const answer = thread.run({ ...script, migration: { fromMajor, fields: JSON.stringify(fields) } });
  if (!answer.ok) {
    return err(wordsOfFault(answer.fault));
  }
  const parsed = parseExact(answer.text);
  return parsed.ok && isJsonObject(parsed.value) ? ok(parsed.value) : err(wordsOfFault({ kind: 'answer' }));
}
