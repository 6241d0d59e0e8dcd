import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { createLockedApi, keyPaths } from '../../../src/api/create-locked-api.ts';
import { accessOf } from '../../../src/api/gate/route-access.ts';
import { privilegedRoutes } from '../../../src/api/types/privileged.ts';
import { packageVersion } from '../../../src/daemon/ground/package-root.ts';
import { type OperationObject, apiDocument, documented, undocumented } from '../../helpers/documented.ts';
import { setupApi } from './setup-api.ts';

const operations = Object.entries(apiDocument.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    operation,
  })),
);

describe('the OpenAPI document', () => {
  it('OA1 is answered to whoever holds a token, as it ships, and is valid OpenAPI 3.1', async () => {
    const { call, api } = setupApi();
    const answer = await call('GET', '/v1/openapi.json');
    expect([answer.statusCode, answer.json()]).toEqual([200, apiDocument]);
    const stranger = await api.inject({ method: 'GET', url: '/v1/openapi.json', headers: { host: 'localhost' } });
    expect(stranger.statusCode).toBe(401);
    expect(await new Validator().validate(answer.json())).toEqual({ valid: true });
    expect(apiDocument.info.version).toBe(packageVersion);
  });

  it('OA1 a document that is not OpenAPI is found out', async () => {
    const { valid } = await new Validator().validate({ ...apiDocument, paths: { '/x': { get: { responses: 7 } } } });
    expect(valid).toBe(false);
  });

  it('OA2 has every route that the daemon answers, locked or not, and no other', () => {
    const api = createLockedApi({
      ...{ clients: { identify: () => undefined, servesOrigin: () => false }, onInternalError() {} },
      control: () => {
        throw new Error('believed: nothing is asked');
      },
      keys: { unlock: async () => never(), lock: async () => never() },
    });
    const locked = [...keyPaths].map((path) => `POST ${path}`);
    const { routes } = setupApi();
    expect(operations.map(({ route }) => route).sort()).toEqual([...routes, ...locked].sort());
    const served = operations.filter(({ route }) => {
      const [method, url] = route.split(' ') as [string, string];
      return api.hasRoute({ method, url });
    });
    const registered = api.printRoutes({ commonPrefix: false }).match(/\((GET, HEAD|POST)\)/g);
    expect(served).toHaveLength(registered?.length ?? 0);
  });

  it('OA3 each operation has a name of its own and says in a sentence what it does', () => {
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { operation } of operations) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary).toMatch(/^[A-Z].{8,160}\.$/s);
    }
  });

  it('OA3 each parameter of a path stands in it, and the other way round', () => {
    for (const { route, operation } of operations) {
      const inPath = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name);
      expect(inPath).toEqual([...route.matchAll(/:(\w+)/g)].map(([, name]) => name));
    }
  });

  it('OA4 says what a client needs, and which calls are privileged', () => {
    for (const { route, operation } of operations) {
      const { needs } = accessOf(...(route.split(' ') as [string, string]));
      expect(operation.security).toEqual(needs === 'anyone' ? [] : [{ token: [needs] }]);
      const envelope = operation.parameters?.find(({ name }) => name === 'sourcesync-envelope');
      expect([route, envelope?.required]).toEqual([route, route in privilegedRoutes ? true : undefined]);
    }
  });

  it('OA5 a stranger and a foreign host get the documented refusal at every route', async () => {
    const { api } = setupApi();
    const asked = operations.filter(({ route }) => !/ \/v1\/(un)?lock$/.test(route));
    for (const { route, operation } of asked) {
      const [method, path] = route.split(' ') as ['GET', string];
      const url = path.replaceAll(/:\w+/g, 'x');
      const stranger = await api.inject({ method, url, headers: { host: 'localhost' } });
      const expected = operation.security.length === 0 ? 200 : 401;
      expect([route, stranger.statusCode]).toEqual([route, expected]);
      const elsewhere = await api.inject({ method, url, headers: { host: 'evil.example' } });
      expect([route, elsewhere.statusCode]).toEqual([route, 421]);
      expect(undocumentedAnswer(method, path, elsewhere)).toBeUndefined();
    }
  });
});

