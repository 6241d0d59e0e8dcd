import { err } from '../../../src/base/result.ts';
import type { CliContext, LocalCommands } from '../../../src/cli/ground/context.ts';
import type { ExitCode } from '../../../src/cli/ground/exit-codes.ts';
import type { CommandFault } from '../../../src/cli/ground/fault.ts';
import type { Terminal } from '../../../src/cli/ground/terminal.ts';
import { runCli } from '../../../src/cli/main.ts';
import type { RelayCommands } from '../../../src/cli/ground/relay-options.ts';
import { type Client, type ClientFault, createClient } from '../../../src/client/client.ts';
import { createManifestCommands } from '../../../src/daemon/offline/manifest-commands.ts';
import { createTerminal } from '../../../src/daemon/terminal/terminal.ts';

/** What a command line said, and how it ended. */
export interface Said {
  readonly exitCode: ExitCode;
  /** Standard output: documents and lines in their order. */
  readonly out: readonly string[];
  readonly documents: readonly unknown[];
  readonly notes: string;
}

export interface CliSetup {
  readonly local?: Partial<LocalCommands>;
  readonly client?: Partial<Client>;
  readonly stdin?: string;
  readonly stdinBytes?: Uint8Array;
  /** What a person types where it is not shown, one answer after the other; there is a terminal when it is named. */
  readonly typed?: readonly string[];
  /** Keys that a person presses, one after the other, some after something else; there is a terminal when they are named. */
  readonly keys?: readonly (string | (() => Promise<string>))[];
  /** What the person's editor makes of a text. */
  readonly edit?: Terminal['edit'];
  readonly look?: Partial<Pick<Terminal, 'columns' | 'isUnicode'> & { readonly colour: boolean }>;
}

export const notReached: CommandFault = { exitCode: 1, message: 'This was not expected to be called.' };

/** Runs one command line on recorded streams; whatever the test does not name answers with a fault. */
export async function run(setup: CliSetup, ...args: readonly string[]): Promise<Said> {
  const out: string[] = [];
  const documents: unknown[] = [];
  const notes: string[] = [];
  const typed = [...(setup.typed ?? [])];
  const keys = [...(setup.keys ?? [])];
  const context: CliContext = {
    local: () => ({ ...faultyLocal, client: async () => clientOf(setup.client ?? {}), ...setup.local }),
    version: '9.8.7',
    output: {
      json: (value) => {
        documents.push(JSON.parse(JSON.stringify(value)));
        out.push(JSON.stringify(value));
      },
      line: (text) => out.push(text),
      note: (text) => notes.push(text),
      colour: setup.look?.colour ?? false,
      interactive: (setup.typed ?? setup.keys) !== undefined,
      ask: async () => typed.shift(),
      askSecret: async () => typed.shift() ?? '',
      readStdin: async () => setup.stdin ?? '',
      readStdinBytes: async () => setup.stdinBytes ?? new TextEncoder().encode(setup.stdin ?? ''),
      redraw: (text) => out.push(text),
      progress: (text) => notes.push(text),
    },
    terminal: {
      ...{ columns: setup.keys === undefined ? Number.POSITIVE_INFINITY : 80, isUnicode: true, ...setup.look },
      key: async () => {
        const key = keys.shift();
        return typeof key === 'function' ? key() : key;
      },
      edit: setup.edit ?? (async () => err('No editor was expected.')),
      keep: createTerminal({}).keep,
    },
  };
  const exitCode = await runCli(context, args);
  return { exitCode, out, documents, notes: notes.join('\n') };
}

export function refuses(
  status: number,
  detail: string,
  reasonCode?: string,
): () => Promise<ReturnType<typeof err<ClientFault>>> {
  const problem = {
    type: 'about:blank',
    title: 'x',
    status,
    detail,
    ...(reasonCode === undefined ? {} : { reasonCode }),
  };
  return async () => err<ClientFault>({ kind: 'problem', problem });
}

/** Every method that a test does not name finds nobody listening. */
function clientOf(named: Partial<Client>): Client {
  return { ...createClient({ socketPath: '/nonexistent/api.sock', token: 'x' }), ...named };
}

/** Every relay command that a test does not name is a fault. */
export const faultyRelay: RelayCommands = {
  serve: async () => notReached,
  createToken: async () => notReached,
  tokens: async () => notReached,
  revokeToken: async () => notReached,
};

const faultyLocal: LocalCommands = {
  paths: () => ({
    ...{ config: '/h/config.toml', state: '/h/state', keys: '/h/keys', socket: '/h/api.sock', token: '/h/token' },
    ...{ database: '/h/db', engines: ['/h/engines.d'], log: '/h/log' },
  }),
  versions: async () => ({ version: '', protocol: '', session: 0, store: 0, node: '' }),
  config: async () => ({ get: () => notReached, set: () => notReached, edit: async () => notReached }),
  logs: { last: () => notReached, follow: async () => Promise.reject(new Error('followed')) },
  configShow: () => ({ settings: [], problems: [] }),
  init: async () => notReached,
  join: async () => notReached,
  keys: {
    protection: async () => notReached,
    passphrase: async () => notReached,
    protect: async () => notReached,
  },
  recovery: {
    words: async () => notReached,
    test: async () => notReached,
    restore: async () => notReached,
    resolve: async () => notReached,
  },
  backup: async () => ({
    obstacle: async () => notReached,
    create: async () => notReached,
    verify: async () => notReached,
    restore: async () => notReached,
  }),
  store: async () => ({ tryUpgrade: async () => notReached, rollBack: async () => notReached }),
  transfer: async () => ({ write: async () => notReached }),
  runDaemon: async () => notReached,
  superviseDaemon: async () => notReached,
  startDaemon: async () => notReached,
  services: async () => ({
    plan: async () => notReached,
    install: async () => notReached,
    uninstall: async () => notReached,
    status: async () => notReached,
  }),
  relay: faultyRelay,
  verifyProof: async () => notReached,
  serveAgent: async () => notReached,
  demo: async () => notReached,
  credentials: async () => ({ home: '/h', found: [], skipped: [], looked: 0, key: '', marks: [] }),
  manifests: async () => createManifestCommands(),
  verifyLease: async () => notReached,
  presentLease: async () => notReached,
  createSigningKey: async () => ({ publicKey: 'public', secretKey: 'secret' }),
  openInBrowser: async () => false,
  client: async () => notReached,
};
