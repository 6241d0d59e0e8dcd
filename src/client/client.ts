import { request as httpRequest } from 'node:http';
import type { JsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type {
  AuditBody,
  AuditVerifyBody,
  BulkResultBody,
  BulkWriteBody,
  CapabilitiesBody,
  DeviceListBody,
  DoctorBody,
  EngineBody,
  EngineDetailBody,
  ExplainBody,
  ExplainedChangeBody,
  HistoryBody,
  InviteBody,
  LinkBody,
  PageBody,
  PairingBody,
  ProblemBody,
  QuarantineBody,
  QuarantineDetailBody,
  RecordBody,
  ReviewBody,
  ReviewDetailBody,
  ScopeBody,
  StatusBody,
  TransitionBody,
} from '../api/types.ts';

/** Why a call gave no answer: nobody listens, or the daemon said no. */
export type ClientFault =
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'problem'; readonly problem: ProblemBody };

export type Answer<T> = Promise<Result<T, ClientFault>>;

export interface ClientOptions {
  /** Unix socket of the daemon. */
  readonly socketPath: string;
  /** Content of the home's token file. */
  readonly token: string;
  /** Give up after this; 60 seconds unless told. */
  readonly timeoutMs?: number;
}

/** The local API, typed: one method a call. */
export interface Client {
  status(): Answer<StatusBody>;
  capabilities(): Answer<CapabilitiesBody>;
  doctor(): Answer<DoctorBody>;
  metrics(): Answer<string>;
  stopDaemon(): Answer<unknown>;
  engines(): Answer<PageBody<EngineBody>>;
  engine(id: string): Answer<EngineDetailBody>;
  transitions(id: string): Answer<PageBody<TransitionBody>>;
  enable(id: string): Answer<EngineBody>;
  disable(id: string): Answer<EngineBody>;
  records(collection: string, query?: PageQuery & { state?: string }): Answer<PageBody<RecordBody>>;
  record(collection: string, id: string): Answer<RecordBody>;
  putRecord(collection: string, id: string, fields: JsonObject, version?: string): Answer<RecordBody>;
  patchRecord(collection: string, id: string, patch: JsonObject, version?: string): Answer<RecordBody>;
  removeRecord(collection: string, id: string): Answer<RecordBody>;
  /** Up to 5,000 records in one transaction. */
  putRecords(collection: string, body: BulkWriteBody): Answer<BulkResultBody>;
  history(collection: string, id: string): Answer<PageBody<HistoryBody>>;
  explain(collection: string, id: string): Answer<ExplainBody>;
  explainChange(changeId: string): Answer<ExplainedChangeBody>;
  reviews(query?: PageQuery & { collection?: string }): Answer<PageBody<ReviewBody>>;
  review(id: string): Answer<ReviewDetailBody>;
  decide(id: string, decision: 'accept' | 'reject'): Answer<ReviewDetailBody>;
  decideAll(
    collection: string,
    decision: 'accept' | 'reject',
  ): Answer<{ decided: number; failed: readonly { id: string; message: string }[] }>;
  quarantine(query?: PageQuery & { collection?: string }): Answer<PageBody<QuarantineBody>>;
  quarantined(id: string): Answer<QuarantineDetailBody>;
  settleQuarantined(id: string, action: 'release' | 'drop'): Answer<QuarantineDetailBody>;
  devices(): Answer<DeviceListBody>;
  scopes(): Answer<PageBody<ScopeBody>>;
  createScope(kind: string, name: string): Answer<ScopeBody>;
  invite(options: { trustCode: boolean }): Answer<InviteBody>;
  pairing(): Answer<PairingBody>;
  approve(digits: string): Answer<PairingBody>;
  links(): Answer<PageBody<LinkBody>>;
  link(engineId: string, root: string): Answer<LinkBody>;
  unlink(root: string): Answer<LinkBody>;
  sync(action: 'now' | 'pause' | 'resume'): Answer<StatusBody>;
  audit(query?: PageQuery): Answer<AuditBody>;
  verifyAudit(): Answer<AuditVerifyBody>;
}

export interface PageQuery {
  readonly cursor?: string;
  readonly limit?: number;
}

const defaultTimeoutMs = 60_000;

