import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../ground/package-root.ts';

/** The page as it is sent. */
export interface PageDocument {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sent with every answer of the listener. */
export const answerHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Throws where the page was not built. */
export function readPage(path: string = join(packageRoot, 'dist', 'page', 'index.html')): PageDocument {
  const html = readFileSync(path, 'utf8');
  return {
    html,
    headers: {
      ...answerHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyOf(html),
    },
  };
}

/** Nothing runs but the one script and the one style that stand in the page, by their hashes. */
function policyOf(html: string): string {
  return [
    "default-src 'none'",
    `script-src ${hashesOf(html, /<script[^>]*>([\s\S]*?)<\/script>/g)}`,
    `style-src ${hashesOf(html, /<style[^>]*>([\s\S]*?)<\/style>/g)}`,
    // The icon in the page itself, an empty one: without it browsers ask for a file.
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashesOf(html: string, element: RegExp): string {
  return [...html.matchAll(element)]
    .map(([, content = '']) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`)
    .join(' ');
}
