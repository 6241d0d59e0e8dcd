import { type JsonObject, isJsonObject } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { hidesCharacters } from './plain-value.ts';

/** Commands that move about, show something or edit the text at the cursor, without words of their own. */
const harmlessCommands = new RegExp(
  `^(${[
    String.raw`editor\.action\.(?!insertSnippet|execute|codeAction|autoFix|fixAll|sourceAction|organizeImports|openLink|webvieweditor|clipboardPaste|refactor|quickFix|formatDocument|formatSelection|pasteAs)[\w.]+`,
    String.raw`editor\.(un)?fold\w*`,
    String.raw`(cursor|scroll)\w*|tab|outdent|undo|redo|delete(Left|Right|Word\w*|AllLeft|AllRight|InsideWord)`,
    String.raw`list\.(focus|expand|collapse|clear|toggle)\w*`,
    String.raw`selectNext\w*|acceptSelectedSuggestion|selectPrevSuggestion|hideSuggestWidget|closeFindWidget|breadcrumbs\.\w+|actions\.find\w*`,
    String.raw`workbench\.action\.files\.(save|saveAll|newUntitledFile)`,
    String.raw`workbench\.action\.(close|focus|next|previous|open(Next|Previous|First|Last)|navigate|split|pin|unpin|quickOpen|gotoLine|gotoSymbol|zoom|increase|decrease|maximize|minimize|keepEditor|reopenClosedEditor)\w*`,
    String.raw`workbench\.action\.(showCommands|showAllEditors|showAllSymbols|evenEditorWidths|move(Editor|ActiveEditor)\w+|joinTwoGroups|(last|first)EditorInGroup)`,
    String.raw`workbench\.action\.toggle(SidebarVisibility|Panel|ZenMode|FullScreen|ActivityBarVisibility|StatusbarVisibility|AuxiliaryBar|CenteredLayout|MaximizedPanel|EditorVisibility|EditorGroupLayout|MenuBar)`,
    String.raw`workbench\.action\.terminal\.(toggleTerminal|focus\w*|scroll\w+|clear|new|split|resize\w+|toggleFindWidget)`,
    String.raw`workbench\.view\.(explorer|search|scm|debug|extensions)|workbench\.files\.action\.(focus|show|collapse)\w+|search\.action\.focus\w+`,
  ].join('|')})$`,
);

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeKeybinding(next: JsonObject | null): Judgement {
  if (next === null) {
    return harmless;
  }
  const { kind: _kind, host: _host, profile = '', name, binding, ...others } = next;
  if (!isJsonObject(binding) || typeof profile !== 'string' || Object.keys(others).length > 0) {
    return dangerous('it is no key binding as this version knows them');
  }
  const { key, command, when = '', args, ...more } = binding;
  if (
    typeof key !== 'string' ||
    typeof command !== 'string' ||
    typeof when !== 'string' ||
    Object.keys(more).length > 0
  ) {
    return dangerous('it is no key binding as this version knows them');
  }
  if (name !== `${key} ${command}`) {
    return dangerous('it is called other than what it does');
  }
  if (hidesCharacters(binding) || hidesCharacters(profile)) {
    return dangerous('it has characters in it that are not shown');
  }
  if (/^-[\w.-]+$/.test(command) && args === undefined) {
    return harmless;
  }
  if (isTyped(key)) {
    return dangerous(`it runs ${textOf(command)} on a key that is used for typing: ${textOf(key)}`);
  }
  if (args !== undefined) {
    return dangerous(`it runs ${textOf(command)} with ${textOf(args)}`);
  }
  return harmlessCommands.test(command)
    ? harmless
    : dangerous(`it runs ${textOf(command)}, of which nobody knows here what it does`);
}

/** A letter, a digit or the like by itself: whoever types it runs what it is bound to. */
function isTyped(key: string): boolean {
  return key
    .trim()
    .split(/\s+/)
    .slice(0, 1)
    .some((part) => /^(shift\+)?([^+\s]|space|enter)$/i.test(part));
}
