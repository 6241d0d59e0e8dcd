import { mostAnswerLength } from './script-call.ts';

/**
 * Evaluated in a new realm before the script: takes away what differs from one device or moment to the next, and what
 * makes code of text. Its value is the function that asks the script, and answers JSON text or undefined. It keeps the built-in functions that it needs, so
 * that a script that replaces them changes its own answers only.
 *
 * An answer is refused where its JSON text would silently say something else: NaN, an infinity, -0, a function, or an
 * object that is neither plain nor a list, as a promise or a map is. Members that are `undefined` are left out.
 */
export const realmPrelude: string = `(() => {
  'use strict';
  const { parse, stringify } = JSON;
  const { defineProperty, getPrototypeOf, is, keys } = Object;
  const { isArray } = Array;
  const { isFinite } = Number;
  const plain = Object.prototype;

  for (const name of ['eval', 'SharedArrayBuffer', 'Atomics']) {
    delete globalThis[name];
  }
  delete Math.random;
  const Function = function () {
    throw new EvalError('a script makes no code of text');
  };
  Function.prototype = getPrototypeOf(Function);
  globalThis.Function = Function;
  for (const kind of [function () {}, function* () {}, async function () {}, async function* () {}]) {
    defineProperty(getPrototypeOf(kind), 'constructor', { value: Function });
  }

  const isHeld = (value) => {
    switch (typeof value) {
      case 'number':
        return isFinite(value) && !is(value, -0);
      case 'object': {
        const prototype = value === null || isArray(value) ? null : getPrototypeOf(value);
        return prototype === null || prototype === plain;
      }
      default:
        return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'undefined';
    }
  };
  const refused = {};
  const checked = (name, value) => {
    if (!isHeld(value)) {
      throw refused;
    }
    return value;
  };
  const textOf = (answer) => {
    try {
      const text = stringify(answer, checked);
      return typeof text === 'string' && text.length <= ${mostAnswerLength} ? text : undefined;
    } catch (error) {
      if (error === refused) {
        return undefined;
      }
      throw error;
    }
  };
  const listed = (migrations) => {
    const majors = keys(migrations);
    for (let index = 0; index < majors.length; index++) {
      if (typeof migrations[majors[index]] !== 'function') {
        throw new TypeError('exports.migrations["' + majors[index] + '"] is no function');
      }
    }
    return majors;
  };

  globalThis.exports = { migrations: {} };
  return (name, input, does) =>
    textOf(
      input === undefined
        ? listed(exports.migrations)
        : does === undefined
          ? exports.migrations[name](parse(input))
          : exports.places[name][does](...parse(input)),
    );
})()`;
