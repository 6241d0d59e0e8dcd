import type { FastifyInstance } from 'fastify';
import { contractScopeId } from '../../../membership/parse/contract-fields.ts';
import { callerOf } from '../../gate/gate.ts';
import type { ApiDeps } from '../../ports/port.ts';
import type { ChannelBody } from '../../types/channel.ts';

/** What an envelope of the caller must name. */
export function channelRoutes(api: FastifyInstance, { channel }: Pick<ApiDeps, 'channel'>): void {
  api.get('/v1/channel', async (request) => {
    const { channelId, deviceId, profile, policyBundleHash } = channel.facts(callerOf(request) ?? { kind: 'owner' });
    const body: ChannelBody = {
      ...{ channelId, deviceId, policyBundleHash },
      profileId: contractScopeId(profile, 'profile'),
    };
    return body;
  });
}
