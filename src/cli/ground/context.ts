import type { JsonObject } from '../../base/json.ts';
import type { KeyProtectionName } from '../../api/types/keys.ts';
import type { LeaseVerdictBody } from '../../api/types/leases.ts';
import type { ProofVerdictBody } from '../../api/types/proofs.ts';
import type { ScopeLogBody } from '../../api/types/membership.ts';
import type { Client } from '../../client/client.ts';
import type { BackupCommands } from './backup-commands.ts';
import type { StoreCommands } from './store-commands.ts';
import type { ConfigCommands } from './config-commands.ts';
import type { LogCommands } from './log-commands.ts';
import type { CredentialsFound } from './credentials.ts';
import type { ManifestCommands } from './manifest-commands.ts';
import type { RelayCommands } from './relay-options.ts';
import type { ServiceCommands } from './service-commands.ts';
import type { CommandFault } from './fault.ts';
import type { Terminal } from './terminal.ts';
import type { TransferCommands } from './transfer-commands.ts';

export interface HomePaths {
  readonly config: string;
  readonly state: string;
  readonly keys: string;
  readonly socket: string;
  readonly token: string;
  readonly database: string;
  readonly engines: readonly string[];
  readonly log: string;
}

/** How the keys of a new home are to be protected; nothing named leaves it to the environment. */
export interface ProtectionRequest {
  readonly passphraseFile: string | undefined;
  readonly keyring: boolean;
}

export interface InitOptions {
  readonly label: string | undefined;
  readonly relay: string | undefined;
  readonly protection: ProtectionRequest;
  /** A file with the registration token of the relay. */
  readonly relayTokenFile: string | undefined;
  /** Awaited with the twelve words before anything is written: what it throws leaves no home behind. */
  readonly confirm?: ((phrase: string) => Promise<void>) | undefined;
}

/** How the keys were kept in the end; `notice` says why not as asked. */
export interface KeptKeys {
  readonly protection: KeyProtectionName;
  readonly notice: string | null;
}

export interface InitResult extends KeptKeys {
  readonly deviceId: string;
  readonly scopeId: string;
  readonly phrase: string;
  /** Root keys of the scopes that were made, for a relay that allows them by key. */
  readonly rootKeys: readonly string[];
}

export interface JoinResult extends KeptKeys {
  readonly deviceId: string;
  readonly scopeId: string;
  /** What it is called; another name than it asked for where another device has that one. */
  readonly label: string;
  readonly askedLabel: string;
}

