import { appendFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import type { ScopeId } from '../../src/base/ids.ts';
import { type JsonValue, isJsonObject } from '../../src/base/json.ts';
import { type ReasonCode, reasonCodes } from '../../src/contract/reasons.ts';
import { craftChange } from '../helpers/crafted-batch.ts';
import { plantedSecrets } from '../helpers/planted-secrets.ts';
import { type Home, type RunningRelay, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';
import { withKeysOf } from '../helpers/stolen-keys.ts';

let stage: Stage;
let relay: RunningRelay;
let desk: Home;
let laptop: Home;

/** Reason codes that a command showed. */
const shown = new Set<ReasonCode>();

beforeAll(async () => {
  stage = await openStage();
  relay = await stage.startRelay();
  ({ desk, laptop } = await pairedHomes(stage, relay));
});

afterAll(async () => {
  await stage.close();
});

/** One row of the table: what is done, and the command that gives the reason for where it led. */
function row(code: ReasonCode, action: string, command: string, act: () => Promise<Home>): void {
  it(`${code}: ${action} | sourcesync ${command}`, async () => {
    const home = await act();
    let reasons: readonly string[] = [];
    await until(`it says ${code}`, async () => {
      const { stdout } = await home.run(...command.split(' '), '--json');
      reasons = reasonsIn(JSON.parse(stdout) as JsonValue);
      return reasons.includes(code);
    });
    expect(reasons).toContain(code);
    shown.add(code);
  });
}

/** Every reason that a document gives, without its detail. */
function reasonsIn(value: JsonValue): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap(reasonsIn);
  }
  return isJsonObject(value)
    ? Object.entries(value).flatMap(([name, inner]) => {
        const reasons = name === 'reasonCode' ? [inner] : name === 'reasonCodes' ? (inner as readonly JsonValue[]) : [];
        return [...reasons.flatMap((code) => String(code).split('/')[0] ?? []), ...reasonsIn(inner)];
      })
    : [];
}

/** What only a hostile or broken program with the keys of the laptop writes, in batches that verify. */
function sendForged(): void {
  const [, secret = ''] = plantedSecrets.find(([rule]) => rule === 'npm') ?? [];
  withKeysOf(laptop, ({ replica, send }) => {
    const scopeOf = (kind: string): ScopeId =>
      replica.scopes().find(({ state, local }) => state.kind === kind && !local)?.state.scopeId as ScopeId;
    send(scopeOf('workspace'), [
      craftChange({ collection: 'nowhere', objectId: 'a' }),
      craftChange({ objectId: 'b', schemaVersion: '9.0.0' }),
      craftChange({ objectId: 'c', value: { kind: 'task', title: `use ${secret}` } }),
      craftChange({ collection: 'shell', objectId: 'd', value: { kind: 'alias', name: 'd', body: 'ls' } }),
      craftChange({ collection: 'agents', objectId: 'e', value: { name: 'e' } }),
      craftChange({ collection: 'agents', objectId: 'f', value: { name: 'f' }, authorId: 'urn:srcos:agent:f' }),
    ]);
    send(scopeOf('profile'), [craftChange({ objectId: 'g' })]);
  });
}

describe('what is set up', () => {
  row('no_user_profile', 'nobody was set up here', 'status', async () => stage.home('empty'));

  row('no_org_profile', 'engines enable policy without an org', 'engines show policy', async () => {
    await desk.json('engines', 'enable', 'policy');
    return desk;
  });
});

