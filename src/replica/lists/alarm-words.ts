import type { DeviceId } from '../../base/ids.ts';
import type { Detail, ReasonCode } from '../../contract/reasons.ts';
import type { AlarmClaim, AlarmFacts } from '../names/alarm.ts';

interface Words {
  readonly reasonCode: ReasonCode;
  readonly detail: Detail;
  readonly message: string;
}

/** Code and words of an alarm: what happened, on whose word alone that is known, and what to do next. */
export function wordsOf(facts: AlarmFacts, nameOf: (deviceId: DeviceId) => string = (id) => id): Words {
  const { claims = [] } = facts;
  const words = wordsOfKind(facts, nameOf);
  return claims.length === 0 ? words : { ...words, message: `${words.message} ${claimWords(claims, nameOf)}` };
}

const mostNamed = 8;

function claimWords(claims: readonly AlarmClaim[], nameOf: (deviceId: DeviceId) => string): string {
  const named = claims.slice(0, mostNamed).map(({ by, sequence, atMs, against }) => {
    const otherwise = against.length === 0 ? '' : `, where ${against.map(nameOf).join(', ')} said otherwise`;
    return `${nameOf(by)} (number ${sequence}, heard ${new Date(atMs).toISOString()}${otherwise})`;
  });
  const more = claims.length - named.length;
  const [only] = claims.length === 1 ? claims : [];
  const who =
    only === undefined
      ? `${claims.length} devices say so: ${named.join('; ')}${more === 0 ? '' : ` and ${more} more`}.`
      : `Only one device says so: ${named[0]}.`;
  return (
    `${who} That is their word and no proof: if you do not trust who says it, revoke it (sourcesync devices revoke ` +
    `${only === undefined ? 'DEVICE' : nameOf(only.by)}), and what it said goes with it.`
  );
}

function wordsOfKind({ kind, scopeId, deviceId, relayUrl }: AlarmFacts, nameOf: (deviceId: DeviceId) => string): Words {
  const relay = relayUrl === undefined ? 'The relay' : `The relay ${relayUrl}`;
  const device = deviceId === undefined ? 'a device' : nameOf(deviceId);
  const relayCode = (detail: Detail, message: string): Words => ({ reasonCode: 'relay_untrusted', detail, message });
  switch (kind) {
    case 'relay_rewound':
      return relayCode(
        'relay_rewound',
        `${relay} lost what it had confirmed in ${scopeId}: it was wiped or restored from an old copy. ` +
          'This device is giving it back. If you did not restore it, ask its operator why.',
      );
    case 'withheld':
      return relayCode(
        'withheld',
        `Another device says that it has batches of ${device} in ${scopeId} that the relay did not hand out here although it ` +
          'called this device caught up. Use another relay, or ask its operator.',
      );
    case 'not_forwarded':
      return relayCode(
        'not_forwarded',
        `${relay} does not pass on what this device writes in ${scopeId}, while it hands out what others write. ` +
          'Use another relay, or ask its operator. Nothing is lost here.',
      );
    case 'log_fork':
      return relayCode(
        'log_fork',
        `Two histories of the membership log of ${scopeId} are known. Membership stops here until the ` +
          'root decides with the twelve words which one stays. Compare the list of devices on each of them.',
      );
    case 'log_rollback':
      return relayCode(
        'log_rollback',
        `A membership log of ${scopeId} was shown that is older than the one held here. It was not taken. ` +
          'Ask the operator of the relay why.',
      );
    case 'peer_fork':
      return relayCode(
        'peer_fork',
        `Another device says that it holds other batches of ${device} in ${scopeId} than this one. Either the relay shows two ` +
          'histories, or the device was copied. Compare the devices, and enrol the copied one again.',
      );
    case 'device_equivocation':
      return {
        reasonCode: 'signature_invalid',
        detail: 'device_equivocation',
        message:
          `${device} signed two different batches with one number in ${scopeId}: it was copied, or restored beside a ` +
          'relay that lost its data. What it sends from there on is kept aside. Revoke it and enrol it again.',
      };
    case 'device_unseen':
      return relayCode(
        'device_unseen',
        `Nothing fresh was heard of ${device} in ${scopeId} for 72 hours. Switch it on, or revoke it when it is gone: ` +
          'sourcesync devices revoke',
      );
  }
}
