import { describe, expect, it } from 'vitest';
import { createScriptThread } from '../../../src/daemon/engines/script-thread.ts';

/** A built-in function that runs for ever between two steps. */
const silent = {
  script: 'silent',
  source: 'exports.migrations = { 1: () => Array.prototype.includes.call({ length: 2 ** 53 }, 1) };',
  migration: { fromMajor: '1', fields: '{}' },
};
const honest = { script: 'honest', source: 'exports.migrations = { 1: (fields) => fields };' };

describe('the thread of the scripts', () => {
  it('22 is ended with a script that does not answer in time; others go on, and that one is not run for ever', () => {
    const thread = createScriptThread(500);
    for (let time = 1; time <= 3; time++) {
      expect(thread.run(silent)).toEqual({ ok: false, fault: { kind: 'deadline' } });
    }
    expect(thread.run(silent)).toEqual({ ok: false, fault: { kind: 'resting' } });
    expect(createScriptThread().run(honest)).toEqual({ ok: true, text: '["1"]' });
  });

  it('22 starts anew after it was ended', () => {
    const thread = createScriptThread();
    expect(thread.run(silent)).toMatchObject({ ok: false });
    expect(thread.run(honest)).toEqual({ ok: true, text: '["1"]' });
    expect(thread.run({ ...honest, migration: { fromMajor: '1', fields: '{"a":[1]}' } })).toEqual({
      ok: true,
      text: '{"a":[1]}',
    });
  });

  it.each([
    ['import()', 'import("node:fs").then((fs) => { exports.migrations = { 7: () => fs }; });'],
    ['a job that waits', 'Promise.resolve().then(() => { exports.migrations = { 7: () => 1 }; });'],
    ['an async function', '(async () => { await null; exports.migrations = { 7: () => 1 }; })();'],
    [
      'what an import fails with',
      'import("x").catch((e) => e.constructor.constructor("globalThis.escaped = 1")()); exports.migrations = {};',
    ],
  ])('18 %s comes to nothing: what waits is never run', async (_name, source) => {
    expect(createScriptThread().run({ script: 'waiting', source })).toEqual({ ok: true, text: '[]' });
    await Promise.resolve();
    expect('escaped' in globalThis).toBe(false);
  });

  it('18 a module is no script', () => {
    const answer = createScriptThread().run({
      script: 'module',
      source: 'import fs from "node:fs"; export default fs;',
    });
    expect(answer).toMatchObject({ ok: false, fault: { kind: 'threw' } });
  });
});
