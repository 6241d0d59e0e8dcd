import type { LinkBody, LinkCleanBody, LinkShowBody } from '../api/types/links.ts';
import type { PageBody } from '../api/types/bodies.ts';
import { type Answer, type Calls, queryText } from './call.ts';

/** Linked folders. A root is an absolute path. */
export interface LinkCalls {
  links(): Answer<PageBody<LinkBody>>;
  link(engineId: string, root: string, takesLinks?: boolean): Answer<LinkBody>;
  unlink(root: string): Answer<LinkBody>;
  showLink(root: string): Answer<LinkShowBody>;
  resumeLink(root: string): Answer<LinkBody>;
  adoptLink(root: string): Answer<LinkBody>;
  cleanLink(root: string, execute: boolean): Answer<LinkCleanBody>;
}

export function linkCalls({ get, post, call }: Calls): LinkCalls {
  return {
    links: () => get('/v1/links'),
    link: (engineId, root, takesLinks = false) => post('/v1/links', { engineId, root, takesLinks }),
    unlink: (root) => call('DELETE', `/v1/links${queryText({ root })}`),
    showLink: (root) => get(`/v1/links/show${queryText({ root })}`),
    resumeLink: (root) => post('/v1/links/resume', { root }),
    adoptLink: (root) => post('/v1/links/adopt', { root }),
    cleanLink: (root, execute) => post('/v1/links/clean', { root, execute }),
  };
}