describe('what policy says', () => {
  const set = async (key: string, decision: string, layer = 'org'): Promise<unknown> =>
    desk.json('policy', 'set', key, 'decision', decision, '--layer', layer);

  row('policy_denied', 'policy set engine.browser decision deny', 'engines show browser', async () => {
    await desk.json('scopes', 'create', 'org', 'Team');
    await set('engine.browser', 'deny');
    return desk;
  });

  row('local_policy_stronger', 'the floor denies what the org allows', 'engines show extensions', async () => {
    await set('engine.extensions', 'allow');
    const { config } = await desk.json<{ config: string }>('paths');
    appendFileSync(config, '\n[policy.floor]\n"engine.extensions" = { kind = "decision", value = "deny" }\n');
    return desk;
  });

  row('remote_policy_newer', 'another device allows it', 'policy explain write.memory', async () => {
    await set('write.memory', 'allow');
    await set('write.models', 'deny');
    await set('write.models', 'allow', 'workspace');
    await until('the org arrives', async () => {
      const scopes = await laptop.client().scopes();
      return scopes.ok && scopes.value.items.some(({ kind }) => kind === 'org');
    });
    await laptop.json('engines', 'enable', 'policy');
    return laptop;
  });

  row(
    'remote_policy_weaker',
    'another device allows what the org denies',
    'policy explain write.models',
    async () => laptop,
  );
});

describe('what another device writes', () => {
  row('manual_review_required', 'it writes an alias', 'reviews ls', async () => {
    const written = await laptop.client().putRecord('shell', 'll', { kind: 'alias', name: 'll', body: 'ls -l' });
    expect(written.ok).toBe(true);
    return desk;
  });

  row('schema_unknown', 'it writes to a collection that is not served here', 'quarantine ls', async () => {
    await desk.json('engines', 'enable', 'agent-registry');
    await laptop.killDaemon('SIGTERM');
    sendForged();
    await laptop.startDaemon();
    return desk;
  });

  const forged: readonly (readonly [ReasonCode, string, string])[] = [
    ['migration_required', 'it writes for a later schema', 'quarantine ls'],
    ['secret_redacted', 'it writes a raw secret', 'quarantine ls'],
    ['profile_boundary_violation', 'it writes an alias into the workspace', 'quarantine ls'],
    ['workspace_scope_mismatch', 'it writes a task into the profile', 'quarantine ls'],
    ['signature_invalid', 'it writes an agent without the authority', 'engines show agent-registry'],
    ['agent_untrusted', 'an agent writes there without a lease', 'engines show agent-registry'],
  ];
  for (const [code, action, command] of forged) {
    row(code, action, command, async () => desk);
  }

  it('an engine that is degraded by quarantine names the reasons of what is held', async () => {
    const status = await desk.json<StatusBody>('status');
    const agents = status.engines.find(({ collection }) => collection === 'agents');
    expect(agents?.state).toBe('degraded');
    expect([...(agents?.reasonCodes ?? [])].sort()).toEqual(['agent_untrusted', 'signature_invalid']);
  });
});

describe('what becomes of relay and devices', () => {
  row('relay_untrusted', 'the relay lost what it held', 'audit ls --limit 1000', async () => {
    // The laptop, met first, would have given the relay everything back before this device looks.
    await laptop.killDaemon('SIGTERM');
    await relay.kill('SIGKILL');
    rmSync(relay.folder, { recursive: true });
    await relay.restart();
    await desk.json('sync', 'now');
    return desk;
  });

  row('capability_expired', 'devices revoke on another device', 'engines show shell', async () => {
    await laptop.startDaemon();
    await desk.json('devices', 'revoke', 'laptop', '--execute');
    return laptop;
  });

  it('a device that was revoked says so', async () => {
    const { stdout } = await laptop.run('status');
    expect(stdout).toContain('! This device was revoked');
    expect(await laptop.json<StatusBody>('status')).toMatchObject({ device: { revoked: true } });
    expect((await laptop.json<{ explanation: string }>('engines', 'show', 'shell')).explanation).toContain(
      'was revoked',
    );
    const doctor = await laptop.run('doctor', '--json');
    expect([doctor.code, JSON.parse(doctor.stdout)]).toEqual([
      1,
      expect.objectContaining({
        checks: expect.arrayContaining([expect.objectContaining({ name: 'membership', ok: false })]),
      }),
    ]);
  });
});

it('every reason code of the closed set was shown', () => {
  expect(reasonCodes.filter((code) => !shown.has(code))).toEqual([]);
});
