import type { ChunkCounts } from './chunks/channel.ts';
import type { MailboxStats } from './mailbox.ts';

export interface RelayStats extends MailboxStats {
  /** Connections that wait for a place at the door. */
  readonly waiting: number;
  /** Bytes of incomplete messages that are kept for who is no member. */
  readonly strangerBytes: number;
  /** Connections ended by the relay. */
  readonly cut: number;
  readonly storeFailures: number;
  /** Of the channel of large files, where there is one. */
  readonly chunks: ChunkCounts | undefined;
}
