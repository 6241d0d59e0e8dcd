import type { JsonValue } from '../../base/json.ts';
import type { CommandFault } from './fault.ts';

/** When a new value counts: at once, once the daemon is started anew, or only for a home that is set up with it. */
export type CountsFrom = 'now' | 'restart' | 'setup';

export interface SettingShown {
  /** As config.toml names it: `relay.url`, `engines."sourceos.sync.shell".enabled`. */
  readonly key: string;
  readonly value: JsonValue;
  readonly origin: string;
}

export interface SettingSet {
  readonly key: string;
  readonly value: JsonValue;
  readonly path: string;
  readonly countsFrom: CountsFrom;
}

/** The configuration file of a home; a daemon that runs reads it by itself. */
export interface ConfigCommands {
  /** The value in force: of the environment, the file, or the default. */
  get(key: string): SettingShown | CommandFault;
  /** Writes one value into the file, and leaves every other byte of it. */
  set(key: string, text: string): SettingSet | CommandFault;
  /** Opens a copy in the person's editor, and puts it in the place of the file where it is valid. */
  edit(): Promise<{ readonly path: string; readonly changed: boolean } | CommandFault>;
}
