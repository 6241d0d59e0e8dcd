import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JsonValue } from '../../base/json.ts';
import type { ConfigCommands, CountsFrom } from '../../cli/ground/config-commands.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { withTomlValue } from '../../merge/texts/toml-values.ts';
import { configFault, loadConfig } from '../ground/config.ts';
import { allowedOf, parseSetting, settingKey, settingPath } from '../ground/settings.ts';
import { configText, installConfig } from '../keys/config-file.ts';
import { writePrivateFile } from '../keys/key-file.ts';
import { editorOf, runEditor } from '../terminal/editor.ts';

/** Reads and writes config.toml; a file that would not be valid is never put in its place. */
export function createConfigCommands(
  { config: path }: Pick<HomePaths, 'config'>,
  environment: NodeJS.ProcessEnv,
): ConfigCommands {
  return {
    get(name) {
      const loaded = loadConfig(path, environment);
      if (!loaded.ok) {
        return configFault(loaded.error);
      }
      const wanted = settingPath(name);
      const key = wanted && settingKey(wanted);
      const found = loaded.value.origins.find((one) => one.key === key || one.key === name);
      if (found !== undefined) {
        return { ...found, value: found.value as JsonValue };
      }
      const allowed = wanted === undefined ? undefined : allowedOf(wanted);
      return refused(
        allowed === undefined || wanted === undefined
          ? `There is no setting ${name}. See: sourcesync config show`
          : `${settingKey(wanted)} is not set. It takes ${allowed}.`,
      );
    },
    set(name, text) {
      const wanted = settingPath(name);
      const setting = wanted === undefined ? undefined : parseSetting(wanted, text);
      if (wanted === undefined || setting === undefined) {
        return refused(`There is no setting ${name}. See: sourcesync config show, and sourcesync config edit`);
      }
      const key = settingKey(wanted);
      if (!setting.ok) {
        return refused(`${key} takes ${setting.error}; nothing was changed.`);
      }
      const made = withTomlValue(configText(path), wanted, setting.value);
      if (made === undefined) {
        return refused(
          `${path} cannot be changed in one place for ${key}; nothing was changed. Write it by hand: sourcesync config edit`,
        );
      }
      const fault = installConfig(path, made, environment);
      return fault === undefined
        ? { key, value: setting.value, path, countsFrom: countsFrom(wanted) }
        : refused(`${fault}. ${key} takes ${allowedOf(wanted) ?? 'another value'}; nothing was changed.`);
    },
    edit: async () => editCopy(path, environment),
  };
}

async function editCopy(path: string, environment: NodeJS.ProcessEnv): ReturnType<ConfigCommands['edit']> {
  const before = configText(path);
  const copy = `${path}.edit`;
  if (existsSync(copy)) {
    return refused(`An edit that was not taken over is kept in ${copy}. Move it away, or remove it, and edit again.`);
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writePrivateFile(copy, before);
  const failure = await runEditor(editorOf(environment), copy);
  if (failure !== undefined) {
    return refused(`${failure} ${path} is as it was; what was written is kept in ${copy}`);
  }
  const after = readFileSync(copy, 'utf8');
  const fault = after === before ? undefined : installConfig(path, after, environment);
  if (fault !== undefined) {
    return refused(`${fault}. ${path} is as it was; what you wrote is kept in ${copy}`);
  }
  rmSync(copy);
  return { path, changed: after !== before };
}

function refused(message: string): CommandFault {
  return { exitCode: exitCodes.failed, message };
}

function countsFrom([room, ...below]: readonly string[]): CountsFrom {
  const last = below.at(-1);
  if (room === 'device') {
    return 'setup';
  }
  return room === 'relay' || (room === 'engines' && (last === 'scope' || last === 'review_mode')) ? 'restart' : 'now';
}
