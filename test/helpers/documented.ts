import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';

/** As much of the OpenAPI document as the tests look at. */
export interface ApiDocument {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly responses: Readonly<Record<string, AnswerObject>> };
}

export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, { schema: object }>> };
  readonly responses: Readonly<Record<string, AnswerObject & { readonly $ref?: string }>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
}

interface AnswerObject {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

export const apiDocument = JSON.parse(
  readFileSync(join(packageRoot, 'schemas', 'openapi.json'), 'utf8'),
) as ApiDocument;

/** One answer as it went out. */
export interface Answered {
  readonly method: string;
  /** As the API has it, `/v1/engines/:id`, or as it was asked for, without its query. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  /** Of JSON; anything else is not looked at. */
  readonly body: string;
}

export interface Documented {
  readonly path: string;
  readonly operation: OperationObject;
}

/** What the document says of a call; undefined for one that it does not have. */
export function documented(method: string, path: string): Documented | undefined {
  const parts = path.split('/');
  const found = Object.entries(apiDocument.paths)
    .filter(([template]) => {
      const wanted = template.split('/');
      return wanted.length === parts.length && wanted.every((one, at) => one.startsWith('{') || one === parts[at]);
    })
    // What is written out is meant before what stands for anything.
    .sort(([a], [b]) => a.split('{').length - b.split('{').length)
    .flatMap(([template, operations]) => {
      const operation = operations[method.toLowerCase()];
      return operation === undefined ? [] : [{ path: template, operation }];
    });
  return found[0];
}

/** In words what of an answer the document does not say; undefined where it says all of it, and nothing is answered beside. */
export function undocumented({ method, path, status, contentType, body }: Answered): string | undefined {
  const call = documented(method, path.replaceAll(/:(\w+)/g, '{$1}'));
  if (call === undefined) {
    return `${method} ${path} is not in the document`;
  }
  const { responses } = call.operation;
  const [key, said] = [String(status), 'default']
    .map((one) => [one, responses[one]] as const)
    .find(([one, given]) => given !== undefined && (one !== 'default' || status >= 400)) ?? [undefined, undefined];
  const answer = said?.$ref === undefined ? said : apiDocument.components.responses[said.$ref.split('/').at(-1) ?? ''];
  const media = contentType.split(';', 1)[0] ?? '';
  const schema = answer?.content?.[media]?.schema;
  if (key === undefined || schema === undefined) {
    return `${method} ${path} answers ${status} as ${media}, which is not in the document`;
  }
  if (!media.endsWith('json')) {
    return undefined;
  }
  const check = validatorOf(schema);
  return check(JSON.parse(body))
    ? undefined
    : `${method} ${path} answers ${status} otherwise than the document says: ${JSON.stringify(check.errors)} ${body.slice(0, 500)}`;
}

const strict = closed(apiDocument) as ApiDocument;
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(strict, 'openapi.json');
const validators = new Map<string, ValidateFunction>();

function validatorOf(schema: object): ValidateFunction {
  const text = JSON.stringify(closed(schema)).replaceAll('"#/', '"openapi.json#/');
  const known = validators.get(text) ?? ajv.compile(JSON.parse(text) as object);
  validators.set(text, known);
  return known;
}

/** The same schemas, with nothing allowed beside what they name: a later version may add, this one may not. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(closed);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  const isOpen = inner['type'] === 'object' && inner['properties'] !== undefined;
  return isOpen ? { additionalProperties: false, ...inner } : inner;
}

/** One request as it came in. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** JSON; empty for none. */
  readonly body: string;
}

/** Headers that any request may carry. */
const everyonesHeaders: ReadonlySet<string> = new Set([
  ...['host', 'authorization', 'connection', 'content-type', 'content-length'],
]);

/** In words what of a request the document does not take; undefined where it takes all of it. */
export function untaken({ method, url, headers, body }: Asked): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const call = documented(method, pathname);
  if (call === undefined) {
    return `${method} ${pathname} is not in the document`;
  }
  const { parameters = [], requestBody } = call.operation;
  const taken = (place: ParameterObject['in']): readonly string[] =>
    parameters.filter((one) => one.in === place).map(({ name }) => name);
  const others = [
    ...[...searchParams.keys()].filter((name) => !taken('query').includes(name)),
    ...Object.keys(headers).filter((name) => !everyonesHeaders.has(name) && !taken('header').includes(name)),
    ...parameters
      .filter(({ name, required, in: place }) => required && place === 'query' && !searchParams.has(name))
      .map(({ name }) => `no ${name}`),
  ];
  if (others.length > 0) {
    return `${method} ${pathname}: ${others.join(', ')}`;
  }
  const schema = requestBody?.content['application/json']?.schema ?? { type: 'object', maxProperties: 0 };
  const check = validatorOf(schema);
  return body === '' || headers['content-type'] === 'application/octet-stream' || check(JSON.parse(body))
    ? undefined
    : `${method} ${pathname}: ${JSON.stringify(check.errors)} ${body}`;
}
