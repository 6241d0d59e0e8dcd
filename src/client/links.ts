import type { LinkBody, LinkCleanBody, LinkFetchBody, LinkShowBody } from '../api/types/links.ts';
import type { PageBody } from '../api/types/bodies.ts';
import type { Answer, Calls } from './call.ts';

/** Linked folders. A root is an absolute path. */
export interface LinkCalls {
  links(): Answer<PageBody<LinkBody>>;
  link(engineId: string, root: string, takesLinks?: boolean): Answer<LinkBody>;
  unlink(root: string): Answer<LinkBody>;
  showLink(root: string): Answer<LinkShowBody>;
  resumeLink(root: string): Answer<LinkBody>;
  adoptLink(root: string): Answer<LinkBody>;
  /** `path` is that of a file in a linked folder. */
  fetchLink(path: string): Answer<LinkFetchBody>;
  cleanLink(root: string, execute: boolean): Answer<LinkCleanBody>;
}

export function linkCalls({ ask }: Calls): LinkCalls {
  return {
    links: () => ask('GET /v1/links'),
    link: (engineId, root, takesLinks = false) => ask('POST /v1/links', { body: { engineId, root, takesLinks } }),
    unlink: (root) => ask('DELETE /v1/links', { query: { root } }),
    showLink: (root) => ask('GET /v1/links/show', { query: { root } }),
    resumeLink: (root) => ask('POST /v1/links/resume', { body: { root } }),
    adoptLink: (root) => ask('POST /v1/links/adopt', { body: { root } }),
    fetchLink: (path) => ask('POST /v1/links/fetch', { body: { path } }),
    cleanLink: (root, execute) => ask('POST /v1/links/clean', { body: { root, execute } }),
  };
}
