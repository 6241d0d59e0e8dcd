import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { configFault, programFault } from '../../../../src/daemon/notices/hook-trust.ts';
import { type HookEnd, keptOutputBytes, runHook } from '../../../../src/daemon/notices/run-hook.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const environment = { PATH: process.env['PATH'] };

async function shell(script: string, timeoutMs = 10_000): Promise<HookEnd> {
  return runHook({ command: ['/bin/sh', '-c', script], input: '{"hook":"x"}\n', timeoutMs, environment }).ended;
}

describe('a run of a hook', () => {
  it('H2 reads what happened on standard input, and its output is kept', async () => {
    expect(await shell('cat; echo more >&2')).toMatchObject({
      ...{ ok: true, message: 'It ended with 0.' },
      output: expect.stringMatching(/^\{"hook":"x"\}\nmore$|^more\n\{"hook":"x"\}$/),
    });
  });

  it('H2 is no command line: no word of it is read by a shell', async () => {
    const run = runHook({
      ...{ command: ['/bin/echo', '$HOME', '`id`', '*', 'a b'], input: '', timeoutMs: 10_000, environment },
    });
    expect((await run.ended).output).toBe('$HOME `id` * a b');
  });

  it('H3 that hangs is ended after its time', async () => {
    const end = await shell('sleep 60; sleep 60', 100);
    expect(end).toMatchObject({ ok: false, message: 'It was ended after 0.1 s, its time.' });
  });

  it('H3 is ended with all that it started, even where that does not want to', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    const script = `trap '' TERM; (trap '' TERM; sleep 60; sleep 60) & echo $! > ${pidFile}; wait; sleep 60`;
    const command = ['/bin/sh', '-c', script] as const;
    const run = runHook({ command: [...command], input: '', timeoutMs: 60_000, environment });
    await vi.waitFor(() => expect(readFileSync(pidFile, 'utf8')).toMatch(/\n$/), { timeout: 10_000 });
    run.end();
    expect(await run.ended).toMatchObject({ ok: false });
    await gone(Number(readFileSync(pidFile, 'utf8')));
  });

  it('H3 that ends leaves nothing behind, and nobody waits for what holds its pipes', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    const end = await shell(`sleep 60 & echo $! > ${pidFile}; echo done`);
    expect(end).toMatchObject({ ok: true, output: 'done' });
    await gone(Number(readFileSync(pidFile, 'utf8')));
  });

  it('H3 that left its group with the pipes open is not waited for', async () => {
    const end = await shell('setsid sleep 5 & sleep 0.1; echo done');
    expect(end).toMatchObject({ ok: true, output: 'done' });
    expect(end.tookMs).toBeLessThan(5000);
  });

  it('H3 that floods is ended, and little of it is kept', async () => {
    const end = await shell('yes');
    expect(end).toMatchObject({ ok: false, message: 'It was ended because it wrote more than 1024 KiB.' });
    expect(end.output.length).toBeLessThan(keptOutputBytes + 100);
    expect(end.output).toMatch(/\n\(and \d+ bytes more\)$/);
  });

  it.each([
    ['exit 3', 'It ended with 3.'],
    ['kill -SEGV $$', 'It ended by SIGSEGV.'],
  ])('H3 that fails by %s says how', async (script, message) => {
    expect(await shell(script)).toMatchObject({ ok: false, message });
  });

  it('H3 that does not read what it is told ends as it ends', async () => {
    const input = `${'x'.repeat(4 * 1024 * 1024)}\n`;
    const run = runHook({ command: ['/bin/true'], input, timeoutMs: 10_000, environment });
    expect(await run.ended).toMatchObject({ ok: true });
  });

  it('H3 can be ended by who began it', async () => {
    const run = runHook({ command: ['/bin/sleep', '60'], input: '', timeoutMs: 60_000, environment });
    run.end();
    expect(await run.ended).toMatchObject({ ok: false, message: expect.stringContaining('the daemon stops') });
  });

  it.each([
    [['/nowhere/hook'], 'It could not be run (ENOENT).'],
    [['/etc/passwd'], 'It could not be run (EACCES).'],
    [['/bin/echo', 'a\u0000b'], 'It could not be run (ERR_INVALID_ARG_VALUE).'],
  ] as const)('H3 that cannot be run says so: %j', async (command, message) => {
    const run = runHook({ command: command as unknown as [string], input: '', timeoutMs: 1000, environment });
    run.end();
    expect(await run.ended).toMatchObject({ ok: false, message });
  });
});

describe('what a hook is trusted by', () => {
  it('H1 a configuration that others may write, or its folder, runs nothing', () => {
    const folder = temporaryFolder();
    const config = join(folder, 'config.toml');
    expect(configFault(config)).toBeUndefined();
    writeFileSync(config, '', { mode: 0o600 });
    expect(configFault(config)).toBeUndefined();
    chmodSync(config, 0o660);
    expect(configFault(config)).toContain(`chmod go-w ${config}`);
    chmodSync(config, 0o644);
    expect(configFault(config)).toBeUndefined();
    chmodSync(folder, 0o777);
    expect(configFault(config)).toContain(`chmod go-w ${folder}`);
  });

  it('H1 a program that is missing, no program, not to be run or open to others is not run', () => {
    const file = join(temporaryFolder(), 'hook');
    expect(programFault(file)).toContain('is not there');
    expect(programFault('/tmp')).toContain('is no program');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 });
    expect(programFault(file)).toContain('chmod u+x');
    chmodSync(file, 0o755);
    expect(programFault(file)).toBeUndefined();
    chmodSync(file, 0o757);
    expect(programFault(file)).toContain('chmod go-w');
    expect(existsSync(file)).toBe(true);
  });

  it.runIf(process.getuid?.() === 0)('H1 a program of another user is not run', async () => {
    const { chownSync } = await import('node:fs');
    const file = join(temporaryFolder(), 'hook');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
    chownSync(file, 12_345, 12_345);
    expect(programFault(file)).toContain('belongs to another user');
  });
});

/** What was killed is there until the system has taken it away. */
async function gone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
}

function isAlive(pid: number): boolean {
  try {
    // A process that ended and that nobody has asked after yet answers too: its state says so.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
