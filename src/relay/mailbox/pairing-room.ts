import type { MailboxLimits } from '../policy.ts';
import { type Connection, type Turn, refuseRequest } from './connection.ts';

export interface PairingMailbox {
  /** Of who opened it, and pays for its room. */
  readonly address: string;
  readonly bearerHash: Uint8Array;
  readonly expiresMs: number;
  readonly slots: Map<number, Uint8Array>;
  readonly connections: Set<Connection>;
  /** Two were here: a person's code was typed, and the pairing is under way. */
  hadPeer: boolean;
  /** When the last one left; undefined while somebody is here. */
  vacantSinceMs: number | undefined;
  wrongBearers: number;
}

/** The pairing mailboxes that there are, and the room that they take. */
export interface PairingRoom {
  readonly count: number;
  get(name: string): PairingMailbox | undefined;
  all(): Iterable<readonly [string, PairingMailbox]>;
  add(name: string, mailbox: PairingMailbox): void;
  remove(name: string): void;
  /** Undefined once there is room for a mailbox of this address; else why there is none. */
  makeRoom(turn: Turn, address: string): string | undefined;
  /** True where so much more does not fit what is kept in all, or of the address. */
  isFull(address: string, moreBytes: number): boolean;
}

export function createPairingRoom(policy: MailboxLimits): PairingRoom {
  const mailboxes = new Map<string, PairingMailbox>();

  function drop(turn: Turn, [name, mailbox]: readonly [string, PairingMailbox]): void {
    mailboxes.delete(name);
    sendAway(turn, mailbox);
  }

  return {
    get count(): number {
      return mailboxes.size;
    },
    get: (name) => mailboxes.get(name),
    all: () => mailboxes,
    add: (name, mailbox) => void mailboxes.set(name, mailbox),
    remove: (name) => void mailboxes.delete(name),
    makeRoom(turn, address) {
      const own = [...mailboxes].filter(([, mailbox]) => mailbox.address === address);
      if (own.length >= policy.mailboxesPerAddress) {
        const vacant = own.find(([, { connections }]) => connections.size === 0);
        if (vacant === undefined) {
          return 'too many devices pair from this address just now: end a pairing, or try again in ten minutes';
        }
        mailboxes.delete(vacant[0]);
      } else if (mailboxes.size >= policy.mailboxes) {
        const lonely = loneliestOf(mailboxes);
        if (lonely === undefined) {
          return 'too many devices pair at this relay just now: try again in ten minutes';
        }
        drop(turn, lonely);
      }
      return undefined;
    },
    isFull: (address, moreBytes) =>
      bytesOf(mailboxes.values()) + moreBytes > policy.mailboxBytes ||
      bytesOf(mailboxes.values(), address) + moreBytes > policy.mailboxBytesPerAddress,
  };
}

/** Of the mailboxes to which nobody came: the oldest of the address that has most. */
function loneliestOf(mailboxes: ReadonlyMap<string, PairingMailbox>): readonly [string, PairingMailbox] | undefined {
  const lonely = [...mailboxes].filter(([, { hadPeer }]) => !hadPeer);
  const countByAddress = new Map<string, number>();
  for (const [, { address }] of lonely) {
    countByAddress.set(address, (countByAddress.get(address) ?? 0) + 1);
  }
  const most = Math.max(...countByAddress.values());
  return lonely.find(([, { address }]) => countByAddress.get(address) === most);
}

function sendAway(turn: Turn, { connections }: PairingMailbox): void {
  const message = 'others need the room of this pairing, to which nobody came: start again with a new code';
  for (const connection of connections) {
    refuseRequest(turn, connection, { code: 'E_QUOTA', about: 'mailbox', message });
    // A stranger again, whose time is over.
    connection.pairing = undefined;
  }
}

function bytesOf(mailboxes: Iterable<PairingMailbox>, address?: string): number {
  let sizeBytes = 0;
  for (const mailbox of mailboxes) {
    if (address === undefined || mailbox.address === address) {
      mailbox.slots.forEach((body) => {
        sizeBytes += body.length;
      });
    }
  }
  return sizeBytes;
}
