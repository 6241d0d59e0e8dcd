/** What the people of a life need of the product under test: two machines that keep the same folders. */
export interface Pair {
  readonly desk: Device;
  readonly laptop: Device;
  /** Kills the relay and starts it again on what it kept. */
  crashRelay(): Promise<void>;
  close(): Promise<void>;
}

export type DeviceName = 'desk' | 'laptop';

export const folderKinds = ['notes', 'workspace', 'shell'] as const;
export type FolderKind = (typeof folderKinds)[number];

/** One machine with its linked folders. */
export interface Device {
  readonly name: DeviceName;
  /** The folder on this machine, absolute. */
  root(kind: FolderKind): string;
  link(kind: FolderKind): Promise<void>;
  readonly isRunning: boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends the daemon as a crash does. */
  kill(): Promise<void>;
  /** Nothing is sent or taken until {@link resume}; the folders go on. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Asks it to look at every folder now. */
  look(): Promise<void>;
  /** A person says that the right folder is back. */
  resumeFolder(kind: FolderKind): Promise<void>;
  /** A person says that the folder is to be taken as it is now: what is missing in it is written again. */
  adoptFolder(kind: FolderKind): Promise<void>;
  standing(): Promise<Standing>;
  /** The file that the live record of this path makes; undefined where there is none. */
  fileOf(kind: FolderKind, path: string): Promise<Uint8Array | undefined>;
  items(): Promise<readonly OpenItem[]>;
  /** Every content that an open item shows to the person who decides it. */
  shownBy(item: OpenItem): Promise<readonly Uint8Array[]>;
  decide(item: OpenItem, action: 'accept' | 'reject'): Promise<void>;
  /** Opens what can bring earlier versions back, without touching what is live here. */
  openPast(): Promise<Past>;
}

/** How a machine stands to the others, as it says itself. */
export interface Standing {
  readonly isOnline: boolean;
  /** Changes that no relay has confirmed. */
  readonly outbox: number;
  readonly folders: readonly FolderStanding[];
}

export interface FolderStanding {
  readonly kind: FolderKind;
  readonly isPaused: boolean;
  readonly notInStep: readonly { readonly path: string; readonly reason: string }[];
}

export interface OpenItem {
  readonly id: string;
  readonly kind: 'proposal' | 'conflict' | 'brake' | 'other';
  /** The folder that it is about; undefined for anything else. */
  readonly folder: FolderKind | undefined;
  readonly summary: string;
}

/** The versions that commands bring back. */
export interface Past {
  /** Every content that the file of this path can be made again. */
  contentsOf(kind: FolderKind, path: string): Promise<readonly Uint8Array[]>;
  close(): Promise<void>;
}

export function otherOf(pair: Pair, device: Device): Device {
  return device.name === 'desk' ? pair.laptop : pair.desk;
}

export function devicesOf({ desk, laptop }: Pair): readonly [Device, Device] {
  return [desk, laptop];
}
