import type { JsonValue } from '../../../src/base/json.ts';
import { isListOf, isMapOf, isStyle, isSwitch, isWord, isWordOrSwitch } from './plain-value.ts';

type IsPlain = (value: JsonValue) => boolean;

const isSimple: IsPlain = (value) => isWordOrSwitch(value) || isListOf(isWordOrSwitch)(value);

/**
 * Settings of which it is known that such a value of them only changes what is seen, or how text is typed: none runs
 * anything, reaches another machine, lets anybody in, hides what is in a text, or takes a question away.
 */
const harmlessSettings: readonly (readonly [keys: RegExp, isPlain: IsPlain])[] = [
  [/^editor\.renderControlCharacters$/, (value) => value === true],
  [
    /^editor\.unicodeHighlight\.(ambiguousCharacters|invisibleCharacters|includeComments|includeStrings|nonBasicASCII)$/,
    (value) => value === true || value === 'inUntrustedWorkspace',
  ],
  [/^editor\.(token|semanticToken)ColorCustomizations$/, isStyle],
  [/^workbench\.colorCustomizations$/, isStyle],
  [/^editor\.rulers$/, isStyle],
  [/^editor\.(quickSuggestions|suggest\.filteredTypes|stickyScroll|hover|minimap)$/, isMapOf(isWordOrSwitch)],
  [/^(files\.(exclude|watcherExclude|readonlyInclude|readonlyExclude)|search\.exclude)$/, isMapOf(isSwitch)],
  [/^(files\.associations|emmet\.includeLanguages)$/, isMapOf(isWord)],
  [
    /^explorer\.fileNesting\.patterns$/,
    isMapOf((value) => isWord(value) || (typeof value === 'string' && /^[\w $().,*{}?-]*$/.test(value))),
  ],
  [
    /^editor\.(?!unicodeHighlight|codeActions|defaultFormatter|renderControlCharacters|experimental\.)[A-Za-z][\w.-]*$/,
    isSimple,
  ],
  [
    /^files\.(autoSave|autoSaveDelay|autoSaveWhenNoErrors|autoSaveWorkspaceFilesOnly|eol|encoding|autoGuessEncoding|insertFinalNewline|trimFinalNewlines|trimTrailingWhitespace|trimTrailingWhitespaceInRegexAndStrings|defaultLanguage|hotExit|restoreUndoStack|maxMemoryForLargeFilesMB|refactoring\.autoSave)$/,
    (value) => isWordOrSwitch(value),
  ],
  [
    /^workbench\.((color|icon|productIcon)Theme|preferred(Dark|Light|HighContrast|HighContrastLight)ColorTheme|startupEditor|fontAliasing|layoutControl\.\w+|(sideBar|activityBar|statusBar|panel|tree|list|tips|hover|sash|view|secondarySideBar|navigationControl|quickOpen|commandPalette|reduceMotion|welcomePage|breadcrumbs)(\.[\w.]+)?)$/,
    isWordOrSwitch,
  ],
  [/^workbench\.editor\.(?!customLabels|associations|languageDetection)[\w.]+$/, isWordOrSwitch],
  [
    /^(breadcrumbs|outline|problems|diffEditor|zenMode|search|accessibility|screencastMode|scm|timeline)\.(?!.*(path|command|exec|server|url|env|args|script|confirm))[\w.-]+$/i,
    isSimple,
  ],
  [/^explorer\.(?!confirm)[\w.]+$/, isSimple],
  [/^explorer\.confirm\w+$/, (value) => value === true],
  [
    /^window\.(title|titleSeparator)$/,
    (value) =>
      typeof value === 'string' && value.length <= 300 && /^(\$\{\w+\}|[\p{L}\p{N} .,'#%()+:_|•·—–-])*$/u.test(value),
  ],
  [
    /^window\.(autoDetectColorScheme|autoDetectHighContrast|commandCenter|confirmBeforeClose|customMenuBarAltFocus|density\.\w+|dialogStyle|doubleClickIconToClose|enableMenuBarMnemonics|menuBarVisibility|nativeFullScreen|nativeTabs|newWindowDimensions|openFilesInNewWindow|openFoldersInNewWindow|restoreFullscreen|restoreWindows|titleBarStyle|customTitleBarVisibility|controlsStyle|zoomPerWindow|zoomLevel|closeWhenEmpty)$/,
    isWordOrSwitch,
  ],
  [
    /^terminal\.integrated\.(font\w+|lineHeight|letterSpacing|cursor\w+|scrollback|minimumContrastRatio|drawBoldTextInBrightColors|smoothScrolling|enableBell|enableVisualBell|tabs\.(?!title|description)\w+|gpuAcceleration|mouseWheel\w+|fastScrollSensitivity|wordSeparators|hideOnStartup|defaultLocation|shellIntegration\.(decorationsEnabled|showCommandGuide)|textBlinking|customGlyphs|unicodeVersion)$/,
    isWordOrSwitch,
  ],
  [
    /^debug\.(inlineValues|toolBarLocation|showInStatusBar|console\.(font\w+|lineHeight|wordWrap|historySuggestions)|openDebug|internalConsoleOptions|showBreakpointsInOverviewRuler|showInlineBreakpointCandidates|hideLauncherWhileDebugging)$/,
    isWordOrSwitch,
  ],
  [
    /^notebook\.(lineNumbers|cellToolbarLocation|compactView|output\.(font\w+|lineHeight|scrolling|wordWrap|textLineLimit)|markup\.fontSize|insertToolbarLocation|showCellStatusBar|dragAndDropEnabled)$/,
    isWordOrSwitch,
  ],
  [
    /^git\.(decorations\.enabled|blame\.\w+\.enabled|showProgress|showCommitInput|inputValidation\w*|countBadge|untrackedChanges|showActionButton|mergeEditor|verboseCommit|timeline\.\w+|branchSortOrder|defaultBranchName)$/,
    isWordOrSwitch,
  ],
  [
    /^markdown\.preview\.(breaks|doubleClickToSwitchToEditor|font\w+|lineHeight|linkify|markEditorSelection|scroll\w+|typographer)$/,
    isWordOrSwitch,
  ],
  [
    /^(html|css|scss|less|javascript|typescript|json|markdown)\.(format|suggest|inlayHints|lint|hover|completion|colorDecorators|autoClosingTags|occurrencesHighlight)(\.[\w.]+)?$/,
    isWordOrSwitch,
  ],
  [
    /^prettier\.(arrowParens|bracketSameLine|bracketSpacing|endOfLine|htmlWhitespaceSensitivity|jsxSingleQuote|printWidth|proseWrap|quoteProps|semi|singleAttributePerLine|singleQuote|tabWidth|trailingComma|useTabs|vueIndentScriptAndStyle)$/,
    isWordOrSwitch,
  ],
  [
    /^emmet\.(triggerExpansionOnTab|showAbbreviationSuggestions|showExpandedAbbreviation|showSuggestionsAsSnippets|useInlineCompletions)$/,
    isWordOrSwitch,
  ],
  [/^cSpell\.(words|userWords|ignoreWords)$/, isListOf(isWord)],
  [/^telemetry\.telemetryLevel$/, (value) => value === 'off'],
  [/^extensions\.(ignoreRecommendations|showRecommendationsOnlyOnDemand)$/, (value) => value === true],
  [/^extensions\.(autoUpdate|autoCheckUpdates)$/, (value) => value === false],
  [/^security\.workspace\.trust\.enabled$/, (value) => value === true],
  [/^task\.allowAutomaticTasks$/, (value) => value === 'off'],
  [/^chat\.tools\.(global\.)?autoApprove$/, (value) => value === false],
  [/^(editor|terminal\.integrated)\.wordSeparators$/, (value) => typeof value === 'string' && value.length <= 100],
  [/^update\.showReleaseNotes$/, isSwitch],
];

export function isHarmlessSetting(key: string, value: JsonValue): boolean {
  return harmlessSettings.some(([keys, isPlain]) => keys.test(key) && isPlain(value));
}

/** True for a setting without which the editor goes on as it came: some value of it is harmless, and none of them guards. */
export function mayGo(key: string): boolean {
  const guards =
    /^(editor\.(renderControlCharacters|unicodeHighlight)|telemetry\.|extensions\.|security\.|task\.|chat\.)/;
  return !guards.test(key) && harmlessSettings.some(([keys]) => keys.test(key));
}
