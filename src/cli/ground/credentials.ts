import type { Credential, CredentialFormat } from '../../contract/credentials.ts';

/** A credential with the file that it stands in. Its forms are never shown. */
export interface FoundInFile extends Credential {
  /** As a person writes it: `~/.netrc`. */
  readonly file: string;
  readonly format: CredentialFormat;
}

/** A file that is there and could not be looked through. */
export interface SkippedFile {
  readonly file: string;
  readonly message: string;
}

export interface CredentialsFound {
  /** The folder that `~` stands for. */
  readonly home: string;
  readonly found: readonly FoundInFile[];
  readonly skipped: readonly SkippedFile[];
  /** Files that were looked through or skipped. */
  readonly looked: number;
  /** Base64url; made for this one question to the vault. */
  readonly key: string;
  /** By credential, what its forms are under that key: the vault compares these and is told nothing. */
  readonly marks: readonly (readonly string[])[];
}
