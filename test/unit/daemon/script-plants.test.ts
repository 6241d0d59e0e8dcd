import { afterAll, describe, expect, it, vi } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import type { ScriptAnswer } from '../../../src/daemon/engines/script-call.ts';
import { type ScriptMemory, createScriptMemory } from '../../../src/daemon/engines/script-memory.ts';
import { realmPrelude } from '../../../src/daemon/engines/script-realm.ts';
import { escapes } from './script-escapes.ts';

afterAll(() => {
  vi.doUnmock('../../../src/daemon/engines/script-realm.ts');
  vi.doUnmock('../../../src/daemon/engines/script-memory.ts');
  vi.resetModules();
});

/** What a machine answers that is made of these parts, the first time and the second. */
async function answersOf(parts: Parts, body: string): Promise<readonly ScriptAnswer[]> {
  vi.resetModules();
  vi.doMock('../../../src/daemon/engines/script-realm.ts', () => ({ realmPrelude: parts.prelude }));
  vi.doMock('../../../src/daemon/engines/script-memory.ts', () => ({ createScriptMemory: parts.memory }));
  const { createScriptMachines } = await import('../../../src/daemon/engines/script-machine.ts');
  const source = `let calls = 0; exports.migrations = { 1: (fields) => { ${body} } };`;
  const call = { script: 'planted', source, migration: { fromMajor: '1', fields: '{"a":1}' } };
  const machines = createScriptMachines();
  return [await machines.run(call), await machines.run(call)];
}

interface Parts {
  readonly prelude: string;
  readonly memory: () => ScriptMemory;
}

const whole: Parts = { prelude: realmPrelude, memory: createScriptMemory };

function found(name: string): string {
  const expression = escapes.find(([each]) => each === name)?.[1];
  assert(expression !== undefined, `${name} is one of the escapes`);
  return `return { found: String(${expression}) };`;
}

/** Each takes one stone out of the wall, by a text of the prelude and what stands there instead. */
const plants: readonly (readonly [name: string, stone: string, instead: string, body: string])[] = [
  ['chance is left in', 'delete Math.random;', '', found('chance')],
  ['eval is left in', "'eval', ", '', found('eval')],
  ['memory can be shared', "'SharedArrayBuffer', ", '', found('shared memory')],
  ['Function is left in', 'globalThis.Function = Function;', '', found('Reflect.construct')],
  [
    'functions keep their constructor',
    'function () {}, function* () {}',
    'function* () {}',
    found('the constructor of a function'),
  ],
  ['async functions keep theirs', 'async function () {}, ', '', found('the constructor of an async function')],
  ['numbers are not looked at', 'isFinite(value) && !is(value, -0)', 'true', 'return { n: NaN };'],
  ['objects are not looked at', 'prototype === null || prototype === plain', 'true', 'return new Map([[1, 2]]);'],
  ['functions are dropped in silence', 'throw refused;', 'return null;', 'return { f() {} };'],
];

describe('a stone that is taken out of the wall', () => {
  it.each(plants)('%s: is noticed by the tables', async (_name, stone, instead, body) => {
    const planted = realmPrelude.replace(stone, instead);
    expect(planted).not.toBe(realmPrelude);
    expect(await answersOf(whole, body)).toMatchObject([{ ok: false }, { ok: false }]);
    expect(await answersOf({ ...whole, prelude: planted }, body)).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('memory is not put back: is noticed by the second answer', async () => {
    const leaky = (): ScriptMemory => ({ ...createScriptMemory(), restore: () => undefined });
    const body = 'return { calls: ++calls };';
    const [first, second] = await answersOf(whole, body);
    expect(second).toEqual(first);
    const [one, other] = await answersOf({ ...whole, memory: leaky }, body);
    expect(one).toEqual(first);
    expect(other).not.toEqual(one);
  });
});
