import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import type { Result } from '../../../src/base/result.ts';
import { readToken, tokenTextLength, writeToken } from '../../../src/relay/registration/token.ts';
import { createTokenFolder } from '../../../src/relay/registration/token-folder.ts';
import type { RelayMessage } from '../../../src/sync/wire/messages.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { type World, createWorld, seededBytes } from '../membership/fixtures.ts';
import { createDesk, sentTo } from './desk.ts';

const key = seededBytes(1)(32);
const nowMs = 1_700_000_000_000;
const dayMs = 86_400_000;

function value<T>(result: Result<T, string>): T {
  assert(result.ok, result.ok ? '' : result.error);
  return result.value;
}

describe('registration token', () => {
  const tokens = fc.record({
    tokenId: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    expiresAtSeconds: fc.nat(0xffff_ffff),
    scopes: fc.nat(0xffff_ffff),
  });

  it('says what it allows to the relay that made it, and nothing to another', () => {
    fc.assert(
      fc.property(tokens, (token) => {
        const text = writeToken(key, token);
        expect(text).toHaveLength(tokenTextLength);
        expect(readToken(key, text)).toEqual(token);
        expect(readToken(seededBytes(2)(32), text)).toBeUndefined();
      }),
    );
  });

  it('changed in any one character is no token', () => {
    const text = writeToken(key, { tokenId: '00112233445566ff', expiresAtSeconds: 1_800_000_000, scopes: 16 });
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.base64String({ minLength: 4, maxLength: 4 }), (at, [character]) => {
        fc.pre(character !== text[at]);
        expect(readToken(key, text.slice(0, at) + character + text.slice(at + 1))).toBeUndefined();
      }),
    );
  });

  it('of any other text is none, and reading never throws', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => readToken(key, text) === undefined));
    expect(readToken(key, `srt1_${'A'.repeat(64)}`)).toBeUndefined();
  });
});

describe('folder of tokens', () => {
  it('keeps a key that only its owner reads, and lists what was issued without what it takes to use it', () => {
    const dataDir = temporaryFolder();
    const folder = createTokenFolder(dataDir, seededBytes(3));
    const first = value(folder.create({ scopes: 2, days: 1, nowMs }));
    const second = value(folder.create({ scopes: 16, days: 30, nowMs: nowMs + 1 }));
    expect(statSync(join(dataDir, 'token.key')).mode & 0o777).toBe(0o600);
    expect(value(folder.list())).toEqual([first.issued, second.issued]);
    expect(first.issued).toMatchObject({ scopes: 2, expiresAtSeconds: nowMs / 1000 + 86_400, revokedAtMs: null });
    const file = readFileSync(join(dataDir, 'tokens', `${first.issued.tokenId}.json`), 'utf8');
    expect(file).not.toContain(first.text.slice(30));
    const { tokenId, expiresAtSeconds, scopes } = first.issued;
    expect(value(folder.judge(first.text, nowMs))).toEqual({ tokenId, expiresAtSeconds, scopes });
  });

  it('refuses in words what is foreign, expired, revoked, or no longer listed', () => {
    const dataDir = temporaryFolder();
    const folder = createTokenFolder(dataDir, seededBytes(4));
    const foreign = value(createTokenFolder(temporaryFolder(), seededBytes(5)).create({ scopes: 1, days: 1, nowMs }));
    expect(folder.judge(foreign.text, nowMs)).toMatchObject({
      ok: false,
      error: expect.stringContaining('not one of'),
    });
    const { text, issued } = value(folder.create({ scopes: 1, days: 1, nowMs }));
    expect(folder.judge(foreign.text, nowMs)).toMatchObject({
      ok: false,
      error: expect.stringContaining('not one of'),
    });
    expect(folder.judge(text, nowMs + dayMs - 1)).toMatchObject({ ok: true });
    expect(folder.judge(text, nowMs + dayMs)).toMatchObject({ ok: false, error: expect.stringContaining('expired') });
    // The relay has a view of its own: a revocation by another process holds from the next question on.
    const relay = createTokenFolder(dataDir, seededBytes(6));
    expect(value(folder.revoke(issued.tokenId, nowMs + 5))).toMatchObject({ revokedAtMs: nowMs + 5 });
    expect(value(folder.revoke(issued.tokenId, nowMs + 9))).toMatchObject({ revokedAtMs: nowMs + 5 });
    expect(relay.judge(text, nowMs)).toMatchObject({ ok: false, error: expect.stringContaining('revoked') });
    rmSync(join(dataDir, 'tokens'), { recursive: true });
    expect(relay.judge(text, nowMs)).toMatchObject({ ok: false, error: expect.stringContaining('revoked') });
  });

  it('names the token that does not exist, the damaged file, the exposed key, and the folder that is none', () => {
    const dataDir = temporaryFolder();
    const folder = createTokenFolder(dataDir, seededBytes(7));
    const { text, issued } = value(folder.create({ scopes: 1, days: 1, nowMs }));
    for (const tokenId of ['0000000000000000', '../token', '']) {
      expect(folder.revoke(tokenId, nowMs)).toMatchObject({ ok: false, error: expect.stringContaining('token ls') });
    }
    const path = join(dataDir, 'tokens', `${issued.tokenId}.json`);
    for (const damage of ['{', '{"version":2}', '{"version":1,"tokenId":"0000000000000000"}']) {
      writeFileSync(path, damage);
      expect(folder.list()).toMatchObject({ ok: false, error: expect.stringContaining('damaged') });
      expect(folder.judge(text, nowMs)).toMatchObject({ ok: false, error: expect.stringContaining('cannot be read') });
    }
    chmodSync(join(dataDir, 'token.key'), 0o644);
    expect(folder.judge(text, nowMs)).toMatchObject({ ok: false, error: expect.not.stringContaining(dataDir) });
    expect(folder.create({ scopes: 1, days: 1, nowMs })).toMatchObject({
      ok: false,
      error: expect.stringContaining('chmod go='),
    });
    writeFileSync(join(dataDir, 'token.key'), 'short');
    chmodSync(join(dataDir, 'token.key'), 0o600);
    expect(folder.create({ scopes: 1, days: 1, nowMs })).toMatchObject({ error: expect.stringContaining('damaged') });
    expect(createTokenFolder(path, seededBytes(8)).list()).toMatchObject({ error: expect.stringContaining('kept') });
  });
});

