import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Client, createClient } from '../../../src/client/client.ts';
import { type Asked, apiDocument, documented, untaken } from '../../helpers/documented.ts';

type Method = keyof Client;

/** Each method of the client as it may be called, by the names of the operations that it calls. */
const calls: Readonly<Record<Method, Readonly<Record<string, (client: Client) => unknown>>>> = {
  ready: { ready: (client) => client.ready() },
  status: { status: (client) => client.status() },
  capabilities: { capabilities: (client) => client.capabilities() },
  doctor: { doctor: (client) => client.doctor() },
  metrics: { metrics: (client) => client.metrics() },
  stopDaemon: { stopDaemon: (client) => client.stopDaemon() },
  sync: {
    syncNow: (client) => client.sync('now'),
    pauseSync: (client) => client.sync('pause'),
    resumeSync: (client) => client.sync('resume'),
  },
  verifyStore: { verifyStore: (client) => client.verifyStore() },
  copyStore: { copyStore: (client) => client.copyStore() },
  exportable: { exportable: (client) => client.exportable() },
  exported: { exported: (client) => client.exported('c', { limit: 1, cursor: 'x' }) },
  testNotification: { testNotification: (client) => client.testNotification() },
  hooks: { hooks: (client) => client.hooks() },
  testHook: { testHook: (client) => client.testHook('h') },
  rebuildStore: { rebuildStore: (client) => client.rebuildStore(true) },
  unlock: { unlock: (client) => client.unlock('words') },
  lock: { lock: (client) => client.lock() },
  openPage: { openPage: (client) => client.openPage() },
  audit: { audit: (client) => client.audit({ order: 'newest', limit: 3, cursor: '4' }) },
  verifyAudit: { verifyAudit: (client) => client.verifyAudit() },
  proveEvent: { proveEvent: (client) => client.proveEvent('1') },
  proveConsistency: { proveConsistency: (client) => client.proveConsistency('1', '2') },
  events: { events: (client) => client.events({ after: 3 }).next() },
  engines: { engines: (client) => client.engines() },
  engine: { engine: (client) => client.engine('e') },
  transitions: { transitions: (client) => client.transitions('e') },
  planEngine: { planEngine: (client) => client.planEngine('e') },
  enable: { enableEngine: (client) => client.enable('e', 'merge') },
  disable: { disableEngine: (client) => client.disable('e') },
  links: { links: (client) => client.links() },
  link: { link: (client) => client.link('e', '/f', true) },
  unlink: { unlink: (client) => client.unlink('/f') },
  showLink: { showLink: (client) => client.showLink('/f') },
  resumeLink: { resumeLink: (client) => client.resumeLink('/f') },
  fetchLink: { fetchLink: (client) => client.fetchLink('/f/photo.raw') },
  adoptLink: { adoptLink: (client) => client.adoptLink('/f') },
  cleanLink: { cleanLink: (client) => client.cleanLink('/f', true) },
  places: { places: (client) => client.places() },
  place: { place: (client) => client.place('bash') },
  followPlace: { followPlace: (client) => client.followPlace('bash') },
  leavePlace: { leavePlace: (client) => client.leavePlace('bash') },
  records: { records: (client) => client.records('c', { state: 'live', limit: 1, cursor: 'x' }) },
  record: { record: (client) => client.record('c', 'a b/ü?#%') },
  putRecord: { putRecord: (client) => client.putRecord('c', 'id', { a: [1] }, 'version', 'lease') },
  patchRecord: { patchRecord: (client) => client.patchRecord('c', 'id', { a: null }, 'version') },
  removeRecord: { removeRecord: (client) => client.removeRecord('c', 'id', 'lease') },
  putRecords: { putRecords: (client) => client.putRecords('c', { items: [{ id: 'x', fields: {} }], confirm: true }) },
  document: { document: (client) => client.document('c', 'id', new Uint8Array(3)) },
  updateDocument: { updateDocument: (client) => client.updateDocument('c', 'id', new Uint8Array(3)) },
  history: { history: (client) => client.history('c', 'id') },
  rollbackRecord: { rollbackRecord: (client) => client.rollbackRecord('c', 'id', 'to', 'version') },
  rollbackCollection: { rollbackCollection: (client) => client.rollbackCollection('c', 'at', true) },
  references: { references: (client) => client.references('c', 'id') },
  explain: { explain: (client) => client.explain('c', 'id') },
  explainChange: { explainChange: (client) => client.explainChange('hash') },
  proveRecord: { proveRecord: (client) => client.proveRecord('c', 'id', 'hash') },
  restorePoints: { restorePoints: (client) => client.restorePoints() },
  createRestorePoint: { createRestorePoint: (client) => client.createRestorePoint('name') },
  restore: { restore: (client) => client.restore('point', { collection: 'c', execute: true }) },
  owners: { owners: (client) => client.owners({ collection: 'c', owner: 'app:x', cursor: 'y' }) },
  ownerStatus: { ownerStatus: (client) => client.ownerStatus('c', 'app', 'x') },
  pushOwnerSet: {
    pushOwnerSet: (client) =>
      client.pushOwnerSet('c', 'app', 'x', { syncToken: 1, previousToken: 'a', contentHash: 'sha256:', items: [] }),
  },
  reviews: { reviews: (client) => client.reviews({ collection: 'c', limit: 1 }) },
  review: { review: (client) => client.review('id') },
  decidedHere: { reviews: (client) => client.decidedHere('c') },
  decide: {
    acceptReview: (client) => client.decide('id', 'accept', {}, 'version'),
    rejectReview: (client) => client.decide('id', 'reject'),
    mergeReview: (client) => client.decide('id', 'merge', { fields: { a: 1 } }, 'version'),
    keepBothOfReview: (client) => client.decide('id', 'keep-both'),
    undoReview: (client) => client.decide('id', 'undo'),
  },
  decideAll: { decideReviews: (client) => client.decideAll('c', 'accept', { author: 'a', kind: 'proposal' }) },
  previewAll: { decideReviews: (client) => client.previewAll('c', 'reject', { deviceId: 'd', reasonCode: 'r' }) },
  quarantine: { quarantine: (client) => client.quarantine({ collection: 'c', limit: 1 }) },
  quarantined: { quarantined: (client) => client.quarantined('id') },
  settleQuarantined: {
    releaseQuarantined: (client) => client.settleQuarantined('id', 'release'),
    dropQuarantined: (client) => client.settleQuarantined('id', 'drop'),
  },
  policy: { policy: (client) => client.policy() },
  policyOf: { policyOf: (client) => client.policyOf('sync.engine.x') },
  setPolicy: {
    setPolicy: (client) => client.setPolicy('profile', { key: 'k', kind: 'decision', value: 'deny' }, null),
  },
  permission: { permission: (client) => client.permission('tool:x', 'agent') },
  leases: { leases: (client) => client.leases() },
  grantLease: {
    grantLease: (client) => client.grantLease({ agent: 'a', capability: 'c', agentKey: 'k', collections: ['x'] }),
  },
  revokeLease: { revokeLease: (client) => client.revokeLease('id', 'scope') },
  secrets: { secrets: (client) => client.secrets() },
  revealSecret: { revealSecret: (client) => client.revealSecret('id') },
  heldSecrets: { heldSecrets: (client) => client.heldSecrets({ key: 'k', marks: ['m'] }) },
  clients: { clients: (client) => client.clients() },
  self: { self: (client) => client.self() },
  addClient: {
    addClient: (client) => client.addClient({ name: 'n', capabilities: ['records.read'], collections: 'all' }),
  },
  revokeClient: { revokeClient: (client) => client.revokeClient('id') },
  devices: { devices: (client) => client.devices() },
  revokeDevice: { revokeDevice: (client) => client.revokeDevice('d', true) },
  setRole: { setRole: (client) => client.setRole('d', 'writer', ['x']) },
  renameDevice: { renameDevice: (client) => client.renameDevice('d', 'desk') },
  rotateKeys: { rotateKeys: (client) => client.rotateKeys({ execute: true, scopeId: 's' }) },
  verifyKeys: { verifyKeys: (client) => client.verifyKeys() },
  scopes: { scopes: (client) => client.scopes() },
  createScope: { createScope: (client) => client.createScope('workspace', 'w') },
  useScope: { useScope: (client) => client.useScope('team', 'notes', false) },
  scopeLog: { scopeLog: (client) => client.scopeLog('s') },
  invitePerson: { invitePerson: (client) => client.invitePerson('s', 'writer') },
  joinScope: { joinScope: (client) => client.joinScope('code') },
  joiningScope: { joiningScope: (client) => client.joiningScope() },
  pairing: { pairing: (client) => client.pairing() },
  invite: { invite: (client) => client.invite({ trustCode: true }) },
  approve: { approve: (client) => client.approve('123456') },
};

