import type { CapabilitiesBody } from '../../api/types/bodies.ts';

type Feature = CapabilitiesBody['features'][number];

/** Parts of the published surface, by the command or the address under which they are called. */
export const features: readonly Feature[] = [
  ...[
    ...['setup', 'review', 'ui', 'mcp', 'scan', 'manifest.validate', 'completions', 'logs', 'config.edit'],
    ...['restore', 'store.rebuild', 'devices.rename', 'secrets.find', 'relay.serve', 'relay.token'],
    ...['export', 'import', 'backup', 'service', 'notify', 'hooks'],
    ...['/v1/events', '/v1/openapi.json', '/v1/policy', '/v1/leases', '/v1/permissions'],
  ].map((name): Feature => ({ name, supported: true, message: null })),
  lacking('relay.doctor', 'A relay says how it is by the numbers that --metrics serves.'),
  lacking('relay.postgres', 'A relay keeps its data in a folder: sourcesync relay serve --data DIR'),
  lacking('relay.nats', 'One relay serves a scope; a device may use several at once.'),
  lacking('conformance', 'Manifests are checked with: sourcesync manifest validate FILE'),
];

function lacking(name: string, instead: string): Feature {
  return { name, supported: false, message: `This build does not provide it. ${instead}` };
}
