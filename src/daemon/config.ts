import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse as parseToml } from 'smol-toml';
import { type Result, err, ok } from '../base/result.ts';
import type { EncryptionScope } from '../contract/manifest.ts';
import { nearestWord } from '../manifest/nearest.ts';
import { packageRoot } from './package-root.ts';

export interface EngineConfig {
  readonly enabled?: boolean;
  readonly scope?: EncryptionScope;
  readonly brake_share?: number;
  readonly brake_minimum?: number;
  readonly review_mode?: 'once' | 'per_device';
}

/** config.toml as its schema describes it. */
export interface ConfigFile {
  readonly device?: { readonly label?: string };
  readonly relay?: { readonly url?: string; readonly local_only?: boolean };
  readonly log?: { readonly level?: string };
  readonly engines?: Readonly<Record<string, EngineConfig>>;
}

export interface Config {
  readonly label: string;
  readonly relayUrl: string | null;
  readonly localOnly: boolean;
  readonly logLevel: string;
  readonly engines: Readonly<Record<string, EngineConfig>>;
  readonly origins: readonly { readonly key: string; readonly value: unknown; readonly origin: string }[];
}

const maximumConfigBytes = 256 * 1024;

const validate = new Ajv2020({ allErrors: true, strict: false }).compile<ConfigFile>(
  JSON.parse(readFileSync(join(packageRoot, 'schemas', 'config.json'), 'utf8')) as object,
);

/** The settings in force: flag, then environment, then file, then default. A bad file is an error in words. */
export function loadConfig(
  path: string,
  environment: NodeJS.ProcessEnv,
  flags: { readonly relayUrl?: string } = {},
): Result<Config, string> {
  const file = readConfigFile(path);
  if (!file.ok) {
    return file;
  }
  const origins: Config['origins'][number][] = [];
  function pick<T>(key: string, choices: readonly (readonly [T | undefined, string])[], fallback: T): T {
    const [value, origin] = choices.find(([choice]) => choice !== undefined) ?? [fallback, 'default'];
    origins.push({ key, value, origin });
    return value as T;
  }
  const { device, relay, log, engines } = file.value;
  const label = pick('device.label', [[device?.label, path]], hostname());
  const relayUrl = pick<string | null>(
    'relay.url',
    [
      [flags.relayUrl, 'flag'],
      [environment['SOURCESYNC_RELAY_URL'], 'SOURCESYNC_RELAY_URL'],
      [relay?.url, path],
    ],
    null,
  );
  const localOnly = pick('relay.local_only', [[relay?.local_only, path]], false);
  const logLevel = pick(
    'log.level',
    [
      [environment['SOURCESYNC_LOG'], 'SOURCESYNC_LOG'],
      [log?.level, path],
    ],
    'info',
  );
  for (const [engineId, settings] of Object.entries(engines ?? {})) {
    for (const [key, value] of Object.entries(settings)) {
      origins.push({ key: `engines."${engineId}".${key}`, value, origin: path });
    }
  }
  return ok({ label, relayUrl, localOnly, logLevel, engines: engines ?? {}, origins });
}

/** An absent file is an empty one. */
function readConfigFile(path: string): Result<ConfigFile, string> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT'
      ? ok({})
      : err(`${path} cannot be read: ${(cause as Error).message}`);
  }
  if (bytes.length > maximumConfigBytes) {
    return err(`${path} has ${bytes.length} bytes; a configuration has at most ${maximumConfigBytes}.`);
  }
  let value: unknown;
  try {
    value = parseToml(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    return err(`${path} is not valid TOML: ${(cause as Error).message.split('\n')[0]}`);
  }
  return validate(value) ? ok(value) : err(faultText(path));
}

function faultText(path: string): string {
  const faults = (validate.errors ?? []).map(({ instancePath, keyword, params, parentSchema, message }) => {
    const where = instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', '.');
    if (keyword !== 'additionalProperties') {
      return `${where} ${message ?? 'is not valid'}`;
    }
    const unknown = (params as { additionalProperty: string }).additionalProperty;
    const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
    const suggestion = nearestWord(unknown, known);
    return `${where} has no setting "${unknown}"${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`;
  });
  return `${path}: ${[...new Set(faults)].join('; ')}`;
}
