import { spawn } from 'node:child_process';

const fallback = 'vi';

/** The editor that a person named: a command line of the shell, as every program that asks for one takes it. */
export function editorOf({ VISUAL: visual, EDITOR: editor }: NodeJS.ProcessEnv): string {
  return visual || editor || fallback;
}

/** Opens a file in an editor and waits for its end; in words what went wrong, and what to do. */
export async function runEditor(editor: string, file: string): Promise<string | undefined> {
  // Ctrl-C in an editor is the editor's.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve) => {
      const child =
        process.platform === 'win32'
          ? spawn(`${editor} "${file}"`, { shell: true, stdio: 'inherit' })
          : spawn('/bin/sh', ['-c', `${editor} "$@"`, editor, file], { stdio: 'inherit' });
      const fail = (what: string): void =>
        resolve(`The editor (${editor}) ${what}. Name another editor in VISUAL or EDITOR.`);
      child.on('error', (cause) => fail(`did not start: ${cause.message}`));
      child.on('exit', (code, signal) => (code === 0 ? resolve(undefined) : fail(`ended with ${code ?? signal}`)));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}
