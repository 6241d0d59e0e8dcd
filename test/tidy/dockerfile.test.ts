import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import { argumentsOf, commandOf, dockerfileText, instructions } from '../helpers/dockerfile.ts';

const { files, engines } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  files: readonly string[];
  engines: { node: string };
};

describe('the Dockerfile of a relay', () => {
  it('is taken by a linter without a word, which finds what is wrong', () => {
    expect(validate(dockerfileText)).toEqual([]);
    expect(validate(dockerfileText.replace('HEALTHCHECK', 'HEALTCHECK'))).toHaveLength(1);
  });

  it('copies what the package has, and what its entry point needs', () => {
    const copied = argumentsOf('COPY').filter((one) => !one.startsWith('/app '));
    const names = copied.map((one) => one.split(' ')[0] as string);
    expect(names).toEqual(['package.json', 'bin', 'dist', 'manifests', 'schemas']);
    // package.json is in every package; of dist the parts are listed one by one.
    const shipped = new Set(files.map((one) => one.split('/')[0]));
    expect(names.filter((one) => one !== 'package.json' && !shipped.has(one))).toEqual([]);
    expect(names.filter((one) => !existsSync(join(packageRoot, one)))).toEqual([]);
    expect(files).toContain('Dockerfile');
    const [program, script = ''] = commandOf('ENTRYPOINT');
    expect([program, statSync(join(packageRoot, script)).isFile()]).toEqual(['node', true]);
  });

  it('runs a Node that the package takes, in two stages, as nobody of power, with its data on a volume', () => {
    expect(argumentsOf('FROM')).toEqual(['node:22 AS build', 'node:22-slim']);
    expect(engines.node).toBe('>=20.19');
    expect(argumentsOf('USER')).toEqual(['node']);
    const words = instructions.map(({ keyword }) => keyword);
    expect(words.indexOf('USER')).toBeLessThan(words.indexOf('ENTRYPOINT'));
    expect(words.indexOf('USER')).toBeGreaterThan(words.lastIndexOf('RUN'));
    expect([argumentsOf('VOLUME'), commandOf('ENTRYPOINT').slice(-2)]).toEqual([['/data'], ['--data', '/data']]);
    expect(argumentsOf('EXPOSE').every((port) => commandOf('ENTRYPOINT').includes(`0.0.0.0:${port}`))).toBe(true);
  });
});
