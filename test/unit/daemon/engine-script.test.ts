import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { readEngineScript } from '../../../src/daemon/engines/engine-script.ts';
import { escapes } from './script-escapes.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A script as an engine has it, and what is told of it later. */
function engineWith(source: string) {
  const path = join(temporaryFolder(), 'engine.js');
  writeFileSync(path, source);
  chmodSync(path, 0o600);
  const told: string[] = [];
  const script = readEngineScript(path, (fault) => told.push(fault));
  assert(script.ok, `the script runs: ${script.ok || script.error}`);
  return {
    told,
    migrate(fields: JsonObject, fromMajor = 1): JsonObject {
      const migration = script.value.migrations.find((each) => each.fromMajor === fromMajor);
      assert(migration !== undefined, 'the script has this migration');
      return migration.migrate(fields);
    },
  };
}

/** An engine whose first migration has this body, and whose second answers what it is given. */
function migrating(body: string) {
  return engineWith(`exports.migrations = { 1: (fields) => { ${body} }, 2: (fields) => fields };`);
}

describe('18 a script is behind a wall', () => {
  it.each(escapes)('finds no way out by %s', (_name, expression) => {
    const engine = migrating(`globalThis.escaped = 1; return { found: String(${expression}) };`);
    expect(() => engine.migrate({ a: 1 })).toThrow('it threw an error. Correct the script');
    expect('escaped' in globalThis).toBe(false);
  });

  it('sees the language and nothing else', () => {
    const { names } = migrating('return { names: Object.getOwnPropertyNames(globalThis) };').migrate({});
    expect((names as readonly string[]).filter((name) => !languageNames.has(name))).toEqual([]);
  });

  it('reaches nothing else from there either, whatever it walks through', () => {
    expect(migrating(walk).migrate({})).toEqual({ foreign: [], isFar: true });
  });

  it('changes no field that is held here, and no prototype', () => {
    const fields = { list: [1], inner: { a: 1 } };
    const engine = migrating(
      'fields.list.push(2); fields.inner.a = 2; fields.__proto__.polluted = 1; fields.list.__proto__.polluted = 1; return fields;',
    );
    expect(engine.migrate(fields)).toEqual({ list: [1, 2], inner: { a: 2 } });
    expect(fields).toEqual({ list: [1], inner: { a: 1 } });
    expect('polluted' in fields).toBe(false);
  });

  it('a name of a prototype among the fields is a name like any other', () => {
    const engine = migrating("return { ...fields, own: Object.hasOwn(fields, 'constructor') };");
    const fields = JSON.parse('{"constructor":{"prototype":1},"toString":null,"hasOwnProperty":0}') as JsonObject;
    expect(engine.migrate(fields)).toEqual({ ...fields, own: true });
  });

  it('knows no path of this machine', () => {
    const { stack } = migrating("return { stack: new Error('x').stack };").migrate({});
    expect(stack).toContain('engine.js:1');
    expect(stack).not.toContain('/');
  });
});

describe('19 what a script answers passes as JSON text, exactly', () => {
  it.each([
    ['whole numbers up to the last', '{ n: 9007199254740991 }', { n: 9007199254740991 }],
    ['fractions', '{ n: 0.1, m: 1e-300 }', { n: 0.1, m: 1e-300 }],
    ['any text', "{ s: 'é\\u2028\\u0000\\ud83d\\ude00' }", { s: 'é\u2028\u0000😀' }],
    ['an object without prototype', 'Object.assign(Object.create(null), { a: null })', { a: null }],
    ['members that are undefined, which are left out', '{ a: undefined, b: true }', { b: true }],
    ['getters, which are read once', '{ get a() { return [1, {}]; } }', { a: [1, {}] }],
    ['a proxy, by what it shows', 'new Proxy({ a: 1 }, { get: () => 2 })', { a: 2 }],
    ['names of other prototypes', "{ constructor: 1, ['proto']: 2 }", { constructor: 1, proto: 2 }],
  ])('%s', (_name, answer, expected) => {
    expect(migrating(`return ${answer};`).migrate({})).toEqual(expected);
  });

  it.each([
    ['NaN', '{ n: NaN }'],
    ['1e400', '{ n: 1e400 }'],
    ['-0', '{ n: [-0] }'],
    ['2^53', '{ n: 2 ** 53 }'],
    ['__proto__', 'JSON.parse(\'{"__proto__":{"a":1}}\')'],
    ['half a character', "{ s: '\\ud800' }"],
    ['half a character in a name', "{ ['\\udc00']: 1 }"],
    ['too deep', "JSON.parse('{\"a\":'.repeat(66) + '1' + '}'.repeat(66))"],
    ['a function', '{ f() {} }'],
    ['a symbol', '{ s: Symbol() }'],
    ['a bigint', '{ b: 1n }'],
    ['a map', '{ m: new Map([[1, 2]]) }'],
    ['a class of its own', 'new (class A { b = 1 })()'],
    ['a number in a box', '{ n: new Number(1) }'],
    ['a promise, as every async function does', '(async () => ({ a: 1 }))()'],
    ['bytes', '{ b: new Uint8Array(2) }'],
    ['nothing', 'undefined'],
    ['null', 'null'],
    ['a list', '[{}]'],
    ['a text', "'{}'"],
    ['a text that would be an object', "{ toJSON: () => 'x' }"],
    ['a huge text', "{ s: 'x'.repeat(5e6) }"],
  ])('%s: refused, and told with what to do', (_name, answer) => {
    const engine = migrating(`return ${answer};`);
    expect(() => engine.migrate({})).toThrow(/^what it answers is no object that JSON holds exactly \(.+\)\. Correct/);
    expect(engine.told).toEqual([
      expect.stringMatching(/^Its migration from version 1 failed: what it answers .+ remove it\.$/),
    ]);
  });

  it('a cycle is an error', () => {
    expect(() => migrating('fields.self = fields; return fields;').migrate({})).toThrow('it threw an error');
  });

  it('whoever replaces what the wall is made of changes nothing', () => {
    const engine = engineWith(`
      JSON.parse = JSON.stringify = () => '{"x":1}';
      Number.isFinite = Object.is = Array.isArray = () => true;
      Object.getPrototypeOf = () => null;
      Object.keys = () => ['9'];
      exports.migrations = { 1: (fields) => fields, 2: () => ({ n: NaN }) };
    `);
    expect(engine.migrate({ kept: [true] })).toEqual({ kept: [true] });
    expect(() => engine.migrate({}, 2)).toThrow('what it answers');
  });

  it('says nothing of the fields where it fails', () => {
    const engine = migrating('throw new Error(fields.secret);');
    expect(() => engine.migrate({ secret: 'hush' })).toThrow(/^(?!.*hush)/);
    expect(engine.told.join()).not.toContain('hush');
  });
});

