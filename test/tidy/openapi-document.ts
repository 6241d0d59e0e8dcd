import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { accessOf } from '../../src/api/gate/route-access.ts';
import { privilegedRoutes } from '../../src/api/types/privileged.ts';
import { eventTypes } from '../../src/contract/events.ts';
import { packageVersion } from '../../src/daemon/ground/package-root.ts';
import { rootFolder } from './run-tool.ts';

/** As much of JSON Schema as types become. */
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly [keyword: string]: unknown;
}
type Definitions = Readonly<Record<string, Schema>>;

const problemMedia = 'application/problem+json';
const octets = 'application/octet-stream';

/** What answers although the keys of the device are locked. */
const answersLocked: ReadonlySet<string> = new Set([
  ...['GET /healthz', 'GET /statez', 'GET /v1/status', 'GET /v1/engines', 'GET /v1/engines/:id', 'GET /v1/doctor'],
  ...['POST /v1/daemon/stop', 'POST /v1/unlock', 'POST /v1/lock', 'GET /readyz'],
]);

/** The OpenAPI document of the API, made from the types of its routes and the tables of who may call them. */
export function openapiDocument(): object {
  const definitions = definitionsOf(['Routes', 'ProblemBody']);
  const { Routes: routes, ...shapes } = definitions;
  const paths: Record<string, Record<string, object>> = {};
  for (const [route, described] of Object.entries(routes?.properties ?? {})) {
    const [method = '', path = ''] = route.split(' ');
    const template = path.replaceAll(/:(\w+)/g, '{$1}');
    paths[template] = { ...paths[template], [method.toLowerCase()]: operation(route, described, shapes) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'SourceSync local API',
      version: packageVersion,
      summary: 'What a daemon answers on its Unix socket, and on loopback for its page.',
      description:
        'Every error is a problem document (RFC 9457). A member that is not described may be added by a later version: ignore it. HEAD is answered wherever GET is. A path that this build lacks answers 501 with the type capability_not_provided.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://localhost', description: 'Over the Unix socket that `sourcesync paths` names.' }],
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(shapes)
          .filter(([name]) => !name.startsWith('Brand<'))
          .map(([name, schema]) => [componentOf(name), published(schema, shapes)]),
      ),
      responses: problems(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The token of the home does everything; one of a client (`sourcesync clients add`) what its capabilities say. A role named here is the capability that a client needs, `known` any token, `owner` the token of the home.',
        },
      },
    },
  };
}

function definitionsOf(types: readonly string[]): Definitions {
  const generator = createGenerator({
    path: join(rootFolder, 'src/api/surface/routes.ts'),
    tsconfig: join(rootFolder, 'tsconfig.json'),
    // The project's own compiler has done it.
    skipTypeCheck: true,
  });
  return Object.assign({}, ...types.map((type) => generator.createSchema(type).definitions)) as Definitions;
}

function operation(route: string, { description, properties = {} }: Schema, shapes: Definitions): object {
  const { name, query = {}, headers = {}, body } = properties;
  const command = privilegedRoutes[route];
  const parameters = [
    ...[...route.matchAll(/:(\w+)/g)].map(([, one]) => ({
      ...{ name: one, in: 'path', required: true, schema: { type: 'string' } },
      ...(one === 'c' ? { description: 'Name of a collection.' } : {}),
    })),
    ...parametersIn('query', query, shapes),
    ...parametersIn('header', headers, shapes),
    ...(command === undefined ? [] : [envelopeParameter(command)]),
  ];
  return {
    operationId: name?.const,
    summary: description,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: requestBody(body, shapes) }),
    responses: responses(route, properties, shapes),
    security: securityOf(route),
  };
}

function parametersIn(place: string, schema: Schema, shapes: Definitions): readonly object[] {
  const { properties = {}, required = [] } = followed(schema, shapes);
  return Object.entries(properties).map(([name, { description, ...one }]) => ({
    ...{ name, in: place, required: required.includes(name) },
    ...(description === undefined ? {} : { description }),
    schema: published(one, shapes),
  }));
}

function envelopeParameter(command: string): object {
  return {
    ...{ name: 'sourcesync-envelope', in: 'header', required: true, schema: { type: 'string' } },
    description: `The call is privileged: base64url of a signed SourceChannelEnvelope for the command ${command}.`,
  };
}

