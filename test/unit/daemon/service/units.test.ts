import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAsWritten } from '../../../../src/daemon/service/checksum.ts';
import { daemonUnit } from '../../../../src/daemon/service/daemon-unit.ts';
import { serviceEnvironment, serviceName } from '../../../../src/daemon/service/home-service.ts';
import { launchAgent } from '../../../../src/daemon/service/launch-agent.ts';
import { programFault, programOf } from '../../../../src/daemon/service/program.ts';
import { relayUnit, relayUserText } from '../../../../src/daemon/service/relay-unit.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const odd = String.raw`/tmp/a b/50%/"it's"/$HOME/back\slash/-é`;
const program = programOf('sourcesyncd.js');
const facts = { unit: 'x.service', program, home: odd, environment: { XDG_STATE_HOME: odd }, log: odd, systemd: 252 };
const lineOf = (text: string, name: string): string | undefined =>
  text.split('\n').find((line) => line.startsWith(`${name}=`));
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the unit of a daemon', () => {
  it('S2 quotes what a unit would split, expand or take for a specifier', () => {
    const escaped = String.raw`/tmp/a b/50%%/\"it's\"/$$HOME/back\\slash/-é`;
    const text = daemonUnit(facts);
    expect(lineOf(text, 'ExecStart')).toBe(`ExecStart="${program.node}" "${program.entry}" "--home" "${escaped}"`);
    expect(lineOf(text, 'Environment')).toBe(`Environment="XDG_STATE_HOME=${escaped.replace('$$', '$')}"`);
    expect(lineOf(text, 'StandardError')).toBe(`StandardError=append:${odd.replace('%', '%%')}`);
  });

  it('S2 a home without a name is none in the command', () => {
    expect(lineOf(daemonUnit({ ...facts, home: undefined }), 'ExecStart')).toBe(
      `ExecStart="${program.node}" "${program.entry}"`,
    );
  });

  it('S4 waits longer each time where systemd can', () => {
    expect(daemonUnit({ ...facts, systemd: 253 })).toContain('RestartSec=10s\n');
    expect(daemonUnit({ ...facts, systemd: undefined })).not.toContain('RestartSteps');
    expect(daemonUnit({ ...facts, systemd: 254 })).toContain('RestartSec=1s\nRestartSteps=6\nRestartMaxDelaySec=60s\n');
  });

  it('S1 its checksum stands for every letter of it', () => {
    const text = daemonUnit(facts);
    expect(isAsWritten(text)).toBe(true);
    expect(isAsWritten(text.replace('3min', '4min'))).toBe(false);
    expect(isAsWritten('[Unit]\n')).toBe(false);
    expect(isAsWritten('')).toBe(false);
  });

  // Without systemd nothing can judge a unit.
  it.skipIf(!hasSystemd).each([
    ['of a daemon', daemonUnit({ ...facts, unit: 'a.service' })],
    [
      'of a relay with a certificate',
      relayUnit({
        ...{ unit: 'a.service', program: programOf('sourcesync.js'), words: ['--public-url', 'wss://a?b=%41'] },
        ...{ tls: { certFile: '/etc/a b.pem', keyFile: '/etc/%.pem' }, systemd: 252 },
      }),
    ],
  ])('S2, S6 systemd-analyze has nothing to say of the unit %s', (_name, text) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'run'), { mode: 0o700 });
    writeFileSync(join(folder, 'a.service'), text);
    const scope = text.includes('default.target') ? ['--user'] : [];
    const { status, stderr } = spawnSync(
      'systemd-analyze',
      [...scope, '--man=no', 'verify', join(folder, 'a.service')],
      {
        env: { PATH: process.env['PATH'], HOME: folder, XDG_RUNTIME_DIR: join(folder, 'run') },
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describe('the unit of a relay', () => {
  const words = ['--listen', '0.0.0.0:7342'];

  it('S6 keeps its data in its own folder, and gets its certificate from the manager', () => {
    const plain = { unit: 'r.service', program, words, systemd: 252 };
    expect(lineOf(relayUnit({ ...plain, tls: undefined }), 'ExecStart')).toBe(
      `ExecStart="${program.node}" "${program.entry}" "relay" "serve" "--listen" "0.0.0.0:7342" "--data" "/var/lib/sourcesync-relay"`,
    );
    const sealed = relayUnit({ ...plain, tls: { certFile: '/c.pem', keyFile: '/k.pem' } });
    expect(sealed).toContain('LoadCredential=cert.pem:/c.pem\nLoadCredential=key.pem:/k.pem\nUser=sourcesync-relay\n');
    expect(lineOf(sealed, 'ExecStart')).toMatch(/ --tls-cert \$\{CREDENTIALS_DIRECTORY\}\/cert\.pem --tls-key \$\{/);
  });

  it('S6 its user is made by sysusers.d', () => {
    expect(relayUserText()).toMatch(/^# .*\nu sourcesync-relay - "SourceSync relay" \/var\/lib\/sourcesync-relay\n$/);
    expect(isAsWritten(relayUserText())).toBe(true);
  });
});

// Python knows property lists.
describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('the agent of launchd', () => {
  it('S7 is a property list that says what a unit says', () => {
    const text = launchAgent({ ...facts, label: 'org.sourcesync.sourcesync', environment: { A: '<&>' } });
    const read = execFileSync(
      'python3',
      ['-c', 'import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))'],
      {
        input: text,
      },
    );
    expect(JSON.parse(read.toString('utf8'))).toEqual({
      Label: 'org.sourcesync.sourcesync',
      ProgramArguments: [program.node, program.entry, '--home', odd],
      EnvironmentVariables: { A: '<&>' },
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 10,
      ProcessType: 'Background',
      StandardErrorPath: odd,
    });
    expect(isAsWritten(text)).toBe(true);
  });
});

describe('what a service runs', () => {
  it('S2 is there, and can be written into a unit', () => {
    expect(programFault(program, ['/home/a b'])).toBeUndefined();
  });

  it.each([
    ['/bin/no-node', program.entry, [], 'The Node at /bin/no-node is not there any more'],
    [program.node, '/opt/gone.js', [], '/opt/gone.js is not there. Install SourceSync again'],
    [program.node, program.entry, ['/tmp/a\nb'], 'holds a line break or another control character'],
  ])('S2 %s %s %j is refused in words', (node, entry, others, words) => {
    expect(programFault({ node, entry }, others)?.message).toContain(words);
  });

  it('S1 has the variables that a daemon obeys, and no other', () => {
    const environment = {
      ...{
        XDG_CONFIG_HOME: '/c',
        XDG_STATE_HOME: 'relative',
        SOURCESYNC_LOG: 'debug',
        SOURCESYNC_PASSPHRASE_FILE: 'p',
      },
      ...{ SOURCESYNC_RELAY_URL: '', SOURCESYNC_CLIENT_TOKEN_FILE: '/t', PATH: '/bin' },
    };
    const common = { SOURCESYNC_LOG: 'debug', SOURCESYNC_PASSPHRASE_FILE: join(process.cwd(), 'p') };
    expect(serviceEnvironment(undefined, environment)).toEqual({ XDG_CONFIG_HOME: '/c', ...common });
    expect(serviceEnvironment('/h', environment)).toEqual(common);
  });

  it('S1 each home has a name of its own', () => {
    expect(serviceName(undefined)).toBe('sourcesync');
    expect(serviceName('/tmp/a')).toMatch(/^sourcesync-[0-9a-f]{12}$/);
    expect(serviceName('/tmp/a/')).toBe(serviceName('/tmp/b/../a'));
    expect(serviceName('/tmp/a')).not.toBe(serviceName('/tmp/b'));
  });
});
