import type { StatusBody } from '../../src/api/types/bodies.ts';

type Known = Pick<StatusBody, 'devices' | 'device' | 'relays'>;

/** What is known of how far another device is; empty where nothing is. Whether it is there now nobody knows of it. */
export function standingText(deviceId: string, { devices, device }: Known): string {
  const known = devices.find((one) => one.deviceId === deviceId);
  if (known === undefined) {
    return '';
  }
  if (device.revoked) {
    return 'Nothing is heard of it any more.';
  }
  const { inStep, behind } = known;
  if (behind === null) {
    return 'It has not said what it holds.';
  }
  return inStep === true
    ? 'In step.'
    : inStep === false
      ? `Behind by ${behind}.`
      : `In step when it last spoke; ${behind} since not confirmed.`;
}

/** Of this device alone it is known whether it is there: a relay answers it. */
export function onlineText({ relays, device }: Known): string {
  return !device.revoked && relays.some(({ state }) => state === 'online') ? 'Online now.' : '';
}
