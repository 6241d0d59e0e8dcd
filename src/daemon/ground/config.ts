import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';
import { TomlError, parse as parseToml } from 'smol-toml';
import { type Result, err, ok } from '../../base/result.ts';
import type { JsonObject } from '../../base/json.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { EventType } from '../../contract/events.ts';
import type { EncryptionScope } from '../../contract/manifest.ts';
import { nearestWord } from '../../manifest/nearest.ts';
import { termOf } from '../../policy/lattice.ts';
import { faultOfRule } from '../../policy/vocabulary.ts';
import { packageRoot } from './package-root.ts';
import { type RelaySetting, type RelaySources, type RelayTable, relayOrigins, relaySettings } from './relay-config.ts';

export interface EngineConfig {
  readonly enabled?: boolean;
  readonly scope?: EncryptionScope;
  readonly brake_share?: number;
  readonly brake_minimum?: number;
  readonly review_mode?: 'once' | 'per_device';
  readonly secrets?: 'redact' | 'refuse';
  /** In bytes; 0 leaves every large file alone. */
  readonly max_file_size?: number;
}

/** A program that runs on events. */
export interface HookConfig {
  readonly events: readonly EventType[];
  /** An absolute path, and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly timeout_seconds?: number;
}

/** config.toml as its schema describes it. */
export interface ConfigFile {
  readonly device?: { readonly label?: string };
  readonly relay?: RelayTable;
  readonly log?: { readonly level?: string };
  readonly policy?: { readonly floor?: JsonObject };
  readonly tombstones?: { readonly expire_days?: number };
  readonly folders?: { readonly max_file_size?: number };
  readonly engines?: Readonly<Record<string, EngineConfig>>;
  readonly notifications?: { readonly enabled?: boolean };
  readonly hooks?: Readonly<Record<string, HookConfig>>;
}

export interface Config {
  readonly label: string;
  /** Address of the first relay. */
  readonly relayUrl: string | null;
  readonly relays: readonly RelaySetting[];
  readonly localOnly: boolean;
  readonly logLevel: string;
  /** `{key: {kind, value}}`; the same object until the file is read again. */
  readonly policyFloor: JsonObject;
  /** After so many days of silence a device is not waited for before deleted records are collected. */
  readonly tombstonesExpireDays: number;
  /** Of linked folders, in bytes; an engine may have its own. */
  readonly largestFileBytes: number;
  readonly engines: Readonly<Record<string, EngineConfig>>;
  /** One on the desktop when something begins to wait. */
  readonly notifications: boolean;
  readonly hooks: Readonly<Record<string, HookConfig>>;
  readonly origins: readonly { readonly key: string; readonly value: unknown; readonly origin: string }[];
}

const variables = { relayUrl: 'SOURCESYNC_RELAY_URL', logLevel: 'SOURCESYNC_LOG' } as const;
/** 1 GiB. */
export const defaultLargestFileBytes: number = 1024 ** 3;
const maximumConfigBytes = 256 * 1024;

// Verbose errors carry the schema around them, which names the settings that exist.
let compiled: ValidateFunction<ConfigFile> | undefined;

/** Loaded and compiled at first use: most commands only speak to the daemon, and answer at once without it. */
function configCheck(): ValidateFunction<ConfigFile> {
  const load = createRequire(import.meta.url) as (name: string) => { readonly Ajv2020: typeof Ajv2020 };
  compiled ??= new (load('ajv/dist/2020.js').Ajv2020)({
    allErrors: true,
    strict: false,
    verbose: true,
    ...{ validateSchema: false, meta: false },
  }).compile<ConfigFile>(JSON.parse(readFileSync(join(packageRoot, 'schemas', 'config.json'), 'utf8')) as object);
  return compiled;
}

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
  const surroundings = readEnvironment(environment);
  if (!surroundings.ok) {
    return surroundings;
  }
  const origins: Config['origins'][number][] = [];
  function pick<T>(key: string, choices: readonly (readonly [T | undefined, string])[], fallback: T): T {
    const [value, origin] = choices.find(([choice]) => choice !== undefined) ?? [fallback, 'default'];
    origins.push({ key, value, origin });
    return value as T;
  }
  const { device, relay, log, engines, policy, tombstones, folders, notifications, hooks } = file.value;
  const policyFloor = policy?.floor ?? {};
  const fault = floorFault(policyFloor);
  if (fault !== undefined) {
    return err(`${path}: policy.floor: ${fault}`);
  }
  for (const [key, rule] of Object.entries(policyFloor)) {
    origins.push({ key: `policy.floor."${key}"`, value: rule, origin: path });
  }
  const label = pick('device.label', [[device?.label, path]], hostname());
  const environmentUrl = surroundings.value.relay?.url;
  const sources: RelaySources = {
    ...{ table: relay ?? {}, path, environment },
    override: overrideOf([flags.relayUrl, 'flag'], [environmentUrl, variables.relayUrl]),
  };
  const relays = relaySettings(sources);
  if (!relays.ok) {
    return relays;
  }
  origins.push(...relayOrigins(sources, relays.value));
  const relayUrl = relays.value[0]?.address.text ?? null;
  const localOnly = pick('relay.local_only', [[relay?.local_only, path]], false);
  const logLevel = pick(
    'log.level',
    [
      [surroundings.value.log?.level, variables.logLevel],
      [log?.level, path],
    ],
    'info',
  );
  const tombstonesExpireDays = pick('tombstones.expire_days', [[tombstones?.expire_days, path]], 180);
  const largestFileBytes = pick('folders.max_file_size', [[folders?.max_file_size, path]], defaultLargestFileBytes);
  const isNotified = pick('notifications.enabled', [[notifications?.enabled, path]], true);
  for (const [name, settings] of Object.entries(hooks ?? {})) {
    for (const [key, value] of Object.entries(settings)) {
      origins.push({ key: `hooks.${name}.${key}`, value, origin: path });
    }
  }
  for (const [engineId, settings] of Object.entries(engines ?? {})) {
    for (const [key, value] of Object.entries(settings)) {
      origins.push({ key: `engines."${engineId}".${key}`, value, origin: path });
    }
  }
  return ok({
    label,
    relayUrl,
    relays: relays.value,
    localOnly,
    logLevel,
    policyFloor,
    tombstonesExpireDays,
    largestFileBytes,
    engines: engines ?? {},
    notifications: isNotified,
    hooks: hooks ?? {},
    origins,
  });
}

