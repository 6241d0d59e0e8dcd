import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageBody, RecordBody } from '../../src/api/types/bodies.ts';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { asked } from '../helpers/asked.ts';
import { type Home, type Stage, filesBelow, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

const settings = `{
  "theme": "dark",
  "permissions": {
    "allow": ["Bash(npm run test:*)"],
    "deny": ["Read(./.env)", "WebFetch"]
  }
}
`;
const codex = `# mine
approval_policy = "on-request"

[mcp_servers.docs]
command = "npx"
args = ["-y", "docs-server@1.2.3"]
env = { DOCS_KEY = "a-secret-of-mine" } # never leaves
`;

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  await desk.json('devices', 'role', 'laptop', 'admin', '--authority', 'agents');
  await put('ann', '.claude/settings.json', settings);
  await put('ann', '.claude/agents/review.md', '---\nname: review\ntools: Read\n---\nLook.\n');
  await put('ann', '.codex/config.toml', codex);
  await put('ben', '.codex/config.toml', '# of ben\n');
  for (const [home, person] of [
    [desk, 'ann'],
    [laptop, 'ben'],
  ] as const) {
    await home.killDaemon('SIGTERM');
    const unset = { XDG_CONFIG_HOME: '', CLAUDE_CONFIG_DIR: '', CODEX_HOME: '' };
    await home.startDaemon({ HOME: join(stage.root, person), ...unset });
    await home.run('setup', '--yes', '--engines', 'agent-registry');
  }
  // Its folders are not there yet.
  for (const place of ['claude', 'claude-files']) {
    await laptop.run('places', 'on', place);
  }
});

afterAll(async () => {
  await stage.close();
});

async function put(person: string, name: string, text: string): Promise<void> {
  const path = join(stage.root, person, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const textAt = async (person: string, name: string): Promise<string> =>
  readFile(join(stage.root, person, name), 'utf8').catch(() => '');

describe('what agents may do', () => {
  it('P2 a rule that denies arrives unasked; one that allows waits, and says why', async () => {
    await until('it is denied there too', async () =>
      (await textAt('ben', '.claude/settings.json')).includes('WebFetch'),
    );
    const { summary, id } = await asked(laptop, 'claude/permission/allow/Bash(npm%20run%20test%3A*)');
    expect(summary).toBe('add rule Bash(npm run test:*) in allow of claude: npm run test:* runs without asking');
    expect(await textAt('ben', '.claude/settings.json')).not.toContain('npm');
    await laptop.json('reviews', 'accept', id);
    await until('it is allowed', async () => (await textAt('ben', '.claude/settings.json')).includes('npm run test'));
  });

  it('P6 the secret of a server stays where it is; its name travels', async () => {
    const { summary, id } = await asked(laptop, 'codex/mcp/docs');
    expect(summary).toContain('a new server that runs npx -y docs-server@1.2.3; it is given DOCS_KEY');
    const record = await desk.json<RecordBody>('records', 'get', 'agents', 'codex/mcp/docs');
    expect(record.fields?.['server']).toMatchObject({ command: 'npx', env: { DOCS_KEY: { $local: true } } });
    for (const home of [desk, laptop]) {
      const kept = [...(await filesBelow(home.folder)).values()];
      expect(kept.filter((content) => content.includes('a-secret-of-mine'))).toEqual([]);
    }
    await laptop.json('reviews', 'accept', id);
    await until('it is in the file', async () => (await textAt('ben', '.codex/config.toml')).includes('docs-server'));
    const text = await textAt('ben', '.codex/config.toml');
    expect(text).toMatch(/^# of ben\n/);
    expect(text).toContain('DOCS_KEY = ""');
    await put('ben', '.codex/config.toml', text.replace('DOCS_KEY = ""', 'DOCS_KEY = "of-ben"'));
    await put('ann', '.codex/config.toml', codex.replace('1.2.3', '1.2.4'));
    const newer = await asked(laptop, 'codex/mcp/docs');
    expect(newer.summary).toContain('it is given DOCS_KEY of this machine');
    await laptop.json('reviews', 'accept', newer.id);
    await until('it is newer', async () => (await textAt('ben', '.codex/config.toml')).includes('1.2.4'));
    expect(await textAt('ben', '.codex/config.toml')).toContain('DOCS_KEY = "of-ben"');
    expect(await textAt('ann', '.codex/config.toml')).toBe(codex.replace('1.2.3', '1.2.4'));
  });

  it('P7 a rule that denies is not taken away unasked', async () => {
    await put('ann', '.claude/settings.json', settings.replace('"Read(./.env)", ', ''));
    const { summary, id } = await asked(laptop, 'claude/permission/deny/Read(.%2F.env)');
    expect(summary).toBe('delete rule Read(./.env) in deny of claude: Read(./.env) is denied no more');
    expect(await textAt('ben', '.claude/settings.json')).toContain('Read(./.env)');
    await laptop.json('reviews', 'accept', id);
    await until('it is gone', async () => !(await textAt('ben', '.claude/settings.json')).includes('.env'));
  });

  it('P14 a rule that gets a token is kept here, and is denied there as before', async () => {
    const text = await textAt('ann', '.claude/settings.json');
    await put(
      'ann',
      '.claude/settings.json',
      text.replace('WebFetch', `WebFetch(domain:ghp_${'a1'.repeat(18)}.example)`),
    );
    const kept = /claude\/permission\/deny\/WebFetch +kept here/;
    await until('it is kept', async () => kept.test((await desk.run('places', 'show', 'claude')).stdout));
    await desk.json('sync', 'now');
    await laptop.json('sync', 'now');
    const { items } = await laptop.json<PageBody<ReviewBody>>('reviews', 'ls');
    expect(items.map(({ recordId }) => recordId)).not.toContain('claude/permission/deny/WebFetch');
    expect(await textAt('ben', '.claude/settings.json')).toContain('"WebFetch"');
    await put('ann', '.claude/settings.json', text);
    await until('it goes on', async () => !kept.test((await desk.run('places', 'show', 'claude')).stdout));
  });

  it('P9 agents are only read: what the other machine has is shown, and not written', async () => {
    const { summary, id } = await asked(laptop, 'claude-files/agent/review');
    expect(summary).toContain('add agent review of claude: agents are led by a new agent; it may use Read');
    await laptop.json('reviews', 'accept', id);
    await until('it is known here', async () => {
      const { items } = await laptop.json<PlaceShowBody>('places', 'show', 'claude-files');
      return items.some((item) => item.id === 'claude-files/agent/review' && item.standing === 'absent');
    });
    expect(await textAt('ben', '.claude/agents/review.md')).toBe('');
    expect((await laptop.run('places', 'show', 'claude-files')).stdout).toContain('only read');
  });
});