/** An Ed25519 pair for a client or an agent: base64url of 32 bytes each, the secret being the seed. */
export interface SigningKey {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Texts of files, and what a lease in them is held against; what is undefined is not asked. */
export interface LeaseFiles {
  readonly lease: string;
  readonly use: string | undefined;
  readonly revocations: string | undefined;
  readonly scope: string | undefined;
  readonly policyBundleHash: string | undefined;
  readonly nowMs: number;
  /** A person has approved the use. */
  readonly approved: boolean;
}

/** One write in the name of an agent: the texts of its lease file and key file, and what is written. */
export interface LeaseToPresent {
  readonly lease: string;
  readonly agentKey: string;
  readonly collection: string;
  readonly id: string;
  readonly write:
    | { readonly kind: 'put'; readonly fields: JsonObject }
    | { readonly kind: 'patch'; readonly patch: JsonObject; readonly current: JsonObject | null }
    | { readonly kind: 'remove' };
}

/** The whole record to send, null for a deletion, and the header that presents lease and use. */
export interface PresentedWrite {
  readonly fields: JsonObject | null;
  readonly header: string;
}

/** Files that a person gave to an agent; one that is not named by a flag may be named in the environment. */
export interface AgentFiles {
  readonly token: string | undefined;
  readonly lease: string | undefined;
  readonly agentKey: string | undefined;
}

/** The key file of a home, with or without a daemon. */
export interface KeyCommands {
  protection(): Promise<{ readonly protection: KeyProtectionName } | CommandFault>;
  /** The passphrase in the named file, or in that of the environment when none is named. */
  passphrase(file: string | undefined): Promise<{ readonly passphrase: string | undefined } | CommandFault>;
  /** Changes how the keys are protected; passphrases where the old and the new protection need one. */
  protect(request: {
    readonly kind: KeyProtectionName;
    readonly current: string | undefined;
    readonly next: string | undefined;
  }): Promise<{ readonly protection: KeyProtectionName } | CommandFault>;
}

/** What a daemon says once it answers at its socket. */
export interface ReadyLine {
  readonly socket: string;
  readonly pid: number;
  readonly relayUrl: string | null;
  /** It waits for its keys, and says why and what to do. */
  readonly locked: boolean;
  readonly message: string | null;
}

export type StartedDaemon = Pick<ReadyLine, 'socket' | 'pid' | 'locked' | 'message'>;

export interface RestoreOptions {
  /** Twelve words, as they were typed. */
  readonly words: string;
  readonly relay: string | undefined;
  readonly label: string | undefined;
  readonly protection: ProtectionRequest;
  /** Told of each step before it begins, in words: reading a long log takes its time. */
  readonly onStep: (words: string) => void;
}

export interface RestoredScope {
  readonly scopeId: string;
  readonly kind: string;
  readonly name: string;
  readonly restored: boolean;
  /** The epoch that the new device began; null where it is no member. */
  readonly epoch: number | null;
  /** Why it was not restored, and what to do. */
  readonly message: string | null;
}

export interface RestoreResult extends KeptKeys {
  readonly deviceId: string;
  readonly scopeId: string;
  readonly scopes: readonly RestoredScope[];
  /** Devices that still belong to the person: what was lost among them should be revoked. */
  readonly devices: readonly { readonly deviceId: string; readonly label: string }[];
}

export interface RecoveryTestScope {
  readonly scopeId: string;
  readonly kind: string;
  readonly name: string;
  readonly opens: boolean;
  readonly message: string | null;
}

/** How one membership log stands against the one at the relay. */
export interface ForkBody {
  readonly scopeId: string;
  readonly kind: string;
  readonly name: string;
  /** Position from which on they differ; null where they do not. */
  readonly forkedAt: number | null;
  readonly resolved: boolean;
  /** Why it could not be looked at or decided; null where it could. */
  readonly message: string | null;
}

/** What the twelve words can do. They never leave the process of the command line. */
export interface RecoveryCommands {
  /** The words in a file that others may not read. */
  words(file: string): Promise<{ readonly words: string } | CommandFault>;
  /** Holds the words against membership logs, and changes nothing. */
  test(
    words: string,
    logs: readonly ScopeLogBody[],
  ): Promise<{ readonly scopes: readonly RecoveryTestScope[] } | CommandFault>;
  restore(options: RestoreOptions): Promise<RestoreResult | CommandFault>;
  /** Decides forks of membership logs for the log at the relay; without `execute` it only looks. */
  resolve(
    words: string,
    logs: readonly ScopeLogBody[],
    options: { readonly execute: boolean },
  ): Promise<{ readonly scopes: readonly ForkBody[] } | CommandFault>;
}

export interface Versions {
  readonly version: string;
  /** Of what is signed and sealed, and of the messages with a relay. */
  readonly protocol: string;
  readonly session: number;
  /** Of the database of a home. */
  readonly store: number;
  readonly node: string;
}

/** What the commands cannot do through the API, because it sets a home up or keeps a process running. */
export interface LocalCommands {
  paths(): HomePaths;
  /** Each setting with where its value comes from. */
  configShow(): {
    readonly settings: readonly { key: string; value: unknown; origin: string }[];
    readonly problems: readonly string[];
  };
  versions(): Promise<Versions>;
  config(): Promise<ConfigCommands>;
  readonly logs: LogCommands;
  init(options: InitOptions): Promise<InitResult | CommandFault>;
  join(options: {
    code: string;
    label: string | undefined;
    trustCode: boolean;
    /** Shows the person the digits to be typed into the other device. */
    showDigits: (digits: string) => void;
    protection: ProtectionRequest;
  }): Promise<JoinResult | CommandFault>;
  readonly keys: KeyCommands;
  readonly recovery: RecoveryCommands;
  /** Loaded when they are asked for. */
  backup(): Promise<BackupCommands>;
  store(): Promise<StoreCommands>;
  transfer(): Promise<TransferCommands>;
  /** Runs until it is told to stop. */
  runDaemon(options: {
    relayListen: string | undefined;
    onReady: (ready: ReadyLine) => void;
  }): Promise<CommandFault | undefined>;
  /** The same in a process of its own, which is started again when it ends by itself. */
  superviseDaemon: LocalCommands['runDaemon'];
  startDaemon(): Promise<StartedDaemon | CommandFault>;
  /** Services of this machine; loaded when they are asked for. */
  services(): Promise<ServiceCommands>;
  readonly relay: RelayCommands;
  /** Holds a proof against itself and, when `root` is given, a root key in base64url; needs neither home nor daemon. */
  verifyProof(text: string, root: string | undefined): Promise<ProofVerdictBody | CommandFault>;
  /** Credentials in the home folder of the person, looked for in this process: no daemon is needed. */
  credentials(): Promise<CredentialsFound>;
  /** Manifests on disk; loaded when they are asked for. */
  manifests(): Promise<ManifestCommands>;
  /** Holds a lease against itself and what else is given; needs neither home nor daemon. */
  verifyLease(files: LeaseFiles): Promise<LeaseVerdictBody | CommandFault>;
  /** Signs the use of a lease for one write, here, so that the agent's key passes through no other process. */
  presentLease(request: LeaseToPresent): Promise<PresentedWrite | CommandFault>;
  /** Serves an agent over standard input and output until the input ends. */
  serveAgent(files: AgentFiles, version: string): Promise<CommandFault | undefined>;
  demo(say: (line: string) => void): Promise<CommandFault | undefined>;
  /** Made here, so that the secret of it passes through no other process. */
  createSigningKey(): Promise<SigningKey>;
  /** A client of this home's daemon, or why there can be none. */
  /** False where there is no desktop to open it on. */
  openInBrowser(url: string): Promise<boolean>;
  client(): Promise<Client | CommandFault>;
}

export interface CliContext {
  readonly local: (home: string | undefined) => LocalCommands;
  readonly version: string;
  readonly output: Output;
  readonly terminal: Terminal;
}

export interface Output {
  /** One JSON document on stdout, and nothing else. */
  json(value: unknown): void;
  /** Words for people on stdout. */
  line(text: string): void;
  /** Diagnostics on stderr. */
  note(text: string): void;
  readonly colour: boolean;
  readonly interactive: boolean;
  /** Undefined where the input has ended. */
  ask(question: string): Promise<string | undefined>;
  /** As `ask`, and the answer is not shown. */
  askSecret(question: string): Promise<string>;
  readStdin(): Promise<string>;
  /** As it came, for whoever judges its encoding. */
  readStdinBytes(): Promise<Uint8Array>;
  /** Words that replace the ones before on a terminal, cut to its size; elsewhere they are a line like any other. */
  redraw(text: string): void;
  /** One line on a terminal that replaces the one before; an empty one takes it away. Nothing elsewhere. */
  progress(text: string): void;
}
