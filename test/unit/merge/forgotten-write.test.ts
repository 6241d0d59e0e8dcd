import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../src/contract/strategy.ts';
import { changeGraph } from '../../../src/merge/values/causal.ts';
import { replay } from '../../../src/merge/graph/graph-replay.ts';
import { changeOf, manifestOf } from './world.ts';

const setting = { manifest: manifestOf('graph_merge') };

const first = (title: string): Draft => ({ operation: 'put', parents: [], value: { kind: 'task', title } });

/** What two first writes of device A come to, one of them written when A had lost its database. */
function shown(earlier: number, later: number): unknown {
  const changes = [
    changeOf('A', earlier, first('before the loss'), 100, setting),
    changeOf('A', later, first('after it'), 200, setting),
  ];
  return replay(changeGraph(changes), []).merged['title'];
}

describe('a device that wrote a record again, having lost its database in between', () => {
  // Which of two is the greater is as good as chance by their ids: sixteen pairs tell.
  it.each(Array.from({ length: 16 }, (_, index) => [2 * index + 1, 2 * index + 2]))(
    '22 shows the later of its changes %i and %i',
    (earlier, later) => {
      expect(shown(earlier, later)).toBe('after it');
      expect(shown(later, earlier)).toBe('after it');
    },
  );
});
