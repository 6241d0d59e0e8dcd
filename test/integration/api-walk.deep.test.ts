import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandOfCall } from '../../src/api/types/privileged.ts';
import type { ChannelBody } from '../../src/api/types/channel.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { sealAsOwner } from '../../src/daemon/keys/seal-call.ts';
import { contentHashOf } from '../../src/replica/edit/owner-set.ts';
import { type OperationObject, apiDocument, documented, undocumented } from '../helpers/documented.ts';
import { type Home, type Stage, openStage } from '../helpers/processes.ts';

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

let stage: Stage;
let home: Home;

beforeAll(async () => {
  stage = await openStage();
  const relay = await stage.startRelay();
  home = stage.home('home');
  await home.json('init', '--label', 'desk', '--relay', relay.url, '--yes');
  await home.startDaemon();
}, 60_000);

afterAll(async () => stage.close());

/**
 * What needs a second device, an agent, a person's decision or another protocol to be done: it is refused here, and done in
 * the tests of the API.
 */
const refusedHere = [
  ...['acceptReview', 'approve', 'dropQuarantined', 'explainChange', 'grantLease', 'keepBothOfReview', 'liveDocument'],
  ...['mergeReview', 'proveConsistency', 'quarantined', 'rejectReview', 'releaseQuarantined', 'revealSecret', 'review'],
  ...['revokeLease', 'rollbackRecord', 'undoReview', 'joinScope', 'lock', 'setPolicy'],
  ...['place', 'followPlace', 'leavePlace', 'setRole', 'testHook'],
];

it('OA5 every route of a real daemon answers as the document says', { timeout: 120_000 }, async () => {
  const folder = join(stage.root, 'notes');
  mkdirSync(folder);
  writeFileSync(join(folder, 'note.md'), 'a note\n');
  const set = [{ id: 'task', fields: { kind: 'task', title: 'one' } }];
  const { items: devices } = await value<{ items: { deviceId: string }[] }>('GET', '/v1/devices');
  const { items: scopes } = await value<{ items: { scopeId: string; kind: string }[] }>('GET', '/v1/scopes');
  await value('PUT', '/v1/collections/shell/records/x', { kind: 'alias', name: 'x', body: 'ls' });
  await value('PUT', '/v1/collections/presence/records/pad', { kind: 'note', text: 'ab' });
  const added = await value<{ id: string }>('POST', '/v1/clients', { name: 'one', capabilities: ['records.read'] });
  await value('POST', '/v1/restore', { name: 'before' });

  const names: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    clients: { id: added.id },
    restore: { id: 'before' },
    devices: { id: devices[0]?.deviceId ?? '' },
    scopes: { id: scopes.find(({ kind }) => kind === 'workspace')?.scopeId ?? '' },
    engines: { id: 'sourceos.sync.models' },
    audit: { id: '1' },
    policy: { key: 'sync', layer: 'profile' },
    collections: { c: 'shell', id: 'x', type: 'app', owner: 'tasks' },
  };
  const bodies: Readonly<Record<string, JsonObject | Buffer>> = {
    putRecord: { kind: 'alias', name: 'x', body: 'ls -l' },
    patchRecord: { body: 'ls -a' },
    putRecords: { items: [{ id: 'y', fields: { kind: 'alias', name: 'y', body: 'ls' } }] },
    rollbackCollection: { at: new Date(Date.now() - 1000).toISOString() },
    rollbackRecord: { to: 'nothing' },
    pushOwnerSet: { syncToken: 1, contentHash: contentHashOf(set), items: set },
    decideReviews: { collection: 'shell', decision: 'accept', preview: true },
    link: { engineId: 'notes', root: folder },
    adoptLink: { root: folder },
    fetchLink: { path: `${folder}/note.md` },
    resumeLink: { root: folder },
    cleanLink: { root: folder },
    renameDevice: { label: 'table' },
    createScope: { kind: 'workspace', name: 'ours' },
    useScope: { collection: 'notes' },
    addClient: { name: 'two', capabilities: ['records.read'] },
    heldSecrets: { key: Buffer.alloc(32).toString('base64url'), marks: [] },
    createRestorePoint: { name: 'now' },
    approve: { digits: '000000' },
    joinScope: { code: 'x' },
    setRole: { role: 'writer' },
    setPolicy: { key: 'x', kind: 'nothing', value: 1 },
    grantLease: { agent: 'a', capability: 'records.write', agentKey: 'x' },
  };
  const queries: Readonly<Record<string, string>> = {
    permission: 'target=tool:x',
    showLink: `root=${folder}`,
    unlink: `root=${folder}`,
    proveConsistency: 'from=1',
  };
  const others: Readonly<Record<string, string>> = {
    document: '/v1/collections/presence/records/pad/document',
    updateDocument: '/v1/collections/presence/records/pad/updates',
    pushOwnerSet: '/v1/collections/workspace/owners/app/tasks',
    ownerStatus: '/v1/collections/workspace/owners/app/tasks',
  };

  const wrong: string[] = [];
  const refused: string[] = [];
  for (const [method, path, { operationId }] of inOrder()) {
    const kind = path.split('/')[2] ?? '';
    const url = others[operationId] ?? path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[kind]?.[name] ?? 'x');
    const query = queries[operationId] === undefined ? '' : `?${queries[operationId]}`;
    const body = operationId === 'updateDocument' ? await documentBytes() : bodies[operationId];
    const { status, contentType, body: said } = await ask(method, url + query, body);
    const other = undocumented({ method, path: url, status, contentType, body: said.toString('utf8') });
    wrong.push(...(other === undefined ? [] : [other]));
    if (status >= 400) {
      refused.push(operationId);
    }
  }
  expect(wrong).toEqual([]);
  expect(refused.sort()).toEqual([...refusedHere].sort());
});