export function createClient(options: ClientOptions): Client {
  const get = <T>(path: string, query: object = {}): Answer<T> => call<T>(options, 'GET', path + queryText(query));
  const post = <T>(path: string, body: object = {}): Answer<T> => call<T>(options, 'POST', path, body);
  const name = encodeURIComponent;
  const recordPath = (collection: string, id: string): string =>
    `/v1/collections/${name(collection)}/records/${name(id)}`;
  const ifMatch = (version?: string): Record<string, string> =>
    version === undefined ? {} : { 'if-match': `"${version}"` };

  return {
    status: () => get('/v1/status'),
    capabilities: () => get('/v1/capabilities'),
    doctor: () => get('/v1/doctor'),
    metrics: () => get('/metrics'),
    stopDaemon: () => post('/v1/daemon/stop'),
    engines: () => get('/v1/engines'),
    engine: (id) => get(`/v1/engines/${name(id)}`),
    transitions: (id) => get(`/v1/engines/${name(id)}/transitions`),
    enable: (id) => post(`/v1/engines/${name(id)}/enable`),
    disable: (id) => post(`/v1/engines/${name(id)}/disable`),
    records: (collection, query) => get(`/v1/collections/${name(collection)}/records`, query),
    record: (collection, id) => get(recordPath(collection, id)),
    putRecord: (collection, id, fields, version) =>
      call(options, 'PUT', recordPath(collection, id), fields, ifMatch(version)),
    patchRecord: (collection, id, patch, version) =>
      call(options, 'PATCH', recordPath(collection, id), patch, ifMatch(version)),
    removeRecord: (collection, id) => call(options, 'DELETE', recordPath(collection, id)),
    putRecords: (collection, body) => post(`/v1/collections/${name(collection)}/records`, body),
    history: (collection, id) => get(`${recordPath(collection, id)}/history`),
    explain: (collection, id) => get(`${recordPath(collection, id)}/explain`),
    explainChange: (changeId) => get(`/v1/changes/${name(changeId)}/explain`),
    reviews: (query) => get('/v1/reviews', query),
    review: (id) => get(`/v1/reviews/${name(id)}`),
    decide: (id, decision) => post(`/v1/reviews/${name(id)}/${decision}`),
    decideAll: (collection, decision) => post('/v1/reviews', { collection, decision }),
    quarantine: (query) => get('/v1/quarantine', query),
    quarantined: (id) => get(`/v1/quarantine/${name(id)}`),
    settleQuarantined: (id, action) => post(`/v1/quarantine/${name(id)}/${action}`),
    devices: () => get('/v1/devices'),
    scopes: () => get('/v1/scopes'),
    createScope: (kind, scopeName) => post('/v1/scopes', { kind, name: scopeName }),
    invite: (invitation) => post('/v1/pairing', invitation),
    pairing: () => get('/v1/pairing'),
    approve: (digits) => post('/v1/pairing/approve', { digits }),
    links: () => get('/v1/links'),
    link: (engineId, root) => post('/v1/links', { engineId, root }),
    unlink: (root) => call(options, 'DELETE', `/v1/links${queryText({ root })}`),
    sync: (action) => post(`/v1/sync/${action}`),
    audit: (query) => get('/v1/audit', query),
    verifyAudit: () => get('/v1/audit/verify'),
  };
}

function queryText(query: object): string {
  const text = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
  return text === '' ? '' : `?${text}`;
}

function call<T>(
  options: ClientOptions,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Answer<T> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve) => {
    const unreachable = (cause: Error): void => {
      resolve(
        err({
          kind: 'unreachable',
          message: `The daemon does not answer at ${options.socketPath} (${cause.message}).`,
        }),
      );
    };
    const request = httpRequest(
      {
        socketPath: options.socketPath,
        method,
        path,
        headers: {
          host: 'localhost',
          authorization: `Bearer ${options.token}`,
          ...(content === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
          ...headers,
        },
        timeout: options.timeoutMs ?? defaultTimeoutMs,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', unreachable);
        response.on('end', () => {
          resolve(
            readAnswer<T>(
              response.statusCode ?? 0,
              response.headers['content-type'] ?? '',
              Buffer.concat(chunks).toString('utf8'),
            ),
          );
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', unreachable);
    request.end(content);
  });
}

function readAnswer<T>(status: number, contentType: string, text: string): Result<T, ClientFault> {
  if (!contentType.includes('json')) {
    return status >= 400 ? err(foreignAnswer(status)) : ok(text as T);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(foreignAnswer(status));
  }
  return contentType.startsWith('application/problem+json') || status >= 500
    ? err({ kind: 'problem', problem: value as ProblemBody })
    : ok(value as T);
}

/** What listens is no daemon of this version. */
function foreignAnswer(status: number): ClientFault {
  const detail =
    'What answers at the socket of the daemon is not understood. Restart the daemon so that it has the version of this command.';
  return { kind: 'problem', problem: { type: 'about:blank', title: 'The answer is not understood', status, detail } };
}
