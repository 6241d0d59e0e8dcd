import { type Result, err, ok } from '../../base/result.ts';
import { parseDeviceId } from '../../base/ids.ts';
import { utf8 } from '../../base/bytes.ts';
import type { CallToSeal } from '../../client/call.ts';
import { scopeOf } from '../../membership/parse/contract-fields.ts';
import { bodyHashOf, createEnvelope, localOrigin } from '../../membership/envelope/envelope.ts';
import { randomBytes } from './open-home.ts';
import { ownerKey } from './owner-key.ts';

/** The envelope of a privileged call by the person, who asked for it on the command line or confirmed it on the page. */
export function sealAsOwner(
  keysFolder: string,
  call: CallToSeal,
  how: 'asked for on the command line' | 'confirmed on the page' = 'asked for on the command line',
): Result<string, string> {
  const key = ownerKey(keysFolder);
  const deviceId = parseDeviceId(call.channel.deviceId);
  const profile = scopeOf(call.channel.profileId, 'profile');
  if (!key.ok) {
    return key;
  }
  if (deviceId === undefined || profile === undefined) {
    return err(
      'The daemon does not say for which device it answers. Restart it so that it has the version of this command.',
    );
  }
  const { channelId, policyBundleHash } = call.channel;
  const { command, method, path, body } = call;
  return ok(
    createEnvelope({
      facts: { channelId, deviceId, profile, policyBundleHash },
      call: { command, method, path, origin: localOrigin, bodyHash: bodyHashOf(utf8(body)) },
      ...{ surface: 'other', reason: `${how}: ${command}` },
      ...{ secretKey: key.value.secretKey, nowMs: Date.now(), randomBytes },
    }),
  );
}