describe('what the document demands is demanded', () => {
  it.each(operations.filter(({ operation }) => operation.requestBody?.required === true).map(({ route }) => route))(
    'OA6 %s without its body is refused',
    async (route) => {
      const [method, path] = route.split(' ') as ['POST', string];
      const { call } = setupApi();
      const { schema } = jsonOf(documented(method, path.replaceAll(/:(\w+)/g, '{$1}'))?.operation);
      const url = urlOf(path);
      const bare = await call(method, url);
      expect([bare.statusCode >= 400, bare.statusCode < 500]).toEqual([true, true]);
      const isAnything = schema === undefined || '$ref' in schema === false || isOpenObject(schema);
      const empty = isAnything ? await call(method, url, []) : await call(method, url, {});
      expect([empty.statusCode >= 400, empty.statusCode < 500]).toEqual([true, true]);
    },
  );

  it.each(
    operations.flatMap(({ route, operation }) =>
      (operation.parameters ?? [])
        .filter(
          (one) =>
            one.in === 'query' &&
            (one.required || 'enum' in one.schema || 'const' in one.schema || one.schema['type'] === 'integer'),
        )
        .map((one) => [route, one.name, one.required] as const),
    ),
  )('OA6 %s refuses what %s may not be', async (route, name, isRequired) => {
    const { call } = setupApi();
    const [method, path] = route.split(' ') as ['GET', string];
    const answer = await call(method, isRequired ? urlOf(path) : `${urlOf(path)}?${name}=0`);
    expect(isRequired ? [400, 404] : [400]).toContain(answer.statusCode);
  });
});

describe('the check of answers', () => {
  const status = { method: 'GET', path: '/healthz', status: 200, contentType: 'application/json' };

  it('takes an answer that the document has', () => {
    expect(undocumented({ ...status, body: '{"ok":true}' })).toBeUndefined();
  });

  it('is made of every answer that a test of the API gets', async () => {
    const { call } = setupApi((control) => ({ ...control, doctor: async () => ({ ok: true, checks: [], more: 1 }) }));
    await expect(call('GET', '/v1/doctor')).rejects.toThrow(
      'GET /v1/doctor answers 200 otherwise than the document says',
    );
  });

  it.each([
    ['a route', { path: '/nowhere', body: '{"ok":true}' }, 'is not in the document'],
    ['a status', { status: 204, body: '' }, 'answers 204'],
    ['a content type', { contentType: 'text/html', body: '' }, 'as text/html'],
    ['a member', { body: '{"ok":true,"more":1}' }, 'more'],
    ['a value', { body: '{"ok":false}' }, 'must be equal to constant'],
    ['what is missing', { body: '{}' }, "must have required property 'ok'"],
  ])('finds %s that it does not have', (_what, other, words) => {
    expect(undocumented({ ...status, ...other })).toContain(words);
  });
});

async function never(): Promise<never> {
  throw new Error('believed: nothing is asked');
}

function undocumentedAnswer(
  method: string,
  path: string,
  { statusCode, headers, body }: { statusCode: number; headers: Record<string, unknown>; body: string },
): string | undefined {
  return undocumented({ method, path, status: statusCode, contentType: String(headers['content-type']), body });
}

/** A path whose names lead to something where it is there by itself. */
function urlOf(path: string): string {
  return path.replace(':c', 'shell').replace(':layer', 'profile').replace(':type', 'app').replaceAll(/:\w+/g, 'x');
}

function jsonOf(operation: OperationObject | undefined): { schema?: object } {
  return operation?.requestBody?.content['application/json'] ?? {};
}

function isOpenObject(schema: object): boolean {
  return JSON.stringify(schema).includes('JsonObject');
}