describe('20 a script that takes too much is stopped, and goes on at the next call', () => {
  const steps = 'it took more than 2,500,000 steps';
  const memory = 'it took more than 64 MiB of memory';
  const thrown = 'it threw an error';
  it.each([
    ['an endless loop', 'for (;;) {}', steps],
    ['an endless loop that catches', 'for (;;) { try { for (;;) {} } catch {} finally { for (;;) {} } }', steps],
    ['an endless getter of its answer', 'return { get a() { for (;;) {} } };', steps],
    ['an endless toJSON', 'return { toJSON() { for (;;) {} } };', steps],
    ['an endless proxy', 'return new Proxy({}, { ownKeys() { for (;;) {} } });', steps],
    ['an endless regular expression', "/(a+)+$/.test('a'.repeat(60) + 'b');", steps],
    ['an endless generator', '[...(function* () { for (;;) yield; })()];', 'it took more than'],
    ['endless recursion', '(function again() { again(); })();', thrown],
    [
      'endless recursion of what is built in',
      'let a = []; for (let i = 0; i < 2e4; i++) a = [a]; a.flat(Infinity);',
      thrown,
    ],
    ['endless recursion of a getter', 'const o = { get a() { return this.a; } }; return o;', thrown],
    ['endless texts', "const all = []; for (;;) all.push('x'.repeat(1e5) + all.length);", memory],
    ['endless bytes', 'const all = []; for (;;) all.push(new Uint8Array(1e6));', memory],
    ['one huge list of bytes', 'new Uint8Array(1e9);', memory],
    ['one huge text', "'x'.repeat(1e9);", memory],
    ['an error that cannot be read', 'throw { get message() { for (;;) {} } };', thrown],
    ['throwing nothing', 'throw undefined;', thrown],
    ['throwing what throws', 'throw new Proxy({}, { get() { throw 1; } });', thrown],
  ])('%s', (_name, body, words) => {
    const engine = migrating(body);
    expect(() => engine.migrate({})).toThrow(words);
    expect(engine.told).toHaveLength(1);
    expect(engine.migrate({ a: 1 }, 2)).toEqual({ a: 1 });
  });
});

describe('21 nothing is kept from one call to the next', () => {
  const counting = `
    let calls = 0;
    exports.migrations = {
      1: (fields) => {
        calls += 1;
        Object.prototype.seen = (Object.prototype.seen ?? 0) + 1;
        globalThis.told = (globalThis.told ?? 0) + 1;
        Promise.resolve().then(() => { calls += 100; });
        if (fields.fails) for (;;) {}
        return { calls, seen: [{}.seen, globalThis.told], symbol: Symbol.for('x').seen ?? 0 };
      },
    };
  `;

  it('by one engine', () => {
    const engine = engineWith(counting);
    const answers = [1, 2, 3].map(() => engine.migrate({}));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set(['{"calls":1,"seen":[1,1],"symbol":1}']),
    );
  });

  it('nor by one for another', () => {
    engineWith(counting).migrate({});
    expect(migrating('return { seen: {}.seen ?? null };').migrate({})).toEqual({ seen: null });
  });

  it('what it answers follows from the fields alone, whatever was asked before', () => {
    const [one, other] = [engineWith(counting), engineWith(counting)];
    const call = fc.record({ fails: fc.boolean(), a: fc.integer() });
    const answerOf = ({ migrate }: typeof one, fields: JsonObject): string => {
      try {
        return JSON.stringify(migrate(fields));
      } catch (cause) {
        return String(cause);
      }
    };
    fc.assert(
      fc.property(fc.array(call, { maxLength: 3 }), call, (before, fields) => {
        for (const each of before) {
          answerOf(one, each);
        }
        expect(answerOf(one, fields)).toBe(answerOf(other, fields));
      }),
      { numRuns: 15 },
    );
  });
});

const languageNames = new Set(
  `AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error EvalError Float16Array
  Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array InternalError Iterator JSON Map Math NaN
  Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TypeError URIError
  Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape exports globalThis isFinite isNaN parseFloat parseInt undefined unescape`.split(/\s+/),
);

/** Everything that can be reached by members and prototypes, and of it what has a name that no language gives. */
const walk = `
  const known = new Set();
  const foreign = [];
  const visit = (value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || known.has(value)) return;
    known.add(value);
    visit(Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(value)) {
      if (/^(process|require|module|Buffer|console|mainModule|binding|Date|eval|random|now)$/.test(String(key))) foreign.push(String(key));
      const { get, set, value: inner } = Object.getOwnPropertyDescriptor(value, key);
      [get, set, inner].forEach(visit);
    }
  };
  visit(globalThis);
  return { foreign, isFar: known.size > 400 };
`;
