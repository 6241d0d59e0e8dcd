import type { FastifyInstance } from 'fastify';
import { createApi } from '../../api/create-api.ts';
import type { ApiDeps } from '../../api/ports/port.ts';
import type { AuditFacts } from '../../contract/audit.ts';
import { channelPlace, createChannelHost } from '../members/channel-host.ts';
import { createClientsHost } from '../members/clients-host.ts';
import { createLeasesHost } from '../members/leases-host.ts';
import { createStoreCopier } from '../disk/store-copy.ts';
import { randomBytes } from '../keys/open-home.ts';
import { ownerPublicKey } from '../keys/owner-key.ts';
import type { DaemonOptions, Parts } from './parts.ts';
import { labelOf } from '../keys/scope-names.ts';

/** The API over the parts of a daemon whose home is open. */
export function apiOf(
  { home, paths, token, log }: DaemonOptions,
  parts: Pick<Parts, 'bindings' | 'events' | 'replica' | 'storeHost' | 'health' | 'membership' | 'presence' | 'vault'>,
  { control, people, page, notices }: Pick<ApiDeps, 'control' | 'people' | 'page' | 'notices'>,
): FastifyInstance {
  const { replica, bindings, events, storeHost, membership, presence, vault, health } = parts;
  const audited = {
    ...{ store: health.vitalStore, ownerId: home.userId, nowMs: Date.now },
    audit: (facts: AuditFacts): void => {
      replica.audit(facts);
    },
  };
  return createApi({
    ...{
      replica,
      bindings,
      control,
      people,
      page,
      notices,
      events,
      membership,
      presence,
      vault,
      store: home.store,
      nowMs: Date.now,
    },
    clients: createClientsHost({ ...audited, homeToken: token, randomBytes }),
    channel: createChannelHost({ ...audited, ...channelPlace(parts), ownerKey: () => ownerPublicKey(paths.keys) }),
    leases: createLeasesHost({
      ...{ ...audited, ...channelPlace(parts), replica, bindings, keys: home.keys.device, randomBytes },
    }),
    storeCare: { ...storeHost, copy: createStoreCopier(home.store, paths) },
    labelOf: (deviceId) => labelOf(replica, deviceId),
    onInternalError: (cause) => {
      if (health.noticed(cause)) {
        return;
      }
      log.error({ err: cause }, 'a request failed inside');
    },
  });
}
