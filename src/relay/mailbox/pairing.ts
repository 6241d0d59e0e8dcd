import { equalBytes } from '../../base/bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import { type DeviceMessage, oldestVersion, protocolVersion } from '../../sync/wire/messages.ts';
import type { MailboxLimits } from '../policy.ts';
import { type Connection, type Turn, refuseRequest, sendTo } from './connection.ts';
import { type PairingMailbox, type PairingRoom, createPairingRoom } from './pairing-room.ts';

type Open = Extract<DeviceMessage, { type: 'mailbox_open' }>;
type Put = Extract<DeviceMessage, { type: 'mailbox_put' }>;

interface Refusal {
  readonly code: 'E_QUOTA' | 'E_AUTH' | 'E_FORBIDDEN' | 'E_VERSION' | 'E_BAD_MESSAGE' | 'E_CONFLICT';
  readonly message: string;
}

const maximumConnections = 2;
const maximumWrongBearers = 3;
const endedByOther =
  'the other device broke it off (other digits were typed there, it was refused, or its time was over)';
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

export function createPairingMailboxes(policy: MailboxLimits): PairingMailboxes {
  const room = createPairingRoom(policy);

  return {
    get count(): number {
      return room.count;
    },
    open(turn, connection, message) {
      const refusal = whyNoOpening(connection, message);
      const found = refusal ?? find(room, policy.mailboxLifetimeMs, turn, connection, message);
      if ('code' in found) {
        return refuseRequest(turn, connection, { ...found, about: 'mailbox' });
      }
      enter(turn, connection, message.mailbox, found);
    },
    put(turn, connection, message) {
      const mailbox = mailboxOf(room, connection);
      const refusal = whyNoMessage(room, mailbox, message);
      if (refusal !== undefined) {
        return refuseRequest(turn, connection, { ...refusal, about: 'mailbox' });
      }
      if (mailbox !== undefined && !mailbox.slots.has(message.slot)) {
        leaveMessage(turn, connection, mailbox, message);
      }
    },
    remove(turn, connection) {
      const mailbox = mailboxOf(room, connection);
      if (mailbox === undefined) {
        return;
      }
      room.remove(connection.pairing as string);
      // Who has joined is gone by now; another would go on waiting.
      for (const other of mailbox.connections) {
        if (other !== connection) {
          refuseRequest(turn, other, { code: 'E_FORBIDDEN', about: 'mailbox', message: endedByOther });
        }
      }
    },
    closed(connection, nowMs) {
      const mailbox = mailboxOf(room, connection);
      if (mailbox?.connections.delete(connection) === true && mailbox.connections.size === 0) {
        mailbox.vacantSinceMs = nowMs;
      }
    },
    tick(turn) {
      const ended: Connection[] = [];
      for (const [name, mailbox] of room.all()) {
        const vacantMs = turn.nowMs - (mailbox.vacantSinceMs ?? turn.nowMs);
        if (mailbox.expiresMs <= turn.nowMs || vacantMs > policy.mailboxVacancyMs) {
          room.remove(name);
          ended.push(...mailbox.connections);
        }
      }
      return ended;
    },
  };
}

function mailboxOf(room: PairingRoom, { pairing }: Pick<Connection, 'pairing'>): PairingMailbox | undefined {
  return pairing === undefined ? undefined : room.get(pairing);
}

/** What is wrong with the question itself, whatever mailbox it names. */
function whyNoOpening(
  { pairing, deviceId }: Pick<Connection, 'deviceId' | 'pairing'>,
  { version, mailbox }: Open,
): Refusal | undefined {
  if (version < oldestVersion || version > protocolVersion) {
    return { code: 'E_VERSION', message: `this relay speaks protocol ${protocolVersion}: upgrade the older side` };
  }
  if (!namePattern.test(mailbox) || pairing !== undefined || deviceId !== undefined) {
    const message = 'one connection opens one pairing mailbox, by a name of 16 to 64 letters and digits';
    return { code: 'E_BAD_MESSAGE', message };
  }
  return undefined;
}

/** The mailbox a message names, made when it is new; a refusal otherwise. */
function find(
  room: PairingRoom,
  lifetimeMs: number,
  turn: Turn,
  { address }: Pick<Connection, 'address'>,
  { mailbox: name, bearer }: Open,
): PairingMailbox | Refusal {
  const bearerHash = sha256(bearer);
  const known = room.get(name);
  if (known !== undefined && known.expiresMs > turn.nowMs) {
    return admit(room, name, known, bearerHash);
  }
  const full = known === undefined ? room.makeRoom(turn, address) : undefined;
  if (full !== undefined) {
    return { code: 'E_QUOTA', message: full };
  }
  const made: PairingMailbox = {
    ...{ address, bearerHash, expiresMs: turn.nowMs + lifetimeMs },
    ...{ slots: new Map(), connections: new Set(), hadPeer: false, vacantSinceMs: undefined, wrongBearers: 0 },
  };
  room.add(name, made);
  return made;
}

function admit(
  room: PairingRoom,
  name: string,
  known: PairingMailbox,
  bearerHash: Uint8Array,
): PairingMailbox | Refusal {
  if (!equalBytes(known.bearerHash, bearerHash)) {
    known.wrongBearers++;
    if (known.wrongBearers >= maximumWrongBearers) {
      room.remove(name);
    }
    return { code: 'E_AUTH', message: 'the pairing code is not the one of this mailbox' };
  }
  if (known.connections.size >= maximumConnections) {
    return { code: 'E_FORBIDDEN', message: 'two devices pair over this code already' };
  }
  return known;
}

/** What lies there already is handed out at once. */
function enter(turn: Turn, connection: Connection, name: string, mailbox: PairingMailbox): void {
  mailbox.connections.add(connection);
  mailbox.hadPeer ||= mailbox.connections.size === maximumConnections;
  mailbox.vacantSinceMs = undefined;
  connection.pairing = name;
  sendTo(turn, connection, { type: 'mailbox_opened' });
  for (const [slot, body] of mailbox.slots) {
    sendTo(turn, connection, { type: 'mailbox_message', slot, body });
  }
}

/** A slot is written once; the same body again is nothing new. */
function whyNoMessage(
  room: PairingRoom,
  mailbox: PairingMailbox | undefined,
  { slot, body }: Put,
): Refusal | undefined {
  if (mailbox === undefined) {
    const message = 'the pairing mailbox is closed or expired: start again with a new code';
    return { code: 'E_FORBIDDEN', message };
  }
  const held = mailbox.slots.get(slot);
  if (held !== undefined && !equalBytes(held, body)) {
    return { code: 'E_CONFLICT', message: 'somebody else has written this message of the pairing already' };
  }
  if (held === undefined && room.isFull(mailbox.address, body.length)) {
    const message = 'the room for messages of devices that pair is full: try again in ten minutes';
    return { code: 'E_QUOTA', message };
  }
  return undefined;
}

function leaveMessage(turn: Turn, from: Connection, mailbox: PairingMailbox, { slot, body }: Put): void {
  mailbox.slots.set(slot, body.slice());
  for (const other of mailbox.connections) {
    if (other !== from) {
      sendTo(turn, other, { type: 'mailbox_message', slot, body });
    }
  }
}
