/**
 * Who may import whom: the table of ARCHITECTURE.md as data, turned into dependency-cruiser rules.
 * test/tidy/imports.deep.test.ts plants one violation of each rule and demands that it is caught.
 */

/** What each room may import beside itself. A room that is not listed may import nothing of ours. */
const mayImport = {
  base: [],
  clock: ['base'],
  crypto: ['base'],
  // A record names its stamp: contract sees clock.
  contract: ['base', 'clock'],
  // A policy document merges by the lattice that policy reads it by.
  merge: ['base', 'contract', 'clock', 'crypto', 'policy'],
  policy: ['base', 'contract', 'clock', 'crypto'],
  manifest: ['base', 'contract', 'clock', 'crypto'],
  membership: ['base', 'contract', 'clock', 'crypto'],
  log: ['base', 'contract', 'clock', 'crypto', 'merge', 'policy', 'manifest', 'membership'],
  lifecycle: ['base', 'contract', 'clock', 'crypto', 'merge', 'policy', 'manifest', 'membership'],
  // A chunk is padded as a batch is.
  blobs: ['base', 'contract', 'crypto', 'log'],
};
const rowsToFour = [
  'base',
  'contract',
  'clock',
  'crypto',
  'merge',
  'policy',
  'manifest',
  'membership',
  'log',
  'lifecycle',
];
mayImport.admission = rowsToFour;
mayImport.sync = rowsToFour;
mayImport.store = rowsToFour;
mayImport.replica = [...rowsToFour, 'admission', 'sync', 'store'];
const rowsToSix = [...mayImport.replica, 'replica', 'blobs'];
// Row 7: strangers to each other. `store` here means its port and its memory twin, never store/sqlite (see below).
const rowSeven = ['vault', 'sources', 'net', 'relay', 'api'];
for (const room of rowSeven) {
  mayImport[room] = rowsToSix;
}
// What knows secrets by their looks is handed to the core as a function: no other room sees it or its library.
mayImport.redaction = ['base', 'contract'];
mayImport.client = ['base', 'api/types', 'api/surface'];
// What a person may check without a daemon (manifests, the estate) is pure and open to the command line.
// The editor of a person gets the same merge of texts that the daemon makes.
mayImport.cli = ['base', 'contract', 'manifest', 'merge/texts', 'api/types', 'client'];
// Walks folders of repositories for the command line; a stranger to everything that syncs.
mayImport.estate = ['base', 'contract', 'manifest'];
mayImport.workbench = ['base', 'api/types', 'client'];
// Speaks the API for an agent, and shows foreign text as the command line does.
mayImport.mcp = ['base', 'api/types', 'client', 'cli/ground'];
// The demo drives the built program from outside, as a person would.
mayImport.demo = ['base', 'api/types', 'client'];
mayImport.daemon = [...rowsToSix, ...rowSeven, 'redaction', 'client', 'cli', 'workbench', 'mcp', 'demo', 'estate'];

/** Rooms without I/O. */
const pureRooms = [...rowsToSix.filter((room) => room !== 'store'), 'redaction'];

/** Packages that only some rooms may see. */
const packageHomes = {
  'libsodium-wrappers-sumo': ['crypto'],
  'better-sqlite3': ['store/sqlite', 'relay', 'daemon', 'engines/browser/places', 'engines/extensions/places'],
  yjs: ['merge'],
  '@automerge/automerge': ['merge'],
  ajv: ['manifest', 'api', 'daemon'],
  'ajv-formats': ['manifest', 'api', 'daemon'],
  canonicalize: ['base'],
  'jsonc-parser': ['merge'],
  yaml: ['merge'],
  diff: ['merge', 'cli'],
  uqr: ['cli'],
  chokidar: ['sources'],
  ignore: ['sources', 'estate'],
  fastify: ['api', 'daemon'],
  ws: ['net', 'relay', 'api', 'demo'],
  commander: ['cli'],
  // Loaded by the one command that serves agents, and by no other.
  '@modelcontextprotocol/server': ['mcp'],
  zod: ['mcp'],
  '@scure/bip39': ['crypto', 'membership', 'daemon'],
  pino: ['daemon'],
  'prom-client': ['api', 'relay', 'daemon'],
  'smol-toml': ['merge', 'daemon'],
  'toml-eslint-parser': ['merge'],
  'env-paths': ['daemon'],
  '@napi-rs/keyring': ['daemon'],
  '@secretlint/secretlint-rule-preset-recommend': ['redaction'],
  // Loaded in a thread of its own, and only where there is a script to run.
  'quickjs-emscripten-core': ['daemon/engines/script-machine'],
  '@jitl/quickjs-wasmfile-release-sync': ['daemon/engines/script-machine'],
};

