import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { EventProof } from '../../../src/log/audit-proof.ts';
import { type Proof, textFromProof } from '../../../src/log/read-proof.ts';
import {
  auditEventsOf,
  checkpointAt,
  consistencyProofOf,
  createProofWorld,
  eventProofOf,
  filledBytes,
} from '../../vectors/proof-world.ts';
import { createWorld as createOtherWorld } from '../membership/fixtures.ts';
import { judge, reasonOf, valueOf } from './judge-proof.ts';
import { flipBit } from './setup.ts';

const world = createProofWorld();
const root = world.scope.rootKeys.sign;
const events = auditEventsOf(world, 40);
const proof = eventProofOf(world, events, 12, 27);
const consistency = consistencyProofOf(world, events, 11, 27);
const mismatch = 'signature_invalid/proof_mismatch';

const textOf = (one: Proof): string => valueOf(textFromProof(one));
const verdictOn = (one: Proof, pinned?: Uint8Array): string => reasonOf(judge(textOf(one), pinned));
const changedText = (one: Proof, change: JsonObject): string =>
  canonicalText({ ...(JSON.parse(textOf(one)) as JsonObject), ...change });

describe('44 the proof of an audit event', () => {
  it('holds for every event under every checkpoint, with nothing but its text', () => {
    for (let count = 1; count <= events.length; count += count < 10 ? 1 : 10) {
      for (let index = 0; index < count; index++) {
        expect(verdictOn(eventProofOf(world, events, index, count), root)).toBe('true');
      }
    }
  });

  it('38 with another index, number of events, path, event or checkpoint is false', () => {
    const { path, checkpoint } = proof;
    const other = eventProofOf(world, events, 13, 27);
    const wrong: readonly [Partial<EventProof>, string][] = [
      [{ index: 13 }, mismatch],
      [{ index: 27 }, mismatch],
      [{ path: path.slice(1) }, mismatch],
      [{ path: other.path }, mismatch],
      [{ event: other.event }, mismatch],
      [{ event: { ...proof.event, outcome: 'deny' } }, 'signature_invalid/audit_hash'],
      [{ event: { ...proof.event, eventHash: other.event.eventHash } }, 'signature_invalid/audit_hash'],
      [{ checkpoint: { ...checkpoint, n: 28 } }, 'signature_invalid/signature'],
      [{ checkpoint: { ...checkpoint, root: other.checkpoint.head.slice(7, 50) } }, 'schema_unknown/record_malformed'],
      [{ checkpoint: checkpointAt(world, events, 26) }, mismatch],
    ];
    for (const [change, reason] of wrong) {
      expect(verdictOn({ ...proof, ...change })).toBe(reason);
    }
  });

  it('38 of the last event, under a checkpoint that names another head, is false', () => {
    const last = eventProofOf(world, events, 26, 27);
    expect(verdictOn(last)).toBe('true');
    const rehashed = auditEventsOf(world, 26).slice(0, 25);
    const lying = checkpointAt(world, [...rehashed, events[26] as EventProof['event']], 26);
    expect(verdictOn({ ...last, checkpoint: lying })).toBe(mismatch);
  });

  it('38 of a device that the log does not know, or under another root, is false', () => {
    const another = createOtherWorld(5);
    expect(verdictOn({ ...proof, entries: [another.genesis] })).toBe('signature_invalid/device_unknown');
    expect(verdictOn({ ...proof, entries: [] })).toBe('schema_unknown/record_malformed');
    expect(verdictOn(proof, filledBytes(1))).toBe('workspace_scope_mismatch/genesis_replaced');
  });

  it.each<[string, JsonObject]>([
    ['one more member', { more: 1 }],
    ['an index that is none', { index: 0.5 }],
    ['a path that is too long', { path: Array.from({ length: 34 }, () => 'A'.repeat(43)) }],
    ['a path of other sizes', { path: ['AAAA'] }],
    ['no event', { event: null }],
    ['an event with a signature beside it', { event: { ...proof.event, signature: 'x' } }],
    ['an event of another type', { event: { ...proof.event, type: 'Event' } }],
    ['an event of another version', { event: { ...proof.event, specVersion: '9' } }],
    ['an event with another outcome', { event: { ...proof.event, outcome: 'maybe' } }],
    ['an event of no device', { event: { ...proof.event, deviceId: 'd' } }],
    ['an event with a number for a text', { event: { ...proof.event, actorId: 1 } }],
    ['an event without details', { event: { ...proof.event, details: null } }],
    ['no checkpoint', { checkpoint: null }],
    ['no log', { log: null }],
  ])('with %s is not read', (_what, change) => {
    expect(reasonOf(judge(changedText(proof, change)))).toBe('schema_unknown/record_malformed');
  });
});

