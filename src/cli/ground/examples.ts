/** What stands below the help of a command: lines to copy. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  sourcesync ${line}`)].join('\n');
}
