import { maximumBatchBytes } from '../../log/header.ts';

/** Caps of the wire, checked before anything is parsed. */
export const maximumFrameBytes: number = 5 * 1024 * 1024;
export const maximumHeadBytes: number = 256 * 1024;
export const maximumBlobBytes: number = maximumBatchBytes;
export const maximumBlobs = 4096;
export const maximumEntryBytes: number = 256 * 1024;
export const maximumSlotBytes: number = 48 * 1024;
export const maximumSlot = 6;
export const maximumWhisperBytes: number = 65 * 1024;

/** Bytes and batches of one push or delivery message; one batch may be larger alone. */
export const messageBytes: number = 1024 * 1024;
export const messageBatches = 256;

/** What may be under way and unconfirmed, in each direction and scope. */
export const windowBytes: number = 4 * 1024 * 1024;
/** Push messages under way. Once full, further batches are read back from the log and share a message. */
export const windowPushes = 32;
export const windowDeliveries = 256;
