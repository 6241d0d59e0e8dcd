import type { ScopeBody } from './devices.ts';

/** How far this device is in joining a scope of another person. */
export interface ScopeJoinBody {
  readonly state: 'none' | 'connecting' | 'waiting_approval' | 'joined' | 'failed';
  /** To be typed in by the person who invited; null before they are known. */
  readonly digits: string | null;
  readonly scope: ScopeBody | null;
  readonly message: string | null;
}