/** Why a floor is not taken over, in words: what is there is meant to bind, so that nothing in it may be left out. */
function floorFault(floor: JsonObject): string | undefined {
  return Object.entries(floor)
    .map(([key, rule]) => faultOfRule(key, termOf(rule), rule))
    .find((fault) => fault !== undefined);
}

function overrideOf(...choices: readonly (readonly [string | undefined, string])[]): RelaySources['override'] {
  const [url, origin] = choices.find(([choice]) => choice !== undefined) ?? [undefined, ''];
  return url === undefined ? undefined : { url, origin };
}

/** What the environment sets, in the shape of the file; an empty variable counts as unset. */
function readEnvironment(environment: NodeJS.ProcessEnv): Result<ConfigFile, string> {
  const url = environment[variables.relayUrl] ?? '';
  const level = environment[variables.logLevel] ?? '';
  if (url !== '' && !configCheck()({ relay: { url } })) {
    return err(`${variables.relayUrl} is no address of a relay. Write ws://HOST:PORT or wss://HOST.`);
  }
  if (level !== '' && !configCheck()({ log: { level } })) {
    return err(
      `${variables.logLevel} is no level of logging. Write one of: fatal, error, warn, info, debug, trace, silent.`,
    );
  }
  return ok({ ...(url === '' ? {} : { relay: { url } }), ...(level === '' ? {} : { log: { level } }) });
}

/** An absent file is an empty one. */
function readConfigFile(path: string): Result<ConfigFile, string> {
  let bytes: Buffer;
  try {
    const { size } = statSync(path);
    if (size > maximumConfigBytes) {
      return err(`${path} has ${size} bytes; a configuration has at most ${maximumConfigBytes}.`);
    }
    bytes = readFileSync(path);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT'
      ? ok({})
      : err(`${path} cannot be read: ${(cause as Error).message}`);
  }
  let value: unknown;
  try {
    value = parseToml(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    return err(`${path} is not valid TOML${placeOf(cause)}`);
  }
  return configCheck()(value) ? ok(value) : err(faultText(path));
}

/** Where it breaks off and why. The line itself is not shown: a token may stand in it. */
function placeOf(cause: unknown): string {
  const [said] = (cause as Error).message.replace('Invalid TOML document: ', '').split('\n');
  return cause instanceof TomlError ? `, line ${cause.line}, column ${cause.column}: ${said}` : `: ${said}`;
}

/** For a command that does nothing without the settings. */
export function configFault(problem: string): CommandFault {
  const message = `${problem}${/[.?]$/.test(problem) ? '' : '.'} Correct that, and run this command again; nothing was changed.`;
  return { exitCode: exitCodes.failed, message };
}

function faultText(path: string): string {
  const faults = (configCheck().errors ?? []).map(({ instancePath, keyword, params, parentSchema, message }) => {
    const where = instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', '.');
    if (keyword === 'enum') {
      return `${where} must be one of ${(params as { allowedValues: readonly unknown[] }).allowedValues.join(', ')}`;
    }
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
