import { equalBytes } from '../../base/bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import { type DeviceMessage, oldestVersion, protocolVersion } from '../../sync/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import { type Connection, type Turn, refuseRequest, sendTo } from './connection.ts';

interface PairingMailbox {
  readonly bearerHash: Uint8Array;
  readonly expiresMs: number;
  readonly slots: Map<number, Uint8Array>;
  readonly connections: Set<Connection>;
  wrongBearers: number;
}

type Open = Extract<DeviceMessage, { type: 'mailbox_open' }>;
type Put = Extract<DeviceMessage, { type: 'mailbox_put' }>;

const maximumConnections = 2;
const maximumWrongBearers = 3;
const namePattern = /^[A-Za-z0-9_-]{16,64}$/;

/** Small mailboxes in memory in which two devices leave each other sealed messages while they pair. */
export interface PairingMailboxes {
  readonly count: number;
  open(turn: Turn, connection: Connection, message: Open): void;
  put(turn: Turn, connection: Connection, message: Put): void;
  remove(turn: Turn, connection: Connection): void;
  closed(connection: Connection): void;
  tick(turn: Turn): readonly Connection[];
}

export function createPairingMailboxes(policy: RelayPolicy): PairingMailboxes {
  const mailboxes = new Map<string, PairingMailbox>();

  /** The mailbox a message names, made when it is new; a refusal otherwise. */
  function find(turn: Turn, message: Open): PairingMailbox | Refusal {
    const bearerHash = sha256(message.bearer);
    const known = mailboxes.get(message.mailbox);
    if (known !== undefined && known.expiresMs > turn.nowMs) {
      return admit(known, message.mailbox, bearerHash);
    }
    if (known === undefined && mailboxes.size >= policy.mailboxes) {
      return { code: 'E_QUOTA', message: 'too many devices pair at this relay just now: try again in ten minutes' };
    }
    const expiresMs = turn.nowMs + policy.mailboxLifetimeMs;
    const made = { bearerHash, expiresMs, slots: new Map(), connections: new Set<Connection>(), wrongBearers: 0 };
    mailboxes.set(message.mailbox, made);
    return made;
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
      const found = find(turn, message);
      if ('code' in found) {
        return refuseRequest(turn, connection, { ...found, about: 'mailbox' });
      }
      found.connections.add(connection);
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
    closed(connection) {
      mailboxOf(connection)?.connections.delete(connection);
    },
    tick(turn) {
      const ended: Connection[] = [];
      for (const [name, mailbox] of mailboxes) {
        if (mailbox.expiresMs <= turn.nowMs) {
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
