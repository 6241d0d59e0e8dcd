import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { parsedJson } from './parsed-json.ts';

const mostNames = 500;

/** What of a record an extension's own `package.json` says; undefined where it is none. */
export function manifestFields(text: string): JsonObject | undefined {
  const manifest = parsedJson(text);
  if (!isJsonObject(manifest)) {
    return undefined;
  }
  const { main, browser, activationEvents, extensionDependencies, extensionPack, engines, contributes, scripts } =
    manifest;
  return {
    ...named('main', main),
    ...named('browser', browser),
    // The editor runs it when the extension goes, also of one that has no code otherwise.
    ...named('uninstall', isJsonObject(scripts) ? scripts['vscode:uninstall'] : undefined),
    ...listed('activationEvents', namesOf(activationEvents)),
    ...listed('extensionDependencies', lowered(extensionDependencies)),
    ...listed('extensionPack', lowered(extensionPack)),
    ...listed('permissions', permissionsOf(manifest)),
    ...listed('contributes', isJsonObject(contributes) ? Object.keys(contributes) : []),
    ...(isJsonObject(engines) && typeof engines['vscode'] === 'string'
      ? { engines: { vscode: engines['vscode'] } }
      : {}),
  };
}

function named(name: string, value: JsonValue | undefined): JsonObject {
  return typeof value === 'string' && value.isWellFormed()
    ? { [name]: value }
    : value === undefined
      ? {}
      : { [name]: '?' };
}

/** Order means nothing: equal on every machine. */
function listed(name: string, values: readonly string[]): JsonObject {
  const all = [...new Set(values)].filter((value) => value.isWellFormed()).sort();
  return all.length === 0 ? {} : { [name]: all.slice(0, mostNames) };
}

function namesOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function lowered(value: JsonValue | undefined): readonly string[] {
  return namesOf(value).map((id) => id.toLowerCase());
}

/** What it declares that it may do where others may not. */
function permissionsOf({ capabilities, enabledApiProposals }: JsonObject): readonly string[] {
  const { untrustedWorkspaces } = isJsonObject(capabilities) ? capabilities : {};
  const { supported } = isJsonObject(untrustedWorkspaces) ? untrustedWorkspaces : {};
  return [
    ...(supported === true ? ['untrustedWorkspaces'] : supported === 'limited' ? ['untrustedWorkspaces:limited'] : []),
    ...namesOf(enabledApiProposals).map((proposal) => `api:${proposal}`),
  ];
}
