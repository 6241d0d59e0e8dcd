import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../../../src/cli/ground/context.ts';
import { createProgram } from '../../../src/cli/main.ts';
import { capabilities } from '../../../src/daemon/engines/capabilities.ts';
import { apiDocument } from '../../helpers/documented.ts';
import { setupApi } from './setup-api.ts';

/** The published surface, beside what every build has had. */
const surface = [
  ...['setup', 'review', 'ui', 'mcp', 'scan', 'manifest.validate', 'completions', 'logs', 'config.edit', 'restore'],
  ...['store.rebuild', 'devices.rename', 'secrets.find', 'export', 'import', 'backup', 'service', 'notify', 'hooks'],
  ...['relay.serve', 'relay.token', 'relay.doctor', 'relay.postgres', 'relay.nats', 'conformance'],
  ...['/v1/events', '/v1/openapi.json', '/v1/policy', '/v1/leases', '/v1/permissions'],
];

/** What is no command of its own, by the option or the key of the configuration that would be it. */
const otherwise: Readonly<Record<string, () => boolean>> = {
  'relay.postgres': () => options('relay.serve').includes('--store'),
  'relay.nats': () => options('relay.serve').includes('--bus'),
};

describe('what this build provides of the published surface', () => {
  const { features } = capabilities();

  it('CA1 each part of the surface is told, once', () => {
    expect(features.map(({ name }) => name).sort()).toEqual([...surface].sort());
  });

  it('CA1 what is not there says so, and what to do instead; what is there says nothing', () => {
    for (const { name, supported, message } of features) {
      expect([name, message]).toEqual([
        name,
        supported ? null : expect.stringMatching(/^This build does not provide it\. .{20,}$/),
      ]);
    }
    expect(features.some(({ supported }) => !supported)).toBe(true);
  });

  it.each(surface)('CA1 %s is supported exactly where it can be called', (name) => {
    const isThere = name.startsWith('/')
      ? apiDocument.paths[name] !== undefined
      : (otherwise[name]?.() ?? commandOf(name) !== undefined);
    expect(features.find((one) => one.name === name)?.supported).toBe(isThere);
  });

  it('CA1 every command that is named as there is there', () => {
    const { commands } = capabilities();
    const missing = Object.entries(commands).filter(([name, is]) => is !== (commandOf(name) !== undefined));
    expect(missing).toEqual([]);
  });

  it('CA1 is answered by the API', async () => {
    const { call } = setupApi();
    const answer = (await call('GET', '/v1/capabilities')).json();
    expect(answer.features).toContainEqual({
      ...{ name: 'conformance', supported: false },
      message: expect.stringContaining('sourcesync manifest validate'),
    });
  });
});

function commandOf(name: string): Command | undefined {
  // Only the names are asked, and nothing is run.
  let command: Command | undefined = createProgram({ version: '0.0.0' } as CliContext);
  for (const word of name.split('.')) {
    command = command?.commands.find((one) => one.name() === word || one.aliases().includes(word));
  }
  return command;
}

function options(name: string): readonly (string | undefined)[] {
  return commandOf(name)?.options.map(({ long }) => long) ?? [];
}
