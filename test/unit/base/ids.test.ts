import { describe, expect, it } from 'vitest';
import {
  batchIdFromBytes,
  bytesFromDeviceId,
  bytesFromHashId,
  bytesFromScopeId,
  changeIdFromBytes,
  deviceIdFromBytes,
  parseBatchId,
  parseChangeId,
  parseCollectionName,
  parseDeviceId,
  parseEngineId,
  parseRecordId,
  parseScopeId,
  parseUserId,
  scopeIdFromBytes,
  userIdFromBytes,
} from '../../../src/base/ids.ts';

const bytes = Uint8Array.from({ length: 32 }, (_, index) => index * 7);

describe('ids', () => {
  it('come back from their bytes', () => {
    expect(bytesFromDeviceId(deviceIdFromBytes(bytes))).toEqual(bytes);
    expect(bytesFromScopeId(scopeIdFromBytes(bytes))).toEqual(bytes);
    expect(bytesFromHashId(batchIdFromBytes(bytes))).toEqual(bytes);
    expect(bytesFromHashId(changeIdFromBytes(bytes))).toEqual(bytes);
    expect(parseUserId(userIdFromBytes(bytes))).toBe(userIdFromBytes(bytes));
    expect(() => deviceIdFromBytes(bytes.slice(1))).toThrow('believed');
  });

  it('are not taken for each other', () => {
    const device = deviceIdFromBytes(bytes);
    expect(parseDeviceId(device)).toBe(device);
    expect(parseScopeId(device)).toBeUndefined();
    expect(parseUserId(device)).toBeUndefined();
    expect(parseDeviceId(`${device}a`)).toBeUndefined();
    expect(parseDeviceId(device.slice(0, -1))).toBeUndefined();
    expect(parseDeviceId(device.toUpperCase())).toBeUndefined();
    expect(parseDeviceId(`${device}\n`)).toBeUndefined();
    expect(parseBatchId('AAAA')).toBeUndefined();
    expect(parseChangeId(`${changeIdFromBytes(bytes)}=`)).toBeUndefined();
  });

  it.each([
    ['sourceos.sync.browser', true],
    ['sourceos.sync.', false],
    ['sourceos.sync.browser\n', false],
    ['other.sync.browser', false],
    ['sourceos.sync.Browser', false],
    [`sourceos.sync.${'x'.repeat(200)}`, false],
  ])('engine id %j: %s', (text, valid) => {
    expect(parseEngineId(text) !== undefined).toBe(valid);
  });

  it.each([
    ['memory', true],
    ['', false],
    ['memory\n', false],
    ['Memory', false],
    ['x'.repeat(65), false],
  ])('collection %j: %s', (text, valid) => {
    expect(parseCollectionName(text) !== undefined).toBe(valid);
  });

  it.each([
    ['a/b ü', true],
    ['é'.repeat(256), true],
    ['é'.repeat(257), false],
    ['', false],
    ['a\u0000', false],
    ['a\n', false],
    ['\ud800', false],
  ])('record id %j: %s', (text, valid) => {
    expect(parseRecordId(text) !== undefined).toBe(valid);
  });
});