const roomPath = (name) => `^src/${name}(/|\\.ts$)`;
const anyOf = (names) => `^src/(${names.join('|')})(/|\\.ts$)`;
const packagePath = (name) => `node_modules/${name.replace('/', '\\/')}(/|$)`;

const rowRules = Object.entries(mayImport).map(([room, allowed]) => ({
  name: `row-${room}`,
  comment: `${room} may import ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')} and itself.`,
  severity: 'error',
  from: { path: roomPath(room) },
  // Only the daemon loads engines: it alone is not refused them here.
  to: { path: room === 'daemon' ? '^(src|bin)/' : '^(src|engines|bin)/', pathNot: anyOf([room, ...allowed]) },
}));

/**
 * Rooms within a room, from low to high. Each sees itself and those before it; what stands in the room beside them sees all
 * and is seen by none of them.
 */
const innerRooms = {
  replica: [
    ...['names', 'waits', 'lists', 'kernel', 'past', 'guard', 'apply'],
    ...['edit', 'decide', 'members', 'receive', 'care'],
  ],
  daemon: [
    ...['ground', 'disk', 'keys', 'backup', 'transfer', 'engines', 'chunks', 'links', 'relays', 'members', 'page'],
    ...['service', 'notices', 'terminal', 'wire', 'offline'],
  ],
  merge: ['values', 'texts', 'graph', 'crdt', 'review', 'authority', 'plain'],
  membership: ['parse', 'log', 'lease', 'envelope', 'presence', 'pairing'],
  sync: ['wire', 'ground', 'scope'],
  sources: ['ground', 'disk', 'places', 'reconcile', 'passes'],
  api: [
    ...['types', 'surface', 'ports', 'answers', 'gate', 'live'],
    ...['routes/machine', 'routes/records', 'routes/decisions', 'routes/device'],
  ],
  store: ['ground', 'memory', 'sqlite/base', 'sqlite/upgrade', 'sqlite/tables', 'sqlite'],
  cli: ['ground', 'estate', 'review', 'commands/home', 'commands/places', 'commands/people', 'commands/records'],
};
const innerPath = (room, names) => `^src/${room}/(${names.join('|')})/`;
const innerRules = Object.entries(innerRooms).flatMap(([room, inner]) => [
  ...inner.map((name, place) => ({
    name: `row-${room}-${name}`,
    comment: `${room}/${name} may import itself and ${inner.slice(0, place).join(', ') || 'nothing of its room'}.`,
    severity: 'error',
    from: { path: innerPath(room, [name]) },
    to: { path: `^src/${room}/`, pathNot: innerPath(room, inner.slice(0, place + 1)) },
  })),
  {
    name: `inner-room-unknown-${room}`,
    comment: `Every folder of src/${room} has its place among the rooms within it: give the new one its own first.`,
    severity: 'error',
    from: { path: `^src/${room}/[^/]+/`, pathNot: innerPath(room, inner) },
    to: {},
  },
]);

const homePath = (name) => (name.startsWith('engines/') ? `^${name}/` : roomPath(name));

const packageRules = Object.entries(packageHomes).map(([name, homes]) => ({
  name: `package-${name}`,
  comment: `${name} is seen by ${homes.join(', ')} alone.`,
  severity: 'error',
  from: { path: '^(src|engines)/', pathNot: homes.map(homePath) },
  to: { path: packagePath(name) },
}));

