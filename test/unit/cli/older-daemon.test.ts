import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import { run } from './setup-cli.ts';

describe('a daemon of an older version, which says no sentence', () => {
  const keys = { protection: 'bare', locked: false, message: null };
  const status = async () => ok({ device: { deviceId: 'd', label: 'desk' }, keys, engines: [] } as never);
  const setup = { client: { status, sync: status } };

  it.each([
    [[]],
    [['status']],
    [['status', '--watch']],
    [['daemon', 'status']],
    [['sync', 'now']],
    [['sync', 'unsent']],
  ])('is no good news: %j ends with 1 and how to restart it', async (args) => {
    const said = await run(setup, ...args);
    expect(said).toMatchObject({
      exitCode: 1,
      out: [],
      notes: expect.stringMatching(/older version.*daemon restart/),
    });
    const [document] = (await run(setup, ...args, '--json')).documents;
    expect(document).toMatchObject({ exitCode: 1, detail: expect.stringContaining('sourcesync daemon restart') });
  });

  it('daemon start: it runs, and how to restart it', async () => {
    const said = await run(setup, 'daemon', 'start');
    expect(said).toMatchObject({
      exitCode: 0,
      out: [expect.stringMatching(/runs already.*sourcesync daemon restart/)],
    });
  });
});
