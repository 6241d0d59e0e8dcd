import { readFileSync, statSync } from 'node:fs';
import { type RelayAddress, parseRelayAddress, withPin } from '../../base/relay-address.ts';
import { type Result, err, ok } from '../../base/result.ts';

/** The `[relay]` table of config.toml as its schema describes it. */
export interface RelayTable {
  readonly url?: string;
  readonly urls?: readonly string[];
  readonly pin?: string;
  readonly token?: string;
  readonly tokens?: Readonly<Record<string, string>>;
  readonly local_only?: boolean;
}

/** One relay that this device uses. */
export interface RelaySetting {
  readonly address: RelayAddress;
  /** The operator's leave to found scopes there. */
  readonly registrationToken: string | null;
}

const relayTokenVariable = 'SOURCESYNC_RELAY_TOKEN_FILE';

const largestTokenFileBytes = 1024;
const tokenPattern = /^srt1_[A-Za-z0-9_-]{64}$/;

/** Where the settings of relays come from; an address from elsewhere than the file stands alone. */
export interface RelaySources {
  readonly table: RelayTable;
  /** The file of the table, for words. */
  readonly path: string;
  readonly override: { readonly url: string; readonly origin: string } | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** The relays in force; the first orders membership and is met for pairing. A fault is in words. */
export function relaySettings(sources: RelaySources): Result<readonly RelaySetting[], string> {
  const { table, environment } = sources;
  const addresses = addressesOf(sources);
  if (!addresses.ok) {
    return addresses;
  }
  const first = tokenFromEnvironment(environment);
  if (!first.ok) {
    return first;
  }
  const tokens = tokensByUrl(sources);
  if (!tokens.ok) {
    return tokens;
  }
  return ok(
    addresses.value.map((address, index) => ({
      address,
      // A token is worth something to whoever sees it, so that each is shown to its own relay alone.
      registrationToken:
        (index === 0 ? (first.value ?? table.token) : undefined) ?? tokens.value.get(address.url) ?? null,
    })),
  );
}

/** What is shown of them, with where it comes from; of a token only that there is one. */
export function relayOrigins(
  { path, override, environment }: RelaySources,
  relays: readonly RelaySetting[],
): readonly { readonly key: string; readonly value: unknown; readonly origin: string }[] {
  const [first] = relays;
  const isFromEnvironment = (environment[relayTokenVariable] ?? '') !== '';
  const texts = relays.map(({ address }) => address.text);
  const origin = override?.origin ?? (first === undefined ? 'default' : path);
  return [
    { key: 'relay.url', value: texts[0] ?? null, origin },
    ...(texts.length > 1 ? [{ key: 'relay.urls', value: texts, origin }] : []),
    ...(first === undefined || first.registrationToken === null
      ? []
      : [{ key: 'relay.token', value: true, origin: isFromEnvironment ? relayTokenVariable : path }]),
  ];
}

/** The token in a file that its owner keeps out of the way of command lines and process lists. */
export function readTokenFile(path: string): Result<string, string> {
  let text: string;
  try {
    const { size } = statSync(path);
    text = size > largestTokenFileBytes ? '' : readFileSync(path, 'utf8').trim();
  } catch (cause) {
    return err(`${path} cannot be read: ${(cause as Error).message}`);
  }
  return tokenPattern.test(text)
    ? ok(text)
    : err(`${path} holds no registration token. One is made by: sourcesync relay token create`);
}

function addressesOf({ table, path, override }: RelaySources): Result<readonly RelayAddress[], string> {
  if (table.url !== undefined && table.urls !== undefined) {
    return err(`${path}: relay has url and urls. Keep one of them: urls lists them all, beginning with what url says.`);
  }
  const listed = table.urls ?? (table.url === undefined ? [] : [table.url]);
  const where = override?.origin ?? path;
  const addresses: RelayAddress[] = [];
  for (const [index, text] of (override === undefined ? listed : [override.url]).entries()) {
    const parsed = parseRelayAddress(text);
    const pin = override === undefined && index === 0 ? table.pin : undefined;
    const address = parsed && (pin === undefined ? parsed : withPin(parsed, pin));
    if (parsed === undefined) {
      return err(`${where}: ${text} is no address of a relay. ${howToWriteIt}`);
    }
    if (address === undefined) {
      return err(`${path}: relay.pin does not go with ${text}: a pin needs a wss:// address that carries no other.`);
    }
    if (addresses.some(({ url }) => url === address.url)) {
      return err(`${path}: relay.urls names ${address.url} twice. Name each relay once.`);
    }
    addresses.push(address);
  }
  return ok(addresses);
}

export const howToWriteIt =
  'Write ws://HOST:PORT or wss://HOST, for a relay whose key you know with #pin=sha256-… behind it.';

function tokenFromEnvironment(environment: NodeJS.ProcessEnv): Result<string | undefined, string> {
  const path = environment[relayTokenVariable] ?? '';
  if (path === '') {
    return ok(undefined);
  }
  const token = readTokenFile(path);
  return token.ok ? token : err(`${relayTokenVariable}: ${token.error}`);
}

function tokensByUrl({ table, path }: RelaySources): Result<ReadonlyMap<string, string>, string> {
  const tokens = new Map<string, string>();
  for (const [text, token] of Object.entries(table.tokens ?? {})) {
    const address = parseRelayAddress(text);
    if (address === undefined) {
      return err(`${path}: relay.tokens: ${text} is no address of a relay. ${howToWriteIt}`);
    }
    tokens.set(address.url, token);
  }
  return ok(tokens);
}
