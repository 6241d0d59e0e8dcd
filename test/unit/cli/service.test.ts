import { describe, expect, it } from 'vitest';
import type { CommandFault } from '../../../src/cli/ground/fault.ts';
import type { ServiceStatus, ServiceWanted } from '../../../src/cli/ground/service-commands.ts';
import { run } from './setup-cli.ts';

const well: ServiceStatus['process'] = {
  ...{ state: 'running', since: '2026-03-01T10:00:00.000Z', pid: 7, restarts: 0, says: 'Running' },
};
const status: ServiceStatus = {
  ...{ unit: 'sourcesync.service', path: '/u', installed: true, file: 'same', enabled: true, process: well },
  ...{ lingering: true, next: null },
};

function setup(answer: Partial<ServiceStatus> = {}): {
  readonly asked: ServiceWanted[];
  readonly given: Parameters<typeof run>[0];
} {
  const asked: ServiceWanted[] = [];
  const services = {
    plan: async (wanted: ServiceWanted) => {
      asked.push(wanted);
      return { unit: 'u', path: '/p', text: '[Unit]\n' };
    },
    install: async (wanted: ServiceWanted) => {
      asked.push(wanted);
      return {
        ...{ unit: 'sourcesync.service', path: '/u', written: true, tookOver: true, environment: ['SOURCESYNC_LOG'] },
        status: { ...status, ...answer },
      };
    },
    uninstall: async () => ({ unit: 'sourcesync.service', path: '/u', removed: true, kept: 'All stays.' }),
    status: async () => ({ ...status, ...answer }),
  };
  return { asked, given: { local: { services: async () => services } } };
}

describe('service', () => {
  it('install says what was written, what it took over, and how it stands', async () => {
    const { out } = await run(setup({ next: 'Do this.' }).given, 'service', 'install');
    expect(out[0]?.split('\n')).toEqual([
      '/u was written.',
      'It has these variables of this shell: SOURCESYNC_LOG.',
      'The daemon that ran was stopped; the service runs it now.',
      expect.stringMatching(
        /^sourcesync\.service is running since 2026-0\S+ \S+ as process 7, and is started by itself\.$/,
      ),
      'It says: Running',
      'Do this.',
    ]);
  });

  it('a dry run shows the unit and nothing else on standard output', async () => {
    const said = await run(setup().given, 'service', 'install', '--dry-run');
    expect(said.out).toEqual(['[Unit]']);
    expect(said.notes).toContain('/p; nothing was written');
  });

  it('status ends with 4 where it does not run', async () => {
    expect((await run(setup().given, 'service', 'status')).exitCode).toBe(0);
    const failed = await run(
      setup({ process: { ...well, state: 'failed', pid: null, restarts: 9 }, next: 'See why.' }).given,
      'service',
      'status',
    );
    expect(failed.exitCode).toBe(4);
    expect(failed.out[0]).toContain('is failed, and is started by itself.');
    expect(failed.out[0]).toContain('It was started again 9 times.\nSee why.');
    const absent = {
      installed: false,
      file: 'absent',
      process: { ...well, state: 'not_installed' },
      next: 'Install it.',
    } as const;
    expect((await run(setup(absent).given, 'service', 'status')).out).toEqual([
      'sourcesync.service is not installed.\nInstall it.',
    ]);
  });

  it('uninstall says what stays', async () => {
    const { out } = await run(setup().given, 'service', 'uninstall');
    expect(out).toEqual(['sourcesync.service was stopped, and /u removed.\nAll stays.']);
  });

  it('options of a relay go to the relay, and its certificate to the manager', async () => {
    const { asked, given } = setup();
    const words = ['--listen', '0.0.0.0:7342', '--tls-cert', 'c.pem', '--tls-key=k.pem', '--open'];
    expect((await run(given, 'service', 'install', '--relay', '--', ...words)).exitCode).toBe(0);
    expect(asked).toEqual([
      {
        ...{ kind: 'relay', words: ['--listen', '0.0.0.0:7342', '--open'] },
        tls: { certFile: 'c.pem', keyFile: 'k.pem' },
      },
    ]);
  });

  it.each([
    [['--relay', '--', '--lisen', 'x'], 'relay serve takes no --lisen'],
    [['--relay', '--', 'surplus'], 'relay serve takes no surplus'],
    [['--relay', '--', '--data', '/d'], 'leave --data out'],
    [['--relay', '--', '--tls-cert', '/d'], 'TLS needs a certificate and its key'],
    [['--', '--listen', 'x'], 'options of a relay need --relay'],
  ])('%j is refused before anything is written', async (words, message) => {
    const { asked, given } = setup();
    const said = await run(given, 'service', 'install', ...words);
    expect(said.exitCode).toBe(2);
    expect(said.notes).toContain(message);
    expect(asked).toEqual([]);
  });

  it('what cannot be done is said with the exit code of its cause', async () => {
    const fault = async (): Promise<CommandFault> => ({ exitCode: 1, message: 'No systemd answers.' });
    const services = { plan: fault, install: fault, uninstall: fault, status: fault };
    for (const word of ['install', 'uninstall', 'status']) {
      const said = await run({ local: { services: async () => services } }, 'service', word, '--json');
      expect(said.exitCode).toBe(1);
      expect(said.documents).toEqual([expect.objectContaining({ detail: 'No systemd answers.', exitCode: 1 })]);
    }
  });
});
