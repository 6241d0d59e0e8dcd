import type { CommandFault } from './fault.ts';

/** The daemon of this home; or a relay for others, with what `relay serve` is to be given. */
export type ServiceWanted =
  | { readonly kind: 'daemon' }
  | {
      readonly kind: 'relay';
      readonly words: readonly string[];
      readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
    };

export interface ServicePlan {
  readonly unit: string;
  readonly path: string;
  readonly text: string;
}

export interface ServiceInstalled {
  readonly unit: string;
  readonly path: string;
  /** False where it stood there already, letter by letter. */
  readonly written: boolean;
  /** A daemon that ran by itself was stopped, so that the service could take its place. */
  readonly tookOver: boolean;
  /** Variables of this shell that the service has as well. */
  readonly environment: readonly string[];
  readonly status: ServiceStatus;
}

export interface ServiceRemoved {
  readonly unit: string;
  readonly path: string;
  /** False where there was none. */
  readonly removed: boolean;
  /** What stays, and how to remove that too; null where nothing stays. */
  readonly kept: string | null;
}

export type ServiceState = 'not_installed' | 'running' | 'starting' | 'stopping' | 'stopped' | 'failed' | 'unknown';

/** How its file stands against what this version would write; `hand_changed` by whom ever. */
export type ServiceFile = 'absent' | 'same' | 'outdated' | 'hand_changed';

export interface ServiceStatus {
  readonly unit: string;
  readonly path: string;
  readonly installed: boolean;
  readonly file: ServiceFile;
  /** It is started with the session, or the machine. */
  readonly enabled: boolean;
  readonly process: ServiceProcess;
  /** It runs without a session too; null where that is no question. */
  readonly lingering: boolean | null;
  /** What to do next; null where there is nothing to do. */
  readonly next: string | null;
}

export interface ServiceProcess {
  readonly state: ServiceState;
  readonly since: string | null;
  readonly pid: number | null;
  /** How often it was started again by itself. */
  readonly restarts: number;
  /** What the program last said of itself. */
  readonly says: string | null;
}

/** What keeps a daemon or a relay running without a terminal: systemd, or launchd. */
export interface ServiceCommands {
  /** What would be written; nothing is. */
  plan(wanted: ServiceWanted): Promise<ServicePlan | CommandFault>;
  install(wanted: ServiceWanted, force: boolean): Promise<ServiceInstalled | CommandFault>;
  uninstall(kind: ServiceWanted['kind'], force: boolean): Promise<ServiceRemoved | CommandFault>;
  status(kind: ServiceWanted['kind']): Promise<ServiceStatus | CommandFault>;
}
