import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineDetailBody, StatusBody } from '../../src/api/types/bodies.ts';
import type { DeviceId, ScopeId } from '../../src/base/ids.ts';
import type { Result } from '../../src/base/result.ts';
import { rotateWithoutKeyFor } from '../helpers/rotate-without-key.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

const node = { kind: 'note', title: 'sealed where the laptop cannot read', props: {} };

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

describe('a member without the key of the current epoch', () => {
  it('shows missing_workspace_key with what to do, writes nothing, and is whole again after the next rotation', async () => {
    const relay = await stage.startRelay();
    const { desk, laptop } = await pairedHomes(stage, relay);
    const { items } = await desk.json<{ items: { scopeId: ScopeId; kind: string }[] }>('scopes', 'ls');
    const scopeId = items.find(({ kind }) => kind === 'workspace')?.scopeId as ScopeId;
    const { device } = await laptop.json<StatusBody>('status');
    await until('the laptop has the workspace', async () => stateOf(laptop, 'workspace', ['healthy']));

    await desk.json('daemon', 'stop');
    rotateWithoutKeyFor(desk, scopeId, device.deviceId as DeviceId);
    await desk.startDaemon();
    await until('the laptop lacks the key', async () => stateOf(laptop, 'workspace', ['missing_workspace_key']));
    const shown = await laptop.json<EngineDetailBody>('engines', 'show', 'workspace');
    expect(shown.explanation).toContain('sourcesync keys rotate');
    expect(await stateOf(laptop, 'shell', ['healthy'])).toBe(true);
    const written = await laptop.client().putRecord('workspace', 'here', node);
    expect(written).toMatchObject({
      ok: false,
      error: { problem: { status: 409, detail: expect.stringContaining('sourcesync keys rotate') } },
    });
    const verify = await laptop.run('keys', 'verify');
    expect(verify.code).toBe(1);

    expect(await desk.client().putRecord('workspace', 'there', node)).toMatchObject({ ok: true });
    expect((await laptop.client().record('workspace', 'there')).ok).toBe(true);
    await until('the desk has sent it', async () => stateOf(desk, 'workspace', ['healthy']));
    expect(await laptop.client().record('workspace', 'there')).toMatchObject({ value: { state: 'absent' } });
    expect(await stateOf(laptop, 'workspace', ['missing_workspace_key'])).toBe(true);

    await desk.json('keys', 'rotate', '--execute', '--scope', scopeId);
    await until('the laptop has the key and what was sealed meanwhile', async () => {
      const record = await laptop.client().record('workspace', 'there');
      return record.ok && record.value.state === 'live';
    });
    await until('nothing is left to do', async () => stateOf(laptop, 'workspace', ['healthy']));
    expect(await laptop.client().putRecord('workspace', 'here', node)).toMatchObject({ ok: true });
  });
});

async function stateOf(home: Home, collection: string, states: readonly string[]): Promise<boolean> {
  const { engines } = unwrap(await home.client().status());
  return states.includes(engines.find((engine) => engine.collection === collection)?.state ?? '');
}

function unwrap<T, E>(result: Result<T, E>): T {
  if (!result.ok) {
    throw new Error(JSON.stringify(result.error));
  }
  return result.value;
}
