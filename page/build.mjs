// Builds the page into dist/page/index.html: one file, in which the one script and the one style stand.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = dirname(fileURLToPath(import.meta.url));
const target = join(root, '..', 'dist', 'page');
const { version } = JSON.parse(readFileSync(join(root, '..', 'package.json'), 'utf8'));

const { output } = await build({
  root,
  configFile: false,
  logLevel: 'warn',
  define: { pageVersion: JSON.stringify(version) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { write: false, target: 'es2022', modulePreload: false, cssCodeSplit: false, reportCompressedSize: false },
});

const only = (type, name) => {
  const found = output.filter((one) => one.type === type && one.fileName.endsWith(name));
  if (found.length !== 1) {
    throw new Error(`the page is built from one ${name}, and not from ${found.length}`);
  }
  return found[0];
};
// Neither end tag may stand in what it would end.
const script = only('chunk', '.js').code.trim().replaceAll('</script', '<\\/script');
const style = only('asset', '.css').source.trim().replaceAll('</style', '<\\/style');
const html = only('asset', '.html')
  .source.replace(/\s*<script[^>]*><\/script>/, '')
  .replace(/\s*<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
  .replace('</body>', () => `<script type="module">${script}</script></body>`);

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'index.html'), html);
