import { decide } from './decide/decide.ts';
import {
  type FolderLosses,
  type FolderWord,
  dropFolder,
  isFolderAsked,
  openQuestionOf,
  wordOnFolder,
} from './guard/folder-hold.ts';
import { type FolderRules, type RulesPlace, type RulesWord, dropRules, wordOnRules } from './guard/folder-rules.ts';
import type { Core } from './kernel/core.ts';

/** What a person is asked before much of a linked folder is gone. */
export interface FolderQuestions {
  /**
   * What becomes of the losses of one pass over a linked folder: which records follow, which files are written again, and
   * which of both wait for a person. Counts those that follow, and asks where they would be too much.
   */
  wordOnFolder(losses: FolderLosses): FolderWord;
  /** What becomes of rules of what to ignore that would change much in a linked folder: asked once for each version. */
  wordOnRules(place: RulesPlace, rules: FolderRules): RulesWord;
  /** Nothing is asked about the rules of a folder any longer. */
  dropRules(root: string): void;
  /** A person was asked about this folder, and has not been obeyed yet. */
  isFolderAsked(root: string): boolean;
  /** A person wants the folder as its records have it: an open question is rejected, and what went just before comes back. */
  keepFolder(root: string): void;
  /** The folder is linked no more: nothing is asked of it, and nothing counts. */
  dropFolder(root: string): void;
}

export function folderQuestionsOf(core: Core): FolderQuestions {
  return {
    wordOnFolder: (losses) => wordOnFolder(core, losses),
    wordOnRules: (place, rules) => wordOnRules(core, place, rules),
    dropRules: (root) => {
      dropRules(core, root);
    },
    isFolderAsked: (root) => isFolderAsked(core.store, root),
    keepFolder: (root) => {
      const question = openQuestionOf(core.store, root);
      if (question !== undefined) {
        decide(core, [question], { kind: 'reject' });
      }
    },
    dropFolder: (root) => {
      dropFolder(core, root);
      dropRules(core, root);
    },
  };
}