/** Of these a program has no use, or calls them otherwise. */
const uncalled = [
  'alive',
  'channel',
  'collectionOwners',
  'engineMachine',
  'liveDocument',
  'openapi',
  'states',
  'syncStatus',
];

it('OA7 each method of the client calls an operation of the document, with what that takes', async () => {
  const { client, asked } = await recorded();
  expect(Object.keys(client).sort()).toEqual(Object.keys(calls).sort());
  const called = new Set<string>();
  for (const [name, call] of Object.values(calls).flatMap((ways) => Object.entries(ways))) {
    asked.length = 0;
    await call(client);
    // A privileged call is asked about first; what is sent last is the call itself.
    const request = asked.at(-1) as Asked;
    expect(untaken(request)).toBeUndefined();
    const { pathname } = new URL(request.url, 'http://localhost');
    expect(documented(request.method, pathname)?.operation.operationId).toBe(name);
    called.add(name);
  }
  const all = Object.values(apiDocument.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(all.filter((name) => !called.has(name)).sort()).toEqual(uncalled);
});

it.each([
  ['GET', '/v1/nothing', {}, '', 'is not in the document'],
  ['GET', '/v1/reviews?surplus=1', {}, '', 'surplus'],
  ['GET', '/v1/reviews', { 'x-surplus': '1' }, '', 'x-surplus'],
  ['DELETE', '/v1/links', {}, '', 'no root'],
  ['POST', '/v1/links', {}, '{"root":"/"}', 'engineId'],
  ['POST', '/v1/sync/now', {}, '{"surplus":1}', 'maxProperties'],
])('a request that the document does not take is found: %s %s', (method, url, headers, body, words) => {
  expect(untaken({ method, url, headers, body })).toContain(words);
});

async function recorded(): Promise<{ client: Client; asked: Asked[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'sourcesync-test-'));
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      const isStream = url === '/v1/events';
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
      response.end(isStream ? 'id: 4\nevent: key.rotated\ndata: {}\n\n' : '{}');
    });
  });
  const socketPath = join(folder, 'api.sock');
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const seal = async (): Promise<{ ok: true; value: string }> => ({ ok: true, value: 'envelope' });
  return { client: createClient({ socketPath, token: 'x', seal }), asked };
}
