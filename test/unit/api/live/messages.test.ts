import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { describe, expect, it } from 'vitest';
import { readAuthMessage } from 'y-protocols/auth';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { readSyncMessage, writeSyncStep1, writeSyncStep2, writeUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';
import {
  answerMessage,
  askMessage,
  deniedMessage,
  maximumStateBytes,
  maximumStates,
  presenceMessage,
  readMessage,
  updateMessage,
} from '../../../../src/api/ports/messages.ts';
import { numberBytes } from '../../../../src/api/ports/byte-reader.ts';

function written(kind: number, write: (encoder: encoding.Encoder) => void = () => undefined): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, kind);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function edited(): Y.Doc {
  const doc = new Y.Doc();
  doc.getMap('fields').set('text', new Y.Text('ab'));
  return doc;
}

function presenceOf(...states: readonly (readonly [client: number, clock: number, text: string])[]): Uint8Array {
  return written(1, (encoder) => {
    const inner = encoding.createEncoder();
    encoding.writeVarUint(inner, states.length);
    for (const [client, clock, text] of states) {
      encoding.writeVarUint(inner, client);
      encoding.writeVarUint(inner, clock);
      encoding.writeVarString(inner, text);
    }
    encoding.writeVarUint8Array(encoder, encoding.toUint8Array(inner));
  });
}

describe('LC1 messages of y-protocols', () => {
  it('reads what y-protocols writes', () => {
    const doc = edited();
    const update = Y.encodeStateAsUpdate(doc);
    expect(readMessage(written(0, (encoder) => writeSyncStep1(encoder, doc)))).toEqual({
      ok: true,
      value: { type: 'ask', stateVector: Y.encodeStateVector(doc) },
    });
    expect(readMessage(written(0, (encoder) => writeSyncStep2(encoder, doc)))).toEqual({
      ok: true,
      value: { type: 'answer', update },
    });
    expect(readMessage(written(0, (encoder) => writeUpdate(encoder, update)))).toEqual({
      ok: true,
      value: { type: 'update', update },
    });
    expect(readMessage(written(3))).toEqual({ ok: true, value: { type: 'ask_presence' } });
    const awareness = new Awareness(doc);
    awareness.setLocalState({ name: 'Å' });
    const known = written(1, (encoder) =>
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [doc.clientID])),
    );
    awareness.destroy();
    expect(readMessage(known)).toEqual({
      ok: true,
      value: { type: 'presence', states: [{ client: doc.clientID, clock: 1, state: '{"name":"Å"}' }] },
    });
  });

  it('writes what y-protocols reads', () => {
    const doc = edited();
    const reader = new Y.Doc();
    for (const message of [answerMessage, updateMessage].map((write) => write(Y.encodeStateAsUpdate(doc)))) {
      const decoder = decoding.createDecoder(message);
      expect(decoding.readVarUint(decoder)).toBe(0);
      readSyncMessage(decoder, encoding.createEncoder(), reader, null);
    }
    expect(reader.getMap('fields').toJSON()).toEqual({ text: 'ab' });
    const asked = decoding.createDecoder(askMessage(Y.encodeStateVector(new Y.Doc())));
    const answer = encoding.createEncoder();
    decoding.readVarUint(asked);
    readSyncMessage(asked, answer, doc, null);
    expect(encoding.length(answer)).toBeGreaterThan(3);

    const awareness = new Awareness(reader);
    const present = decoding.createDecoder(presenceMessage([{ client: 2 ** 52 + 5, clock: 7, state: '{"at":1}' }]));
    expect(decoding.readVarUint(present)).toBe(1);
    applyAwarenessUpdate(awareness, decoding.readVarUint8Array(present), null);
    expect(awareness.getStates().get(2 ** 52 + 5)).toEqual({ at: 1 });
    awareness.destroy();

    const denied = decoding.createDecoder(deniedMessage('not today'));
    expect(decoding.readVarUint(denied)).toBe(2);
    let told = '';
    readAuthMessage(denied, reader, (_doc, reason) => {
      told = reason;
    });
    expect(told).toBe('not today');
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a kind that nobody knows', written(4)],
    ['what only a daemon says (auth)', deniedMessage('x')],
    ['a sync message that ends', written(0)],
    ['a sync kind that nobody knows', written(0, (encoder) => encoding.writeVarUint(encoder, 3))],
    ['more bytes claimed than there are', Uint8Array.of(0, 2, 5, 1, 2)],
    ['2^53 bytes claimed', Uint8Array.of(0, 2, ...numberBytes(Number.MAX_SAFE_INTEGER), 1)],
    ['a number above 2^53', Uint8Array.of(0, 2, 255, 255, 255, 255, 255, 255, 255, 255, 127)],
    ['a number that never ends', new Uint8Array(64).fill(255)],
    ['bytes behind the message', Uint8Array.of(...written(3), 0)],
    ['bytes behind the states', written(1, (encoder) => encoding.writeVarUint8Array(encoder, Uint8Array.of(0, 0)))],
    [
      '30 million claimed states',
      written(1, (encoder) => encoding.writeVarUint8Array(encoder, numberBytes(30_000_000))),
    ],
    ['states that end', written(1, (encoder) => encoding.writeVarUint8Array(encoder, Uint8Array.of(1, 5)))],
    [
      'one state more than there may be',
      presenceOf(...Array.from({ length: maximumStates + 1 }, (_, client) => [client, 1, '{}'] as const)),
    ],
    ['a state that is no JSON', presenceOf([1, 1, '{"a":'])],
    ['a state that is too long', presenceOf([1, 1, JSON.stringify('x'.repeat(maximumStateBytes))])],
    ['a state that is no UTF-8', Uint8Array.of(1, 5, 1, 1, 1, 1, 255)],
  ])('LC1 %s is refused in words', (_name, bytes) => {
    const read = readMessage(bytes);
    expect(read.ok).toBe(false);
    expect(read.ok ? '' : read.error.length).toBeGreaterThan(20);
  });

  it('LC1 a state as deep as its size allows is only text here', () => {
    const deep = '['.repeat(maximumStateBytes / 2) + ']'.repeat(maximumStateBytes / 2);
    expect(readMessage(presenceOf([1, 1, deep])).ok).toBe(true);
  });
});