function requestBody(body: Schema, shapes: Definitions): object {
  const { required = [], anyOf, properties } = followed(body, shapes);
  return {
    // Where everything in it may be left out, the whole body may be.
    required: required.length > 0 || anyOf !== undefined || properties === undefined,
    content: isBytes(body)
      ? { [octets]: { schema: bytes } }
      : { 'application/json': { schema: published(body, shapes) } },
  };
}

function responses(route: string, described: Readonly<Record<string, Schema>>, shapes: Definitions): object {
  const { answer = {}, media, also, headers = {} } = described;
  const isVersioned = followed(headers, shapes).properties?.['if-match'] !== undefined;
  const needsToken = accessOf(...(route.split(' ') as [string, string])).needs !== 'anyone';
  const others = Object.entries(also?.properties ?? {}).map(([status, schema]) => [
    status,
    {
      description: status === '202' ? 'It waits for a person.' : 'There is none; it is told as absent.',
      content: {
        'application/json': { schema: published(schema, shapes) },
        ...(Number(status) < 400 ? {} : { [problemMedia]: { schema: problemBody } }),
      },
    },
  ]);
  const refused = [
    ['401', needsToken],
    ['403', needsToken],
    ['412', isVersioned],
    ['421', true],
    ['423', !answersLocked.has(route)],
    ['default', true],
  ]
    .filter(([, answers]) => answers)
    .map(([status]) => [status, { $ref: `#/components/responses/${status}` }]);
  return {
    ...success(answer, media?.const as string | undefined, shapes),
    ...Object.fromEntries([...others, ...refused]),
  };
}

function success(answer: Schema, media: string | undefined, shapes: Definitions): object {
  switch (media) {
    case 'websocket':
      return { 101: { description: 'The connection is a WebSocket from here on.' } };
    case 'text/event-stream':
      return {
        200: {
          description: `A stream that ends with the daemon: events with an id, a type (gap, ${eventTypes.join(', ')}) and data in JSON.`,
          content: { [media]: { schema: { type: 'string' } } },
        },
      };
    default: {
      const schema = isBytes(answer) ? bytes : published(answer, shapes);
      return { 200: { description: 'Done.', content: { [media ?? 'application/json']: { schema } } } };
    }
  }
}

const problemBody = { $ref: '#/components/schemas/ProblemBody' };
const bytes = { type: 'string', contentEncoding: 'binary' };

function problems(): object {
  const words = {
    401: 'No token, or one that counts no more.',
    403: 'The caller may not do this.',
    412: 'It is another version now; nothing was done.',
    421: 'The host name is neither localhost nor sourcesync.',
    423: 'The keys of this device are locked; nothing was done.',
    default: 'It was refused or failed; the document says why and what to do.',
  };
  return Object.fromEntries(
    Object.entries(words).map(([status, description]) => [
      status,
      { description, content: { [problemMedia]: { schema: problemBody } } },
    ]),
  );
}

function securityOf(route: string): readonly object[] {
  const { needs } = accessOf(...(route.split(' ') as [string, string]));
  return needs === 'anyone' ? [] : [{ token: [needs] }];
}

function isBytes(schema: Schema): boolean {
  return schema.properties?.['BYTES_PER_ELEMENT'] !== undefined;
}

function followed(schema: Schema, shapes: Definitions): Schema {
  return schema.$ref === undefined ? schema : followed(shapes[named(schema.$ref)] ?? {}, shapes);
}

function named(reference: string): string {
  return decodeURIComponent(reference.replace('#/definitions/', ''));
}

/** Names of components are letters, digits and dots. */
function componentOf(name: string): string {
  return name.replaceAll(/[<,]/g, '.').replaceAll(/[>" ]/g, '');
}

/** A schema as the document has it: references to components, brands as what they are made of, and open for what may be added. */
function published(schema: unknown, shapes: Definitions): unknown {
  if (Array.isArray(schema)) {
    return schema.map((one) => published(one, shapes));
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  const { $ref, additionalProperties, ...rest } = schema as Schema;
  const kept = Object.fromEntries(Object.entries(rest).map(([keyword, value]) => [keyword, published(value, shapes)]));
  if ($ref !== undefined) {
    const name = named($ref);
    const target = name.startsWith('Brand<')
      ? (published(shapes[name], shapes) as object)
      : { $ref: `#/components/schemas/${componentOf(name)}` };
    return { ...target, ...kept };
  }
  return additionalProperties === undefined || additionalProperties === false
    ? kept
    : { ...kept, additionalProperties: published(additionalProperties, shapes) };
}
