import { type Stats, readFileSync, statSync } from 'node:fs';
import { type Context, Script, createContext } from 'node:vm';
import { textFromUtf8 } from '../base/bytes.ts';
import type { JsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { Migration } from '../contract/engine.ts';

/** What a third-party engine may bring beside its manifest. */
export interface EngineScript {
  readonly migrations: readonly Migration[];
}

const mostBytes = 1024 * 1024;
const mostMs = 1000;

/**
 * Reads `NAME.js`: a script that fills `exports.migrations`, an object from a major version to the function that brings
 * its fields to the next. It runs in a realm of its own without modules, clock or chance, for a bounded time at each
 * call, and only JSON text passes in and out: its answers follow from the fields alone. That keeps it honest, not
 * caged: whoever may write the file may also change the configuration, so a file that others may write is refused.
 */
export function readEngineScript(path: string): Result<EngineScript, string> {
  const source = readSource(path);
  if (!source.ok) {
    return source;
  }
  const context = createContext(Object.create(null) as Context, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  try {
    run(context, prelude, path);
    run(context, source.value, path);
    const majors = JSON.parse(run(context, listMajors, path)) as readonly string[];
    const wrong = majors.find((major) => !/^\d{1,9}$/.test(major));
    return wrong === undefined
      ? ok({ migrations: majors.map((major) => migrationOf(context, Number(major), path)) })
      : err(
          `exports.migrations names "${wrong}", which is no major version. Name each migration by the one it starts at.`,
        );
  } catch (cause) {
    return err(`It could not be run: ${wordsOf(cause)}. Correct it, or remove it.`);
  }
}

function migrationOf(context: Context, fromMajor: number, path: string): Migration {
  return {
    fromMajor,
    migrate: (fields) => {
      // The text of a JSON text is a literal, whatever the fields hold.
      const call = `migrateText(${fromMajor}, ${JSON.stringify(JSON.stringify(fields))})`;
      return JSON.parse(run(context, call, path)) as JsonObject;
    },
  };
}

/** Its answer must be text, so that no object of that realm is ever held here. */
function run(context: Context, code: string, path: string): string {
  const answer: unknown = new Script(code, { filename: path }).runInContext(context, { timeout: mostMs });
  return typeof answer === 'string' ? answer : '';
}

function readSource(path: string): Result<string, string> {
  try {
    const stats = statSync(path);
    const fault = faultOf(stats);
    if (fault !== undefined) {
      return err(fault);
    }
    const text = textFromUtf8(readFileSync(path));
    return text === undefined ? err('It is no UTF-8 text. Save it as UTF-8.') : ok(text);
  } catch (cause) {
    return err(`It cannot be read: ${(cause as Error).message}. Let this user read it, or remove it.`);
  }
}

function faultOf(stats: Stats): string | undefined {
  if (!stats.isFile()) {
    return 'It is no regular file. Put the script itself there.';
  }
  if (process.platform !== 'win32' && (stats.mode & 0o022) !== 0) {
    return 'Others than its owner may write it, and it would run here. Make it private: chmod go-w.';
  }
  return stats.size > mostBytes
    ? `It has ${stats.size} bytes; at most ${mostBytes} are read. Make it smaller.`
    : undefined;
}

function wordsOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : 'it threw';
}

const prelude = `
  'use strict';
  delete globalThis.Date;
  delete globalThis.WebAssembly;
  delete globalThis.SharedArrayBuffer;
  delete globalThis.Atomics;
  delete Math.random;
  globalThis.exports = { migrations: {} };
  globalThis.migrateText = ((parse, stringify) => (major, text) => stringify(exports.migrations[major](parse(text))))(
    JSON.parse,
    JSON.stringify,
  );
  ''
`;

const listMajors = 'JSON.stringify(Object.keys(exports.migrations))';
