import { equalBytes } from '../../base/bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import { type DeviceMessage, oldestVersion, protocolVersion } from '../../sync/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import { type Connection, type Turn, refuseRequest, sendTo } from './connection.ts';

interface PairingMailbox {
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

type Open = Extract<DeviceMessage, { type: 'mailbox_open' }>;
type Put = Extract<DeviceMessage, { type: 'mailbox_put' }>;

const maximumConnections = 2;
const maximumWrongBearers = 3;
const namePattern = /^[A-Za-z0-9_-]{16,64}$/;

/**
 * Small mailboxes in memory in which two devices leave each other sealed messages while they pair. Each address has its
 * own number and room of them; where all are taken, the oldest to which nobody came gives way.
 */
export interface PairingMailboxes {
  readonly count: number;
  open(turn: Turn, connection: Connection, message: Open): void;
  put(turn: Turn, connection: Connection, message: Put): void;
  remove(turn: Turn, connection: Connection): void;
  closed(connection: Connection, nowMs: number): void;
  tick(turn: Turn): readonly Connection[];
}

export function createPairingMailboxes(policy: RelayPolicy): PairingMailboxes {
  const mailboxes = new Map<string, PairingMailbox>();

  /** The mailbox a message names, made when it is new; a refusal otherwise. */
  function find(turn: Turn, { address }: Connection, message: Open): PairingMailbox | Refusal {
    const bearerHash = sha256(message.bearer);
    const known = mailboxes.get(message.mailbox);
    if (known !== undefined && known.expiresMs > turn.nowMs) {
      return admit(known, message.mailbox, bearerHash);
    }
    const full = known === undefined ? makeRoom(turn, address) : undefined;
    if (full !== undefined) {
      return { code: 'E_QUOTA', message: full };
    }
    const made: PairingMailbox = {
      ...{ address, bearerHash, expiresMs: turn.nowMs + policy.mailboxLifetimeMs },
      ...{ slots: new Map(), connections: new Set(), hadPeer: false, vacantSinceMs: undefined, wrongBearers: 0 },
    };
    mailboxes.set(message.mailbox, made);
    return made;
  }

  /** Undefined once there is room for a mailbox of this address; else why there is none. */
  function makeRoom(turn: Turn, address: string): string | undefined {
    const own = [...mailboxes].filter(([, mailbox]) => mailbox.address === address);
    if (own.length >= policy.mailboxesPerAddress) {
      const vacant = own.find(([, { connections }]) => connections.size === 0);
      if (vacant === undefined) {
        return 'too many devices pair from this address just now: end a pairing, or try again in ten minutes';
      }
      mailboxes.delete(vacant[0]);
    } else if (mailboxes.size >= policy.mailboxes) {
      const lonely = loneliest();
      if (lonely === undefined) {
        return 'too many devices pair at this relay just now: try again in ten minutes';
      }
      drop(turn, lonely);
    }
    return undefined;
  }

  /** Of the mailboxes to which nobody came: the oldest of the address that has most. */
  function loneliest(): readonly [string, PairingMailbox] | undefined {
    const lonely = [...mailboxes].filter(([, { hadPeer }]) => !hadPeer);
    const countByAddress = new Map<string, number>();
    for (const [, { address }] of lonely) {
      countByAddress.set(address, (countByAddress.get(address) ?? 0) + 1);
    }
    const most = Math.max(...countByAddress.values());
    return lonely.find(([, { address }]) => countByAddress.get(address) === most);
  }

  function drop(turn: Turn, [name, { connections }]: readonly [string, PairingMailbox]): void {
    mailboxes.delete(name);
    const message = 'others need the room of this pairing, to which nobody came: start again with a new code';
    for (const connection of connections) {
      refuseRequest(turn, connection, { code: 'E_QUOTA', about: 'mailbox', message });
      // A stranger again, whose time is over.
      connection.pairing = undefined;
    }
  }

  function bytesOf(address?: string): number {
    let sizeBytes = 0;
    for (const mailbox of mailboxes.values()) {
      if (address === undefined || mailbox.address === address) {
        mailbox.slots.forEach((body) => {
          sizeBytes += body.length;
        });
      }
    }
    return sizeBytes;
  }

  function admit(known: PairingMailbox, name: string, bearerHash: Uint8Array): PairingMailbox | Refusal {
    if (!equalBytes(known.bearerHash, bearerHash)) {
      known.wrongBearers++;
      if (known.wrongBearers >= maximumWrongBearers) {
        mailboxes.delete(name);
      }
      return { code: 'E_AUTH', message: 'the pairing code is not the one of this mailbox' };
    }
    if (known.connections.size >= maximumConnections) {
      return { code: 'E_FORBIDDEN', message: 'two devices pair over this code already' };
    }
    return known;
  }

  const mailboxOf = (connection: Connection): PairingMailbox | undefined =>
    connection.pairing === undefined ? undefined : mailboxes.get(connection.pairing);

  return {
    get count(): number {
      return mailboxes.size;
    },
    open(turn, connection, message) {
      if (message.version < oldestVersion || message.version > protocolVersion) {
        const text = `this relay speaks protocol ${protocolVersion}: upgrade the older side`;
        return refuseRequest(turn, connection, { code: 'E_VERSION', about: 'mailbox', message: text });
      }
      if (!namePattern.test(message.mailbox) || connection.pairing !== undefined || connection.deviceId !== undefined) {
        const text = 'one connection opens one pairing mailbox, by a name of 16 to 64 letters and digits';
        return refuseRequest(turn, connection, { code: 'E_BAD_MESSAGE', about: 'mailbox', message: text });
      }
      const found = find(turn, connection, message);
      if ('code' in found) {
        return refuseRequest(turn, connection, { ...found, about: 'mailbox' });
      }
      found.connections.add(connection);
      found.hadPeer ||= found.connections.size === maximumConnections;
      found.vacantSinceMs = undefined;
      connection.pairing = message.mailbox;
      sendTo(turn, connection, { type: 'mailbox_opened' });
      for (const [slot, body] of found.slots) {
        sendTo(turn, connection, { type: 'mailbox_message', slot, body });
      }
    },
    put(turn, connection, { slot, body }) {
      const mailbox = mailboxOf(connection);
      if (mailbox === undefined) {
        const message = 'the pairing mailbox is closed or expired: start again with a new code';
        return refuseRequest(turn, connection, { code: 'E_FORBIDDEN', about: 'mailbox', message });
      }
      const held = mailbox.slots.get(slot);
      if (held !== undefined && !equalBytes(held, body)) {
        const message = 'somebody else has written this message of the pairing already';
        return refuseRequest(turn, connection, { code: 'E_CONFLICT', about: 'mailbox', message });
      }
      if (held === undefined) {
        const isFull =
          bytesOf() + body.length > policy.mailboxBytes ||
          bytesOf(mailbox.address) + body.length > policy.mailboxBytesPerAddress;
        if (isFull) {
          const message = 'the room for messages of devices that pair is full: try again in ten minutes';
          return refuseRequest(turn, connection, { code: 'E_QUOTA', about: 'mailbox', message });
        }
        mailbox.slots.set(slot, body.slice());
        for (const other of mailbox.connections) {
          if (other !== connection) {
            sendTo(turn, other, { type: 'mailbox_message', slot, body });
          }
        }
      }
    },
    remove(_turn, connection) {
      if (mailboxOf(connection) !== undefined) {
        mailboxes.delete(connection.pairing as string);
      }
    },
    closed(connection, nowMs) {
      const mailbox = mailboxOf(connection);
      if (mailbox?.connections.delete(connection) === true && mailbox.connections.size === 0) {
        mailbox.vacantSinceMs = nowMs;
      }
    },
    tick(turn) {
      const ended: Connection[] = [];
      for (const [name, mailbox] of mailboxes) {
        const vacantMs = turn.nowMs - (mailbox.vacantSinceMs ?? turn.nowMs);
        if (mailbox.expiresMs <= turn.nowMs || vacantMs > policy.mailboxVacancyMs) {
          mailboxes.delete(name);
          ended.push(...mailbox.connections);
        }
      }
      return ended;
    },
  };
}

interface Refusal {
  readonly code: 'E_QUOTA' | 'E_AUTH' | 'E_FORBIDDEN';
  readonly message: string;
}
