import { Argument, type Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { completionScript, isShell, shells } from '../../ground/completion-script.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';

export function completionCommand(program: Command, context: CliContext): void {
  program
    .command('completions')
    // What is none of them is answered below, as one document where that is asked for.
    .addArgument(new Argument('<shell>').choices(shells).argParser((shell) => shell))
    .description('a script that completes commands and options in bash, zsh or fish')
    .addHelpText(
      'after',
      examples(
        'completions bash > ~/.local/share/bash-completion/completions/sourcesync',
        'completions zsh > ~/.zfunc/_sourcesync       with fpath+=~/.zfunc in .zshrc, before compinit',
        'completions fish > ~/.config/fish/completions/sourcesync.fish',
      ),
    )
    .action((shell: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      if (!isShell(shell)) {
        return run.fail(exitCodes.usage, `There are completions for ${shells.join(', ')}.`);
      }
      const script = completionScript(program, shell);
      run.show({ shell, script }, () => script, 'text');
    });
}
