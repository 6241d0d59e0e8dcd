import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Belongings, makePerson } from './person.ts';

/** What somebody has who works at it every day. */
export interface Workstation extends Belongings {
  readonly repositories: number;
  /** Servers of agents, agents and pieces of memory, as many of each. */
  readonly agents: number;
}

/** Makes what {@link makePerson} makes, clones of repositories, and what git, bash and agents keep; answers the files. */
export async function makeWorkstation(home: string, belongings: Workstation): Promise<readonly string[]> {
  const files = await makePerson(home, belongings);
  const texts = [
    ...gitTexts(belongings.repositories),
    ...agentTexts(belongings.agents),
    bashText(belongings.lines / 4),
  ];
  for (const [path, text] of texts) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  return [...files, ...texts.map(([path]) => join(home, path))];
}

type NamedText = readonly [path: string, text: string];

function numbered<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function gitTexts(repositories: number): readonly NamedText[] {
  return [
    ['.gitconfig', '[user]\n\tname = A Person\n[alias]\n\tst = status -sb\n[pull]\n\trebase = true\n'],
    ...numbered(repositories, (index) => repository(`src/group${index % 5}/project${index}`, index)).flat(),
  ];
}

function repository(folder: string, index: number): readonly NamedText[] {
  const origin = `[remote "origin"]\n\turl = https://git.example.org/group/project${index}.git\n`;
  return [
    [`${folder}/.git/HEAD`, 'ref: refs/heads/main\n'],
    [`${folder}/.git/config`, `[core]\n\tbare = false\n${origin}[branch "main"]\n\tremote = origin\n`],
    [`${folder}/AGENTS.md`, `# Project ${index}\n\nRun the tests before every commit.\n`],
  ];
}

function agentTexts(count: number): readonly NamedText[] {
  const servers = numbered(
    count,
    (index) => [`server${index}`, { command: 'node', args: [`/srv/${index}.js`] }] as const,
  );
  const tables = numbered(
    count,
    (index) => `[mcp_servers.server${index}]\ncommand = "node"\nargs = ["/srv/${index}.js"]\n`,
  );
  const allow = numbered(count, (index) => `Bash(make test${index})`);
  return [
    ['.claude.json', JSON.stringify({ mcpServers: Object.fromEntries(servers) }, null, 2)],
    ['.claude/settings.json', JSON.stringify({ permissions: { allow } }, null, 2)],
    ['.claude/CLAUDE.md', numbered(count, (index) => `## Rule ${index}\n\nName things plainly.\n`).join('\n')],
    ['.cursor/mcp.json', JSON.stringify({ mcpServers: Object.fromEntries(servers) }, null, 2)],
    ['.codex/config.toml', tables.join('\n')],
    ...numbered(
      count,
      (index) =>
        [
          `.claude/agents/helper${index}.md`,
          `---\nname: helper${index}\ndescription: Reads part ${index}\ntools: Read\n---\nYou read part ${index}.\n`,
        ] as const,
    ),
  ];
}

function bashText(lines: number): NamedText {
  return ['.bashrc', numbered(lines, (index) => `alias b${index}='ls -l /srv/${index}'\n`).join('')];
}
