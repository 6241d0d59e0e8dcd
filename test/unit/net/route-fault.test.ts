import { expect, it } from 'vitest';
import { isRouteFault } from '../../../src/net/open-socket.ts';

const fault = (code: string): Error => Object.assign(new Error(code), { code });

it.each<[string, Error, boolean]>([
  ['no route', fault('ENETUNREACH'), true],
  ['no interface', fault('ENETDOWN'), true],
  ['nobody to ask for a name', fault('EAI_AGAIN'), true],
  ['a relay that does not run', fault('ECONNREFUSED'), false],
  ['a relay that is silent', fault('ETIMEDOUT'), false],
  ['no route by either family', new AggregateError([fault('ENETUNREACH'), fault('ENETUNREACH')]), true],
  ['no route by one, nobody by the other', new AggregateError([fault('ENETUNREACH'), fault('ECONNREFUSED')]), false],
  ['nothing said', new AggregateError([]), false],
])('%s', (_name, cause, isDown) => {
  expect(isRouteFault(cause)).toBe(isDown);
});
