import type { Editor } from './editor.ts';
import { glib } from './glib.ts';
import { sed } from './sed.ts';
import { redirect } from './shell.ts';
import { vim } from './vim.ts';
import { vscode } from './vscode.ts';

export const editors: readonly Editor[] = [vim, vscode, glib, sed, redirect];
