import type { Random } from '../random.ts';
import { type DiskClock, type FileNode, type Tree, filesOf, removeNode, renameNode, writeNode } from './tree.ts';
import { textFromUtf8 } from '../../../src/base/bytes.ts';

/** What a person did to a folder: which paths, and how, so that oracles know what to expect. */
export interface Deed {
  readonly what: 'save' | 'remove' | 'rename' | 'mode';
  readonly path: string;
  /** Of a rename: the new path. */
  readonly to?: string;
  /** What the watcher would tell of. */
  readonly hints: readonly string[];
}

export interface Desk {
  readonly tree: Tree;
  readonly clock: DiskClock;
  readonly random: Random;
  /** Texts that were in a file before, for a person who takes back. */
  readonly past: Map<string, string[]>;
}

const names = ['a.md', 'b.md', 'c.txt', 'notes/d.md', 'notes/e.md', 'notes/deep/f.md', 'bin/run.sh', 'g'];
const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];

/** One thing that somebody does, as their program does it. */
export function doSomething(desk: Desk): readonly Deed[] {
  const { random } = desk;
  const path = random.pick(names);
  const draw = random.next();
  if (draw < 0.55) {
    return save(desk, path, editedText(desk, path));
  }
  if (draw < 0.63) {
    return remove(desk, path);
  }
  if (draw < 0.71) {
    return rename(desk, path, random.chance(0.5) ? `renamed/${path}` : `${path}.new`);
  }
  if (draw < 0.75) {
    return rename(desk, 'notes', 'papers');
  }
  if (draw < 0.83) {
    return takeBack(desk, path);
  }
  if (draw < 0.9) {
    return checkout(desk);
  }
  if (draw < 0.95) {
    return keepToOneself(desk, path);
  }
  return fileBecomesFolder(desk, path);
}

function editedText({ tree, random }: Desk, path: string): string {
  const node = tree.nodes.get(path);
  const lines = node?.kind === 'file' ? (textFromUtf8(node.bytes) ?? '').split('\n') : [];
  const line = `${random.pick(words)} ${random.below(100_000)}`;
  if (lines.length < 3 || random.chance(0.3)) {
    return [...lines, line].filter((text) => text !== '').join('\n') + '\n';
  }
  lines[random.below(lines.length)] = line;
  return lines.join('\n');
}

/** As different editors write a file. */
function save(desk: Desk, path: string, text: string): readonly Deed[] {
  const { tree, clock, random } = desk;
  const before = tree.nodes.get(path);
  if (before?.kind === 'folder') {
    return [];
  }
  remember(desk, path, before);
  const mode = before?.mode ?? 0o644;
  const style = random.below(3);
  let isDone: boolean;
  if (style === 0 || before === undefined) {
    // In place: truncated, then written.
    isDone = writeNode(tree, clock, path, text);
  } else if (style === 1) {
    // As vim: the old file becomes a backup, which goes when the new one is whole.
    renameNode(tree, clock, path, `${path}~`);
    isDone = writeNode(tree, clock, path, text, mode);
    removeNode(tree, `${path}~`);
  } else {
    // As GLib and sed -i: a file beside it takes its name.
    writeNode(tree, clock, `${path}.tmp~`, text, mode);
    isDone = renameNode(tree, clock, `${path}.tmp~`, path);
  }
  return isDone ? [{ what: 'save', path, hints: [path, `${path}~`] }] : [];
}

function remember(
  { past }: Desk,
  path: string,
  node: Tree['nodes'] extends Map<string, infer N> ? N | undefined : never,
): void {
  const text = node?.kind === 'file' ? textFromUtf8(node.bytes) : undefined;
  if (text !== undefined) {
    past.set(path, [...(past.get(path) ?? []), text].slice(-5));
  }
}

function remove(desk: Desk, path: string): readonly Deed[] {
  const node = desk.tree.nodes.get(path);
  if (node?.kind !== 'file') {
    return [];
  }
  remember(desk, path, node);
  removeNode(desk.tree, path);
  return [{ what: 'remove', path, hints: [path] }];
}

function rename({ tree, clock }: Desk, from: string, to: string): readonly Deed[] {
  const moved = [...filesOf(tree).keys()].filter((path) => path === from || path.startsWith(`${from}/`));
  const isFree = !tree.nodes.has(to);
  if (moved.length === 0 || !isFree || !renameNode(tree, clock, from, to)) {
    return [];
  }
  return moved.map((path) => ({ what: 'rename', path, to: to + path.slice(from.length), hints: [from, to] }));
}

/** An undo, or a file out of the bin: what was there before is there again. */
function takeBack(desk: Desk, path: string): readonly Deed[] {
  const text = desk.past.get(path)?.at(-1);
  return text === undefined ? [] : save(desk, path, text);
}

/** Several files at once become what they were. */
function checkout(desk: Desk): readonly Deed[] {
  return desk.random
    .shuffled(names)
    .slice(0, 3)
    .flatMap((path) => takeBack(desk, path));
}

function keepToOneself({ tree, clock }: Desk, path: string): readonly Deed[] {
  const node = tree.nodes.get(path);
  if (node?.kind !== 'file') {
    return [];
  }
  const next: FileNode = { ...node, mode: 0o600, changedMs: clock.nowMs() };
  tree.nodes.set(path, next);
  return [{ what: 'mode', path, hints: [path] }];
}

/** `test` becomes `test/test`. */
function fileBecomesFolder({ tree, clock }: Desk, path: string): readonly Deed[] {
  if (tree.nodes.get(path)?.kind !== 'file') {
    return [];
  }
  const to = `${path}/inner`;
  renameNode(tree, clock, path, `${path}~~`);
  renameNode(tree, clock, `${path}~~`, to);
  return [{ what: 'rename', path, to, hints: [path] }];
}
