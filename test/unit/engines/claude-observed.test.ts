import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claudeServers } from '../../../engines/agents/places/claude-servers.ts';
import { claudeTexts } from '../../../engines/agents/places/claude-texts.ts';

let home: string;
const surroundings = () => ({ home, environment: {} });

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-claude-')));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function put(name: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(home, name)), { recursive: true });
  writeFileSync(join(home, name), text);
}

describe('servers of Claude Code', () => {
  it('13 are read from ~/.claude.json, and of nothing else in it', async () => {
    const servers = { a: { command: 'x', env: { KEY: 'secret-of-mine' } }, mine: { command: `${home}/x` } };
    const projects = { [home]: { mcpServers: { b: { command: 'y' } } } };
    put('.claude.json', JSON.stringify({ userID: 'u', machineID: 'm', projects, mcpServers: servers }));
    const path = join(home, '.claude.json');
    expect(claudeServers.lookedAt(surroundings())).toEqual([path]);
    const text = '{"command":"x","env":{"KEY":{"$local":true}}}';
    expect(await claudeServers.observe(surroundings())).toMatchObject({
      ...{ units: [{ id: 'claude-mcp/mcp/a', text, path }], faults: [], leftAlone: 1 },
    });
    const fields = claudeServers.fieldsOf('claude-mcp/mcp/a', text);
    expect(fields).toMatchObject({ kind: 'mcp', app: 'claude-mcp', name: 'a' });
    expect(claudeServers.unitOf('claude-mcp/mcp/a', fields)).toBe(text);
    expect(claudeServers.unitOf('claude-mcp/mcp/b', fields)).toBeUndefined();
    expect(claudeServers.onlyRead).toContain('claude mcp add-json');
  });

  it('13 that cannot be read are a fault, and where there is no file there is none', async () => {
    expect(await claudeServers.observe(surroundings())).toEqual({ units: [], faults: [], leftAlone: 0 });
    put('.claude.json', '{"mcpServers":{"a":');
    expect((await claudeServers.observe(surroundings())).faults[0]?.message).toMatch(
      /It is no JSON.*Start Claude Code/,
    );
    const environment = { CLAUDE_CONFIG_DIR: '/srv/c' };
    expect(claudeServers.lookedAt({ home, environment })).toEqual(['/srv/c/.claude.json']);
  });

  it('13 are read in a moment though the file holds the past of many projects', async () => {
    const project = { history: Array.from({ length: 100 }, (_, at) => ({ display: `do ${at}`, pastedContents: {} })) };
    const projects = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`/srv/${at}`, project]));
    put('.claude.json', JSON.stringify({ projects, mcpServers: { a: { command: 'x' } } }, null, 2));
    expect((await claudeServers.observe(surroundings())).units).toHaveLength(1);
  });
});

describe('agents, commands and skills of Claude Code', () => {
  it('13 are units by their paths, a skill with fingerprints of what lies beside it', async () => {
    put('.claude/agents/review.md', '---\nname: review\ntools: Read\n---\nLook.\n');
    put('.claude/commands/git/sync.md', 'Do it.');
    put('.claude/skills/pdf/SKILL.md', 'Read PDFs.');
    put('.claude/skills/pdf/scripts/run.py', 'print(1)');
    put('.claude/agents/mine.md', `See ${home}/notes.`);
    put('.claude/agents/odd.md', new Uint8Array([0xff, 0xfe, 0x00]));
    put('.claude/agents/notes.txt', 'x');
    symlinkSync(join(home, '.claude/agents/review.md'), join(home, '.claude/agents/link.md'));
    const { units, faults, leftAlone } = await claudeTexts.observe(surroundings());
    expect(units.map(({ id }) => id)).toEqual([
      'claude-files/agent/review',
      'claude-files/command/git%2Fsync',
      'claude-files/skill/pdf',
    ]);
    expect([faults, leftAlone]).toEqual([[], 3]);
    for (const { id, text } of units) {
      expect(claudeTexts.unitOf(id, claudeTexts.fieldsOf(id, text))).toBe(text);
      expect(claudeTexts.unitOf(`${id}x`, claudeTexts.fieldsOf(id, text))).toBeUndefined();
    }
    const [, , skill] = units.map(({ id, text }) => claudeTexts.fieldsOf(id, text));
    expect(Object.keys(skill?.['files'] as object)).toEqual(['scripts/run.py']);
    expect(claudeTexts.lookedAt(surroundings())).toContain(join(home, '.claude/skills/pdf/SKILL.md'));
  });

  it('13 where there is none nothing is said, and what cannot be read is a fault', async () => {
    expect(await claudeTexts.observe(surroundings())).toMatchObject({ units: [], faults: [], leftAlone: 0 });
    put('.claude/agents', 'no folder');
    expect((await claudeTexts.observe(surroundings())).faults).toHaveLength(1);
    put('.claude/commands/a.md', 'x');
    chmodSync(join(home, '.claude/commands/a.md'), 0o000);
    const { units, faults } = await claudeTexts.observe(surroundings());
    // Whoever may read everything reads it.
    expect(units.length + faults.length).toBe(2);
  });
});