const forbidden = [
  ...rowRules,
  ...innerRules,
  ...packageRules,
  {
    name: 'room-unknown',
    comment: 'Every folder of src is a room of the table: give the new one its row first.',
    severity: 'error',
    from: { path: '^src/[^/]+/', pathNot: anyOf(Object.keys(mayImport)) },
    to: {},
  },
  {
    name: 'only-daemon-wires-sqlite',
    comment: 'store/sqlite is a stranger to all but the daemon, which wires it.',
    severity: 'error',
    from: { path: '^(src|engines)/', pathNot: anyOf(['store/sqlite', 'daemon']) },
    to: { path: roomPath('store/sqlite') },
  },
  {
    name: 'only-daemon-loads-engines',
    comment: 'Engines are loaded by manifest, and only by the daemon.',
    severity: 'error',
    from: { path: '^src/', pathNot: roomPath('daemon') },
    to: { path: '^engines/' },
  },
  {
    name: 'engines-see-little',
    comment: 'An engine sees contract, merge, base and itself; the secrets engine also sees the vault.',
    severity: 'error',
    from: { path: '^engines/' },
    to: { path: '^(src|test|bin)/', pathNot: anyOf(['contract', 'merge', 'base', 'vault']) },
  },
  {
    name: 'engines-strangers',
    comment: 'Engines never import each other; what several of them need stands in engines/shared.',
    severity: 'error',
    from: { path: '^engines/([^/]+)/' },
    to: { path: '^engines/', pathNot: ['^engines/$1/', '^engines/shared/'] },
  },
  {
    name: 'relay-and-sync-are-blind',
    comment: 'relay and sync cannot reach what opens or judges content, even through others.',
    severity: 'error',
    from: { path: anyOf(['relay', 'sync']) },
    to: {
      path: '^(src/(log/sealing|crypto/seal)(/|\\.ts$)|src/(merge|admission)/|engines/)',
      reachable: true,
    },
  },
  {
    name: 'vault-stays-home',
    comment: 'Only api, the secrets engine and the daemon may import the vault.',
    severity: 'error',
    from: { path: '^(src|engines)/', pathNot: ['^src/(vault|api|daemon)/', '^engines/secrets/'] },
    to: { path: roomPath('vault') },
  },
  {
    name: 'outbox-cannot-reach-vault',
    comment: 'Nothing on the way to the outbox can reach the vault, even through others.',
    severity: 'error',
    from: {
      path: anyOf(['admission', 'sync', 'store', 'replica', 'log', 'merge', 'net', 'relay', 'sources', 'client']),
    },
    to: { path: roomPath('vault'), reachable: true },
  },
  {
    name: 'scripts-run-in-their-thread',
    comment:
      'Only the program of their thread loads the machine of third-party scripts: a daemon without any never does.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/daemon/engines/script-worker\\.ts$' },
    to: { path: '^src/daemon/engines/script-(machine|worker)\\.ts$' },
  },
  {
    name: 'pure-rooms-do-no-io',
    comment: 'Rows 1 to 6 see no clock, timer, randomness, file, socket or environment.',
    severity: 'error',
    from: {
      path: `${anyOf(pureRooms)}|^src/store/(ground|memory)|^engines/[^/]+/engine\\.ts$`,
      // Loads Automerge's WebAssembly build through node:module, and does nothing else.
      pathNot: '^src/merge/graph/automerge\\.ts$',
    },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|zlib)$' },
  },
  {
    name: 'page-sees-words-alone',
    comment:
      'The page runs in a browser: of the product it sees types of the API and of the contract, and nothing that runs.',
    severity: 'error',
    from: { path: '^page/' },
    to: { path: '^(src|engines|bin|test)/', pathNot: anyOf(['api/types', 'contract', 'base']) },
  },
  {
    name: 'page-runs-apart',
    comment: 'What the page imports of the product is a type: nothing of the daemon is built into it.',
    severity: 'error',
    from: { path: '^page/' },
    to: { path: '^(src|engines|bin|test)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'nobody-imports-the-page',
    comment: 'The daemon sends the page as it was built.',
    severity: 'error',
    from: { path: '^(src|engines|bin)/' },
    to: { path: '^page/' },
  },
  {
    name: 'no-tests-in-product',
    comment: 'The product does not import its tests.',
    severity: 'error',
    from: { path: '^(src|engines|bin)/' },
    to: { path: '^test/' },
  },
  {
    name: 'no-development-package',
    comment: 'What ships imports only what is installed with it.',
    severity: 'error',
    from: { path: '^(src|engines|bin)/' },
    to: {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['type-only', 'pre-compilation-only'],
    },
  },
  {
    name: 'no-barrel',
    comment: 'Import the file that owns the name.',
    severity: 'error',
    from: {},
    to: { path: '^(src|engines)/.*index\\.ts$' },
  },
  {
    name: 'no-cycle',
    comment: 'When two files know each other, by a call or by a type alone, a third name is missing.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolved',
    comment: 'The file or package does not exist.',
    severity: 'error',
    from: { path: '^(src|engines)/' },
    to: { couldNotResolve: true },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
