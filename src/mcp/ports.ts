import type { Client } from '../client/client.ts';
import type { Result } from '../base/result.ts';
import type { AgentFiles, LeaseToPresent, PresentedWrite } from '../cli/ground/context.ts';
import type { CommandFault } from '../cli/ground/fault.ts';

/** All of the local API that an agent's server can reach: nothing that decides, grants, switches or reveals. */
export type AgentClient = Pick<
  Client,
  | ('self' | 'ready' | 'status' | 'engines' | 'leases')
  | ('records' | 'record' | 'explain' | 'reviews' | 'decidedHere' | 'review')
  | ('putRecord' | 'removeRecord')
>;

export interface AgentPorts {
  /** Each call reads them anew, so that a renewed one counts at once. */
  readonly files: AgentFiles;
  /** A client that signs no envelope, and sends this token; null sends none that anybody has. */
  connect(token: string | null): AgentClient;
  /** The token in a file, or in words why there is none. */
  readToken(path: string): Promise<Result<string, string>>;
  readText(path: string): Promise<Result<string, string>>;
  presentLease(request: LeaseToPresent): Promise<PresentedWrite | CommandFault>;
  /** One line on standard error. */
  note(line: string): void;
  readonly version: string;
}
