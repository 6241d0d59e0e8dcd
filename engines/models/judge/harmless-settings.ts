import type { JsonValue } from '../../../src/base/json.ts';
import type { Difference } from './differences.ts';

/** How words are chosen, how many there are, and how often one asks: numbers that reach nobody. */
const numbers = new Set(
  [
    'temperature top_p topP top_k topK min_p minP presence_penalty presencePenalty frequency_penalty frequencyPenalty seed',
    'max_tokens maxTokens max_output_tokens max_completion_tokens maxPromptTokens contextLength context_length num_ctx',
    'numCtx n_ctx context_window context output max_input_tokens keepAlive numThreads debounceDelay maxSuffixPercentage',
    'prefixPercentage rpm tpm weight map-tokens map-multiplier-no-files max-chat-history-tokens cache-keepalive-pings',
  ].flatMap((line) => line.split(' ')),
);

const timeouts = new Set(['timeout', 'request_timeout', 'stream_timeout', 'modelTimeout']);
const texts = new Set(['description', 'comment', 'notes']);

/** Parts of a route that hold nothing but how it is asked. */
const groups = new Set([
  'settings',
  'defaultCompletionOptions',
  'completionOptions',
  'autocompleteOptions',
  'litellm_params',
  'model_info',
  'parameters',
  'limit',
  'options',
  'requestOptions',
]);

/** What Aider shows, and how. */
const lookOfAider =
  /^(dark-mode|light-mode|pretty|stream|fancy-input|multiline|vim|show-diffs|show-release-notes|code-theme|[a-z]+(-[a-z]+)*-color|[a-z-]+-background-color)$/;

/** True for a difference of which it is known that it changes neither who is asked nor what is said to them. */
export function isHarmless(
  { path, was, is }: Difference,
  app: JsonValue | undefined,
  name: JsonValue | undefined,
): boolean {
  const key = keyOf(path, name);
  if (key === undefined) {
    return false;
  }
  if (numbers.has(key)) {
    return areAll([was, is], 'number');
  }
  if (timeouts.has(key)) {
    return typeof was === 'number' && typeof is === 'number' && is > was;
  }
  if (texts.has(key)) {
    return areAll([was, is], 'string');
  }
  return (
    switchesOff(path, was, is) || (app === 'aider' && path[0] === 'settings' && lookOfAider.test(key) && isPlain(is))
  );
}

/** The name of a value that stands where such a value may; a unit of one value has the name of its record. */
function keyOf(path: readonly string[], name: JsonValue | undefined): string | undefined {
  if (path.length === 1 && path[0] === 'settings') {
    return typeof name === 'string' ? name.slice(name.lastIndexOf('.') + 1) : undefined;
  }
  const [first, ...rest] = path[0] === 'settings' ? path.slice(1) : path;
  const inner = first === 'models' && rest.length > 1 ? rest.slice(1) : [first ?? '', ...rest];
  return inner.slice(0, -1).every((part) => groups.has(part)) ? inner.at(-1) : undefined;
}

function areAll(values: readonly (JsonValue | undefined)[], type: 'number' | 'string'): boolean {
  return values.every((value) => value === undefined || typeof value === type);
}

/** A route that is asked no more. */
function switchesOff(path: readonly string[], was: JsonValue | undefined, is: JsonValue | undefined): boolean {
  const isTop = path.length === 1 || (path.length === 2 && path[0] === 'settings');
  const key = path.at(-1);
  return (
    isTop &&
    ((key === 'enabled' && was === true && is === false) || (key === 'disabled' && was !== true && is === true))
  );
}

function isPlain(value: JsonValue | undefined): boolean {
  return (
    value === undefined || typeof value === 'boolean' || (typeof value === 'string' && /^[\w #-]{1,40}$/.test(value))
  );
}
