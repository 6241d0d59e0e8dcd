import { concat, utf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type ByteReader, createByteReader, numberBytes, sizedBytes } from './byte-reader.ts';

/**
 * What an editor and the daemon say to each other: the messages of y-protocols 1.0.7 as y-websocket sends them, one to
 * a frame. Source: https://github.com/yjs/y-protocols/blob/master/PROTOCOL.md
 */
export type EditorMessage =
  | { readonly type: 'ask'; readonly stateVector: Uint8Array }
  /** What an asker lacked. */
  | { readonly type: 'answer'; readonly update: Uint8Array }
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'presence'; readonly states: readonly PresenceState[] }
  | { readonly type: 'ask_presence' };

/** Where one editor is and who it is, as it says so itself. The newer clock counts. */
export interface PresenceState {
  /** Client id of the editor's document. */
  readonly client: number;
  readonly clock: number;
  /** JSON; `null` for an editor that left. */
  readonly state: string;
}

export const maximumStateBytes: number = 8 * 1024;
/** Of one message: a person has a few windows open. */
export const maximumStates = 64;

const kinds = { sync: 0, presence: 1, auth: 2, askPresence: 3 };
const syncKinds = { ask: 0, answer: 1, update: 2 };
const permissionDenied = 0;
const gone = 'null';

/** Reads one frame; strict, and never throws on input. The error says in words what is wrong. */
export function readMessage(bytes: Uint8Array): Result<EditorMessage, string> {
  const reader = createByteReader(bytes);
  const message = messageIn(reader);
  if (message === undefined) {
    return err('the frame is no message of y-protocols that an editor sends');
  }
  return reader.isAtEnd ? ok(message) : err('bytes follow the end of the message');
}

function messageIn(reader: ByteReader): EditorMessage | undefined {
  switch (reader.number()) {
    case kinds.sync:
      return syncMessageIn(reader);
    case kinds.presence: {
      const update = reader.bytes();
      const states = update && readPresence(update);
      return states && { type: 'presence', states };
    }
    case kinds.askPresence:
      return { type: 'ask_presence' };
    default:
      return undefined;
  }
}

function syncMessageIn(reader: ByteReader): EditorMessage | undefined {
  const kind = reader.number();
  const content = reader.bytes();
  if (content === undefined) {
    return undefined;
  }
  switch (kind) {
    case syncKinds.ask:
      return { type: 'ask', stateVector: content };
    case syncKinds.answer:
      return { type: 'answer', update: content };
    case syncKinds.update:
      return { type: 'update', update: content };
    default:
      return undefined;
  }
}

/** The states of an awareness update; undefined for one that is malformed or beyond the limits. */
export function readPresence(update: Uint8Array): readonly PresenceState[] | undefined {
  const reader = createByteReader(update);
  const count = reader.number();
  if (count === undefined || count > maximumStates) {
    return undefined;
  }
  const states: PresenceState[] = [];
  for (let index = 0; index < count; index++) {
    const client = reader.number();
    const clock = reader.number();
    const text = reader.text();
    if (client === undefined || clock === undefined || text === undefined || !isState(text)) {
      return undefined;
    }
    states.push({ client, clock, state: text });
  }
  return reader.isAtEnd ? states : undefined;
}

function isState(text: string): boolean {
  if (utf8(text).length > maximumStateBytes) {
    return false;
  }
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function isGone({ state }: PresenceState): boolean {
  return state.trim() === gone;
}

export function goodbye({ client, clock }: PresenceState): PresenceState {
  return { client, clock, state: gone };
}

export function askMessage(stateVector: Uint8Array): Uint8Array {
  return syncMessage(syncKinds.ask, stateVector);
}

export function answerMessage(update: Uint8Array): Uint8Array {
  return syncMessage(syncKinds.answer, update);
}

export function updateMessage(update: Uint8Array): Uint8Array {
  return syncMessage(syncKinds.update, update);
}

export function presenceMessage(states: readonly PresenceState[]): Uint8Array {
  return concat([numberBytes(kinds.presence), ...sizedBytes(presenceBytes(states))]);
}

/** Says why, before a connection is ended: what a provider shows to its user. */
export function deniedMessage(reason: string): Uint8Array {
  return concat([numberBytes(kinds.auth), numberBytes(permissionDenied), ...sizedBytes(utf8(reason))]);
}

/** As {@link readPresence} reads it. */
export function presenceBytes(states: readonly PresenceState[]): Uint8Array {
  return concat([
    numberBytes(states.length),
    ...states.flatMap(({ client, clock, state }) => [
      numberBytes(client),
      numberBytes(clock),
      ...sizedBytes(utf8(state)),
    ]),
  ]);
}

function syncMessage(kind: number, content: Uint8Array): Uint8Array {
  return concat([numberBytes(kinds.sync), numberBytes(kind), ...sizedBytes(content)]);
}
