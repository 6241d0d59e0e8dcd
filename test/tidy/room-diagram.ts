/** Rooms, each with the others that it imports. */
export type RoomGraph = ReadonlyMap<string, ReadonlySet<string>>;

interface Module {
  readonly source: string;
  readonly dependencies: readonly { readonly resolved: string }[];
}

/** What rooms import of each other, by values or by types alone; all engines are one room. */
export function roomGraph(modules: readonly Module[]): RoomGraph {
  const graph = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const room = roomOf(source);
    if (room !== undefined) {
      const seen = graph.get(room) ?? new Set();
      const others = dependencies.map(({ resolved }) => roomOf(resolved));
      others.forEach((other) => other !== undefined && other !== room && seen.add(other));
      graph.set(room, seen);
    }
  }
  return graph;
}

function roomOf(path: string): string | undefined {
  return path.startsWith('engines/') ? 'engines' : /^src\/([^/]+)\//.exec(path)?.[1];
}

/** The diagram of ARCHITECTURE.md: a room stands below all that it imports, as high as it can. `base` is not repeated. */
export function diagramOf(graph: RoomGraph): string {
  const layers: string[][] = [];
  for (const room of [...graph.keys()].toSorted()) {
    const depth = depthOf(graph, room);
    layers[depth] = [...(layers[depth] ?? []), line(graph, room)];
  }
  return layers.map((lines) => lines.join('\n')).join('\n\n');
}

/** The longest way down to a room that imports none. Ends, because rooms know each other in no circle. */
function depthOf(graph: RoomGraph, room: string): number {
  const below = [...(graph.get(room) ?? [])].map((other) => depthOf(graph, other));
  return below.length === 0 ? 0 : 1 + Math.max(...below);
}

function line(graph: RoomGraph, room: string): string {
  const seen = [...(graph.get(room) ?? [])].toSorted();
  const others = seen.filter((other) => other !== 'base');
  const told = seen.length === graph.size - 1 && others.length > 0 ? 'all of them' : others.join(' ');
  return told === '' ? room : `${room.padEnd(11)} ──▶ ${told}`;
}
