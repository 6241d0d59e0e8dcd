import { describe, expect, it } from 'vitest';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { type Device, type Setting, createDevice, manifestOf, sharedState } from './world.ts';

const setting: Setting = { manifest: manifestOf('crdt'), textPaths: ['/text'] };

function world() {
  const devices = ['A', 'B', 'C'].map((name) => createDevice(name, setting)) as [Device, Device, Device];
  const changes: LoggedChange[] = [];
  const save = (by: Device, text: string): void => {
    const change = by.write({ kind: 'put', fields: { kind: 'note', text } });
    changes.push(...(change === undefined ? [] : [change]));
  };
  const meet = (): string => {
    for (const device of devices) {
      changes.filter((change) => device.disposition(change) === undefined).forEach((change) => device.receive(change));
    }
    devices.forEach((device) => expect(sharedState(device)).toEqual(sharedState(devices[0])));
    return textOf(devices[0]);
  };
  return { devices, save, meet };
}

const textOf = (device: Device): string => String(device.row()?.fields?.['text']);
const lines = (...names: readonly string[]): string => names.map((name) => `${name}\n`).join('');

describe('texts that several devices write upon what they were shown', () => {
  it('14d two first texts, and then each edits another line of both: nothing is doubled, nothing comes back', () => {
    const w = world();
    const [a, b] = w.devices;
    w.save(a, lines('# storm', '', ...'abcdefgh'));
    w.save(b, lines('# basin', '', ...'tuvwxyz'));
    const both = w.meet();
    expect(both.split('\n').toSorted()).toEqual(
      lines('# storm', '# basin', '', ...'abcdefghtuvwxyz')
        .split('\n')
        .toSorted(),
    );
    w.save(a, both.replace('# basin\n', 'mirror\n'));
    w.save(b, both.replace(/\n[^\n]*\n$/, '\ntower\n'));
    const merged = both.replace('# basin\n', 'mirror\n').replace(/\n[^\n]*\n$/, '\ntower\n');
    expect(w.meet()).toBe(merged);
  });

  it('14d who wrote the same line otherwise is beside the other, and the rest is there once', () => {
    const w = world();
    const [a, b] = w.devices;
    w.save(a, lines('# storm', ...'abcdefgh'));
    w.save(b, lines('# basin', ...'tuvwxyz'));
    const both = w.meet();
    w.save(a, both.replace('v\n', 'here\n'));
    w.save(b, both.replace('v\n', 'there\n'));
    expect([both.replace('v\n', 'here\nthere\n'), both.replace('v\n', 'there\nhere\n')]).toContain(w.meet());
  });

  it('14d again and again, and a later edit is made to what was shown', () => {
    const w = world();
    const [a, b, c] = w.devices;
    w.save(a, lines('one', ...'abcdefgh'));
    w.save(b, lines('two', ...'tuvwxyz'));
    for (let round = 0; round < 6; round++) {
      const shown = w.meet();
      w.save(a, shown.replace(/^[^\n]*\n/, `first ${round}\n`));
      w.save(b, shown.replace(/\n[^\n]*\n$/, `\nlast ${round}\n`));
      const merged = shown.replace(/^[^\n]*\n/, `first ${round}\n`).replace(/\n[^\n]*\n$/, `\nlast ${round}\n`);
      expect(w.meet()).toBe(merged);
    }
    w.save(c, textOf(c).replace('d\n', 'D\n'));
    expect(w.meet()).toBe(textOf(c));
    expect(
      textOf(c)
        .split('\n')
        .filter((name) => name === 'D'),
    ).toHaveLength(1);
  });
});