describe('mailbox: founding with a token', () => {
  it('5 §10.33 a token founds as many scopes as it says, and counts them durably', () => {
    const tokens = createTokenFolder(temporaryFolder(), seededBytes(9));
    const { text, issued } = value(tokens.create({ scopes: 2, days: 30, nowMs }));
    const desk = createDesk({ open: false, tokens });
    const [first, second, third] = [createWorld(61), createWorld(62), createWorld(63)] as const;
    const found = ({ admin, genesis, state }: World, token: string | null): readonly RelayMessage[] => {
      const id = desk.login(admin);
      const { scopeId } = state;
      return sentTo(
        id,
        desk.say(id, { type: 'append_entry', scopeId, sequence: 0, token, isNew: false, entry: genesis }),
      );
    };
    const refusedWith = (words: string) => [
      { type: 'error', code: 'E_FORBIDDEN', about: 'entry', message: expect.stringContaining(words) },
    ];
    expect(found(first, null)).toMatchObject(refusedWith('sourcesync relay token create'));
    expect(found(first, 'srt1_x')).toMatchObject(refusedWith('not one of this relay'));
    expect(found(first, text)).toMatchObject([{ type: 'entry_appended' }]);
    // The same founding again is confirmed again, and costs nothing.
    expect(found(first, text)).toMatchObject([{ type: 'entry_appended' }]);
    expect(desk.store.tokenUses(issued.tokenId)).toBe(1);
    expect(found(second, text)).toMatchObject([{ type: 'entry_appended' }]);
    expect(found(third, text)).toMatchObject(refusedWith('used up'));
    expect(desk.store.entryCount(third.state.scopeId)).toBe(0);
    value(tokens.revoke(issued.tokenId, nowMs));
    expect(found(third, text)).toMatchObject(refusedWith('revoked'));
  });

  it('5 a token is not charged for what an open relay or a listed root allows, nor for a genesis that is refused', () => {
    const tokens = createTokenFolder(temporaryFolder(), seededBytes(10));
    const { text, issued } = value(tokens.create({ scopes: 2, days: 30, nowMs }));
    const { admin, genesis, state } = createWorld(65);
    const { scopeId } = state;
    for (const [open, entry] of [
      [true, genesis],
      [false, new Uint8Array(100)],
      [false, createWorld(66).genesis],
    ] as const) {
      const desk = createDesk({ open, tokens });
      const id = desk.login(admin);
      desk.say(id, { type: 'append_entry', scopeId, sequence: 0, token: text, isNew: false, entry });
      expect(desk.store.tokenUses(issued.tokenId)).toBe(0);
    }
  });

  it('5 a relay without tokens says what else its operator can do', () => {
    const desk = createDesk({ open: false });
    const { admin, genesis, state } = createWorld(67);
    const id = desk.login(admin);
    const message = {
      type: 'append_entry',
      scopeId: state.scopeId,
      sequence: 0,
      token: 'x',
      isNew: false,
      entry: genesis,
    } as const;
    expect(sentTo(id, desk.say(id, message))).toMatchObject([{ message: expect.stringContaining('issues no') }]);
  });
});
