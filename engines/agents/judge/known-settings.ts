import { type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';

/** A setting that is known: when a change of it is harmless, and what it is about. Undefined stands for one that is not set. */
export interface SettingRule {
  readonly isHarmless: (was: JsonValue | undefined, is: JsonValue | undefined) => boolean;
  readonly words: string;
}

const none: ReadonlyMap<string, SettingRule> = new Map();

export function rulesOf(app: JsonValue | undefined): ReadonlyMap<string, SettingRule> {
  return app === 'claude' ? claude : app === 'codex' ? codex : none;
}

/** Anything that fits, and that it is not set. */
const when = (fits: (value: JsonValue) => boolean): SettingRule => ({
  isHarmless: (_was, is) => is === undefined || fits(is),
  words: 'its value is none that is known',
});

const isSwitch = (value: JsonValue): boolean => typeof value === 'boolean';
const isWord = (value: JsonValue): boolean => typeof value === 'string' && /^[a-z][a-z0-9-]{0,30}$/i.test(value);

const never = (words: string): SettingRule => ({ isHarmless: () => false, words });
/** Harmless is that it is gone, or one of these values. */
const less = (words: string, ...values: readonly JsonValue[]): SettingRule => ({
  isHarmless: (_was, is) => is === undefined || values.includes(is),
  words,
});

/** From the most careful to the least; what is not set is none of them. */
function ordered(words: string, ...levels: readonly string[]): SettingRule {
  const rank = (value: JsonValue | undefined): number => (typeof value === 'string' ? levels.indexOf(value) : -1);
  return {
    isHarmless: (was, is) => {
      const [from, to] = [rank(was), rank(is)];
      return to === 0 || (to > 0 && from >= to);
    },
    words,
  };
}

const runs = 'it is run';

const claude: ReadonlyMap<string, SettingRule> = new Map([
  ...[
    ...['spinnerTipsEnabled', 'verbose', 'alwaysThinkingEnabled', 'showTurnDuration', 'prefersReducedMotion'],
    ...['terminalProgressBarEnabled', 'includeCoAuthoredBy', 'showThinkingSummaries'],
  ].map((name) => [name, when(isSwitch)] as const),
  ...['theme', 'editorMode', 'preferredNotifChannel', 'effortLevel', 'language'].map(
    (name) => [name, when(isWord)] as const,
  ),
  ['statusLine', { isHarmless: isSameCommand, words: runs }],
  ['fileSuggestion', { isHarmless: isSameCommand, words: runs }],
  ['apiKeyHelper', less(`${runs}, and what it prints is the key`)],
  ...['awsAuthRefresh', 'awsCredentialExport', 'otelHeadersHelper'].map((name) => [name, less(runs)] as const),
  ['enableAllProjectMcpServers', less('each repository brings servers that start unasked', false)],
  ['enabledMcpjsonServers', less('servers of repositories start unasked')],
  ['disabledMcpjsonServers', never('servers of repositories may start')],
  ['permissions/defaultMode', ordered('less is asked', 'plan', 'default', 'acceptEdits', 'bypassPermissions')],
  ['permissions/disableBypassPermissionsMode', only('disable', 'everything may be allowed at once again')],
  ['skipDangerousModePermissionPrompt', less('nothing warns of running without questions', false)],
  ['sandbox', never('it says what commands are shut off from')],
  ['disableAllHooks', never('hooks may keep something from happening')],
  ['enabledPlugins', never('plugins bring commands, hooks and servers')],
  ['extraKnownMarketplaces', never('plugins come from there')],
  ['model', never('another model answers')],
  ['outputStyle', never('it is part of what the model is told')],
  ['forceLoginMethod', never('it decides who is asked')],
]);

const codex: ReadonlyMap<string, SettingRule> = new Map([
  ...['hide_agent_reasoning', 'show_raw_agent_reasoning', 'disable_paste_burst'].map(
    (name) => [name, when(isSwitch)] as const,
  ),
  ...['model_reasoning_effort', 'model_reasoning_summary', 'model_verbosity', 'plan_mode_reasoning_effort'].map(
    (name) => [name, when(isWord)] as const,
  ),
  ['tui', when(isLook)],
  ['approval_policy', ordered('less is asked', 'untrusted', 'on-request', 'on-failure', 'never')],
  ['sandbox_mode', ordered('commands are shut off from less', 'read-only', 'workspace-write', 'danger-full-access')],
  ['sandbox_workspace_write', { isHarmless: isTighter, words: 'it says what commands are shut off from' }],
  ['notify', less(`${runs} after each turn`)],
  ['model', never('another model answers')],
  ['model_provider', never('all that is asked goes to another provider')],
  ['openai_base_url', never('all that is asked goes there')],
  ['chatgpt_base_url', never('all that is asked goes there')],
  ['shell_environment_policy', never('it says what commands learn of the environment')],
  ['profile', never('it changes many settings at once')],
  ['profiles', never('each of them is many settings')],
  ['features', never('it switches on what is not finished')],
  ['instructions', never('it is part of what the model is told')],
  ['developer_instructions', never('it is part of what the model is told')],
]);

function only(value: string, words: string): SettingRule {
  return { isHarmless: (_was, is) => is === value, words };
}

/** What is run is the same, or is gone. */
function isSameCommand(was: JsonValue | undefined, is: JsonValue | undefined): boolean {
  if (is === undefined) {
    return true;
  }
  if (!isJsonObject(was) || !isJsonObject(is)) {
    return false;
  }
  const { padding: _was, ...had } = was;
  const { padding: _is, ...has } = is;
  return sameValue(had, has);
}

/** Colours and the like of the screen. */
function isLook(value: JsonValue): boolean {
  const known = ['theme', 'animations', 'show_tooltips', 'alternate_screen', 'notification_method', 'status_line'];
  return (
    isJsonObject(value) &&
    Object.entries(value).every(
      ([name, said]) =>
        (known.includes(name) && (isSwitch(said) || isWord(said))) ||
        (name === 'notifications' && isSwitch(said)) ||
        (name === 'status_line' && Array.isArray(said) && (said as readonly JsonValue[]).every(isWord)),
    )
  );
}

/** No network, and no folder more than before. */
function isTighter(was: JsonValue | undefined, is: JsonValue | undefined): boolean {
  if (!isJsonObject(is)) {
    return false;
  }
  const had = isJsonObject(was) ? was : {};
  const roots = (value: JsonValue | undefined): readonly JsonValue[] =>
    Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  const {
    network_access: network,
    exclude_slash_tmp: slash,
    exclude_tmpdir_env_var: tmp,
    writable_roots: folders,
    ...more
  } = is;
  return (
    Object.keys(more).length === 0 &&
    (network === undefined || network === false) &&
    (folders === undefined || Array.isArray(folders)) &&
    roots(folders).every((folder) => roots(had['writable_roots']).includes(folder)) &&
    (slash === true || slash === had['exclude_slash_tmp']) &&
    (tmp === true || tmp === had['exclude_tmpdir_env_var'])
  );
}
