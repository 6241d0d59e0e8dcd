import type { Program } from './program.ts';
import { checksumPlace, withChecksum } from './checksum.ts';

export interface LaunchAgentFacts {
  /** The name of the agent: `org.sourcesync.daemon`. */
  readonly label: string;
  readonly program: Program;
  readonly home: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
}

/** The property list of a launchd agent: it runs from login on, and again when it ends by itself. */
export function launchAgent({ label, program, home, environment, log }: LaunchAgentFacts): string {
  const words = [program.node, program.entry, ...(home === undefined ? [] : ['--home', home])];
  const variables = Object.entries(environment).map(
    ([name, value]) => `    <key>${escaped(name)}</key>\n    <string>${escaped(value)}</string>\n`,
  );
  return withChecksum(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by: sourcesync service install. Checksum: ${checksumPlace} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${escaped(label)}</string>
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    <string>${escaped(word)}</string>\n`).join('')}  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('')}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardErrorPath</key>
  <string>${escaped(log)}</string>
</dict>
</plist>
`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