async function documentBytes(): Promise<Buffer> {
  return (await ask('GET', '/v1/collections/presence/records/pad/document')).body;
}

/** What reads and writes first, then what takes away, and what ends the daemon last. */
function inOrder(): readonly (readonly [method: string, path: string, operation: OperationObject])[] {
  const rank = ({ operationId }: OperationObject, method: string): number =>
    operationId === 'stopDaemon' ? 3 : method === 'delete' ? 2 : method === 'get' ? 1 : 0;
  return Object.entries(apiDocument.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [method, path, operation] as const),
    )
    .sort(([a, , one], [b, , other]) => rank(one, a) - rank(other, b))
    .map(([method, path, operation]) => [method.toUpperCase(), path, operation]);
}

async function value<T>(method: string, path: string, body?: JsonObject): Promise<T> {
  const { status, body: said } = await ask(method, path, body);
  expect([method, path, status, status < 300 ? '' : said.toString('utf8')]).toEqual([method, path, 200, '']);
  return JSON.parse(said.toString('utf8')) as T;
}

/** By the owner of the home; privileged calls are signed. A stream is answered by its beginning. */
async function ask(method: string, path: string, content?: JsonObject | Buffer): Promise<Answer> {
  const body = content instanceof Buffer || content === undefined ? content : Buffer.from(JSON.stringify(content));
  const command = commandOfCall(method, path);
  const envelope =
    command === undefined
      ? undefined
      : sealAsOwner(join(home.folder, 'state', 'keys'), {
          ...{ command, method, path, body: body?.toString('utf8') ?? '' },
          channel: await value<ChannelBody>('GET', '/v1/channel'),
        });
  const token = readFileSync(join(home.folder, 'state', 'keys', 'api.token'), 'utf8').trim();
  const headers = {
    ...{ host: 'localhost', authorization: `Bearer ${token}` },
    ...(body === undefined
      ? {}
      : { 'content-type': content instanceof Buffer ? 'application/octet-stream' : 'application/json' }),
    ...(envelope?.ok === true ? { 'sourcesync-envelope': envelope.value } : {}),
  };
  const isStream = documented(method, path.split('?', 1)[0] ?? '')?.operation.operationId === 'events';
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { socketPath: join(home.folder, 'run', 'api.sock'), method, path, headers },
      (response) => {
        const chunks: Buffer[] = [];
        const done = (): void => {
          const contentType = response.headers['content-type'] ?? '';
          resolve({ status: response.statusCode ?? 0, contentType, body: Buffer.concat(chunks) });
        };
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (isStream) {
            done();
            response.destroy();
          }
        });
        response.on('end', done);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
