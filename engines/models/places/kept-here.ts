import type { JsonValue } from '../../../src/base/json.ts';
import { namesHome } from '../../shared/home-folder.ts';
import { holdsKnownToken } from '../../shared/known-tokens.ts';

/** Why a unit stays on this machine: it holds a password, or means nothing elsewhere. Undefined where it may travel. */
export function whyKeptHere(value: JsonValue, home: string, name = ''): 'secret' | 'of this machine' | undefined {
  const texts = textsIn(value, name);
  if (texts.some(holdsSecret)) {
    return 'secret';
  }
  return texts.some(({ text }) => namesThisMachine(text, home)) ? 'of this machine' : undefined;
}

/** The same in words; of what has no such reason, nobody can tell what it is. */
export function whyInWords(why: ReturnType<typeof whyKeptHere>): string {
  return why === undefined
    ? 'nobody can tell what it is'
    : why === 'secret'
      ? 'it holds what looks like a secret'
      : 'it names something of this machine';
}

interface NamedText {
  readonly name: string;
  /** It stands in a map of headers, or of an environment: of such the name says little. */
  readonly isPassed: boolean;
  readonly text: string;
}

/** Values, and names of members too. */
function textsIn(value: JsonValue, name: string, isPassed = false): readonly NamedText[] {
  if (typeof value === 'string') {
    return [{ name, isPassed, text: value }];
  }
  if (typeof value !== 'object' || value === null) {
    return isSecretName(name) && typeof value === 'number' && value > lastPlainNumber
      ? [{ name, isPassed, text: String(value) }]
      : [];
  }
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).flatMap((item) => textsIn(item, name, isPassed));
  }
  return Object.entries(value).flatMap(([member, inner]) => [
    { name: '', isPassed: false, text: member },
    ...textsIn(inner as JsonValue, member, isPassed || passing.test(name) || passing.test(member)),
  ]);
}

const passing = /headers?$|^(set-)?env$|^environment/i;

/** More than any count of tokens. */
const lastPlainNumber = 100_000_000;

function holdsSecret({ name, isPassed, text }: NamedText): boolean {
  if (
    looksLikeToken(text) ||
    hasUser(text) ||
    /(^|[?&;\s])[\w-]*(key|token|secret|password|sig)[\w-]*=[^&\s]/i.test(text)
  ) {
    return true;
  }
  return (isPassed || isSecretName(name)) && !isReference(text) && !placeholders.has(text.toLowerCase());
}

/** `maxTokens` and its like are counts, and no tokens of anybody. */
function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const isSecret =
    /key|token|secret|passw|passphrase|credential|authorization|bearer|cookie|pwd|pass$|^auth$|license/.test(plain);
  return (
    isSecret &&
    !/tokens$|tokens?(limit|count|budget)|tokenizer|keepalive|keybind|keymap|^cachekey|tokensper/.test(plain)
  );
}

/** A value that is kept elsewhere, by its name. */
function isReference(text: string): boolean {
  return /^(\$\{\{ *(secrets|inputs)\.[\w./-]+ *\}\}|\$\{(env:)?[A-Za-z_]\w*\}|\$[A-Z_]+|os\.environ\/\w+|\{env:\w+\})$/.test(
    text,
  );
}

/** What people write where an application insists on a key that nobody looks at. */
const placeholders = new Set(['', 'none', 'null', 'empty', 'ollama', 'lm-studio', 'not-needed', 'no-key', 'dummy']);

const knownTokens =
  /(^|[^A-Za-z0-9])(sk-|sk_|pk-lf-|ghp_|gho_|github_pat_|glpat-|hf_|gsk_|xai-|nvapi-|r8_|pplx-|AIza|AKIA|eyJ|xox[a-z]-|Bearer\s|Basic\s)[\w.+/=-]{6,}/;

/** A run of letters and digits that is no word: real names of models have hyphens and points in them. */
function looksLikeToken(text: string): boolean {
  return (
    holdsKnownToken(text) ||
    knownTokens.test(text) ||
    (text.match(/[A-Za-z0-9]{24,}/g) ?? []).some((run) => /\d/.test(run) && /[A-Za-z]/.test(run))
  );
}

/** An address with a user in it. */
function hasUser(text: string): boolean {
  return /:[/\\]{2}[^/\\?#\s]*@/.test(text);
}

/** The home folder, however it is written, and paths that are found from the root or from home. */
function namesThisMachine(text: string, home: string): boolean {
  const plain = text.replaceAll(/%([0-9a-fA-F]{2})/g, (_code, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return (
    namesHome(text, home) ||
    /^\s*(\/(?!\/)|~|\\\\|[A-Za-z]:[\\/]|file:|unix:|https?\+unix:)/.test(plain) ||
    /(^|[\s"'=:,])(\/(home|Users|root|tmp|var|etc|opt|usr|mnt)\/|[A-Za-z]:\\)/.test(plain)
  );
}