describe('45 the proof of two checkpoints', () => {
  it('holds between every two, with nothing but its text', () => {
    for (let to = 1; to <= events.length; to += 13) {
      for (let from = 1; from <= to; from++) {
        expect(verdictOn(consistencyProofOf(world, events, from, to), root)).toBe('true');
      }
    }
  });

  it('38 of chains that do not continue each other is false', () => {
    const rewritten = auditEventsOf(world, 41).slice(1);
    const fork = checkpointAt(world, rewritten, 27);
    expect(verdictOn({ ...consistency, second: fork })).toBe(mismatch);
    expect(verdictOn({ ...consistency, first: consistency.second, second: consistency.first })).toBe(mismatch);
    expect(verdictOn({ ...consistency, first: fork, second: consistency.second, path: [] })).toBe(mismatch);
    expect(verdictOn({ ...consistency, path: consistency.path.slice(1) })).toBe(mismatch);
    expect(verdictOn({ ...consistency, first: { ...consistency.first, at: 1 } })).toBe('signature_invalid/signature');
    expect(verdictOn({ ...consistency, entries: [createOtherWorld(5).genesis] })).toBe(
      'signature_invalid/device_unknown',
    );
  });

  it.each<[string, JsonObject]>([
    ['one more member', { more: 1 }],
    ['no device', { device: null }],
    ['another kind of device', { device: 'd' }],
    ['no first', { first: null }],
    ['no second', { second: 1 }],
    ['no path', { path: 'x' }],
    ['no log', { log: [null] }],
  ])('with %s is not read', (_what, change) => {
    expect(reasonOf(judge(changedText(consistency, change)))).toBe('schema_unknown/record_malformed');
  });
});

describe.each<[string, Proof]>([
  ['an audit event', proof],
  ['two checkpoints', consistency],
])('the text of a proof of %s', (_what, one) => {
  const text = textOf(one);

  it('38 no bit of it can be flipped', () => {
    const bytes = Buffer.from(text);
    const accepted: number[] = [];
    for (let byte = 0; byte < bytes.length; byte++) {
      const bit = byte * 8 + (byte % 8);
      if (judge(Buffer.from(flipBit(bytes, bit)).toString()).ok) {
        accepted.push(bit);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('38 fuzz: mutated, it is never believed and never throws', () => {
    const at = fc.nat(text.length - 1);
    const noise = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('"', '}', '[', '\\', ',', '\ud800'));
    const object = JSON.parse(text) as JsonObject;
    const mutated = fc.oneof(
      fc.tuple(at, fc.nat(40), noise).map(([from, size, put]) => text.slice(0, from) + put + text.slice(from + size)),
      fc.tuple(at, at).map(([from, to]) => text.slice(0, from) + text.slice(to)),
      fc
        .tuple(fc.constantFrom(...Object.keys(object)), fc.jsonValue())
        .map(([name, value]) => canonicalText({ ...object, [name]: value as JsonObject })),
    );
    fc.assert(
      fc.property(mutated, (input) => {
        expect(judge(input).ok).toBe(input === text);
      }),
      { numRuns: 1500 },
    );
  });
});
