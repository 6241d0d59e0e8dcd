import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HomePaths } from '../../cli/ground/context.ts';
import { withTomlValue } from '../../merge/texts/toml-values.ts';
import { loadConfig } from '../ground/config.ts';
import { writePrivateFile } from './key-file.ts';

/** Writes the name of the device where it stands among the settings. */
export function labelWriter({ config: path }: Pick<HomePaths, 'config'>): (label: string) => string | undefined {
  return (label) => {
    try {
      const made = withTomlValue(configText(path), ['device', 'label'], label);
      const fault =
        made === undefined ? `${path} cannot be changed in one place` : installConfig(path, made, process.env);
      return fault;
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause);
    }
  };
}

export function configText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Puts a text in the place of the file, in one step and with the mode that it had; or why it is not valid, and then nothing is. */
export function installConfig(path: string, text: string, environment: NodeJS.ProcessEnv): string | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const candidate = `${path}.new`;
  try {
    writePrivateFile(candidate, text);
    const loaded = loadConfig(candidate, environment);
    if (!loaded.ok) {
      return loaded.error.replaceAll(candidate, path).replace(/\.$/, '');
    }
    // A link stays one: its target is written.
    const target = existsSync(path) ? realpathSync(path) : path;
    const mode = existsSync(target) ? statSync(target).mode & 0o777 : 0o600;
    writePrivateFile(target, text);
    chmodSync(target, mode);
    return undefined;
  } finally {
    rmSync(candidate, { force: true });
  }
}
