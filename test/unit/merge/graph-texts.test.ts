import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { type Device, type Setting, createDevice, manifestOf, sharedState } from './world.ts';
import { runs } from '../../helpers/suite.ts';

const setting: Setting = { manifest: manifestOf('graph_merge'), textPaths: ['/props/text'] };
const five = 'one\ntwo\nthree\nfour\nfive\n';

interface World {
  readonly a: Device;
  readonly b: Device;
  readonly c: Device;
  /** Everything that was written goes to everybody. */
  meet(): void;
  /** What one device wrote goes to another. */
  tell(from: Device, to: Device): void;
}

function world(about: Setting = setting, fields: JsonObject = { props: { text: five } }): World {
  const [a, b, c] = ['A', 'B', 'C'].map((name) => createDevice(name, about)) as [Device, Device, Device];
  const written: { readonly by: Device; readonly change: LoggedChange }[] = [];
  for (const device of [a, b, c]) {
    const { write, decide } = device;
    const note = (change: LoggedChange | undefined): LoggedChange | undefined => {
      written.push(...(change === undefined ? [] : [{ by: device, change }]));
      return change;
    };
    device.write = (intent) => note(write(intent));
    device.decide = (...choice) => note(decide(...choice));
  }
  const give = (to: Device, from?: Device): void => {
    for (const { by, change } of written) {
      if (to.disposition(change) === undefined && (from === undefined || from === by)) {
        to.receive(change);
      }
    }
  };
  const meet = (): void => [a, b, c].forEach((device) => give(device));
  a.write({ kind: 'put', fields });
  meet();
  return { a, b, c, meet, tell: (from, to) => give(to, from) };
}

function edit(device: Device, from: string, to: string): void {
  const before = textOf(device);
  expect(before).toContain(from);
  save(device, before.replace(from, to));
}

function save(device: Device, value: string): void {
  device.write({ kind: 'patch', patch: [{ op: 'add', path: '/props/text', value }] });
}

function textOf(device: Device): string {
  const props = device.row()?.fields?.['props'] as JsonObject | undefined;
  return String(props?.['text']);
}

function versionsOf(device: Device): readonly string[] {
  return device.open().flatMap(({ alternatives }) => alternatives.map(({ value }) => String(value)));
}

function expectAll({ a, b, c }: World, text: string, open: number): void {
  for (const device of [a, b, c]) {
    expect(textOf(device)).toBe(text);
    expect(device.open()).toHaveLength(open);
    expect(device.row()?.openConflicts).toBe(open);
    expect(sharedState(device)).toEqual(sharedState(a));
  }
}

describe('texts of graph_merge that were written apart', () => {
  it('21a edits of different lines both hold, and nobody is asked', () => {
    const w = world();
    edit(w.a, 'one', 'ONE');
    edit(w.b, 'five', 'FIVE');
    edit(w.c, 'three', 'three\nand a half');
    w.meet();
    expectAll(w, 'ONE\ntwo\nthree\nand a half\nfour\nFIVE\n', 0);
    expect(w.a.row()?.strategyState).toBeNull();
  });

  it('21a the same edit is there once', () => {
    const w = world();
    save(w.a, `zero\n${five}six\n`);
    save(w.b, `zero\n${five}`);
    save(w.c, `${five}six\n`);
    w.meet();
    expectAll(w, `zero\n${five}six\n`, 0);
  });

  it('21a edits of the same line are a conflict of two texts, one of which is live', () => {
    const w = world();
    edit(w.a, 'three', 'here');
    edit(w.b, 'three', 'there');
    w.meet();
    expectAll(w, five.replace('three', 'there'), 1);
    expect(versionsOf(w.c)).toEqual([five.replace('three', 'there'), five.replace('three', 'here')]);
  });

  it.each([
    ['accept', 'there'],
    ['reject', 'here'],
  ] as const)('22 %s settles such a conflict with %s', (decision, word) => {
    const w = world();
    edit(w.a, 'three', 'here');
    edit(w.b, 'three', 'there');
    w.meet();
    w.c.decide(decision);
    w.meet();
    expectAll(w, five.replace('three', word), 0);
  });

  it('21a what contradicts nobody is in every version of a conflict, and the question stays the same', () => {
    const w = world();
    edit(w.a, 'one', 'here');
    edit(w.b, 'one', 'there');
    w.tell(w.a, w.b);
    const [asked] = w.b.open();
    edit(w.c, 'five', 'FIVE');
    w.meet();
    expectAll(w, 'there\ntwo\nthree\nfour\nFIVE\n', 1);
    expect(versionsOf(w.b)).toEqual(['there\ntwo\nthree\nfour\nFIVE\n', 'here\ntwo\nthree\nfour\nFIVE\n']);
    expect(w.b.open()[0]?.id).toBe(asked?.id);
  });

  it('21a who changes again what it knows contradicts nobody who left that alone', () => {
    const w = world();
    edit(w.a, 'one', 'ONE');
    w.tell(w.a, w.b);
    edit(w.a, 'ONE', 'first');
    edit(w.b, 'three', 'THREE');
    edit(w.c, 'five', 'FIVE');
    w.meet();
    expectAll(w, 'first\ntwo\nTHREE\nfour\nFIVE\n', 0);
  });

  it('21a a later write replaces what was shown, and another field keeps it', () => {
    const w = world();
    edit(w.a, 'one', 'ONE');
    edit(w.b, 'five', 'FIVE');
    w.meet();
    w.a.write({ kind: 'patch', patch: [{ op: 'add', path: '/title', value: 'a list' }] });
    w.meet();
    expectAll(w, 'ONE\ntwo\nthree\nfour\nFIVE\n', 0);
    edit(w.b, 'FIVE\n', '');
    w.meet();
    expectAll(w, 'ONE\ntwo\nthree\nfour\n', 0);
  });

  it('21a edits of a merged text that are made apart merge from what both saw', () => {
    const w = world();
    edit(w.a, 'one', 'ONE');
    edit(w.b, 'five', 'FIVE');
    w.meet();
    edit(w.a, 'ONE', 'first');
    edit(w.b, 'FIVE', 'last');
    w.c.write({ kind: 'put', fields: { props: { text: textOf(w.c).replace('three', 'THREE') }, title: 'a list' } });
    w.meet();
    expectAll(w, 'first\ntwo\nTHREE\nfour\nlast\n', 0);
    expect(w.b.row()?.fields?.['title']).toBe('a list');
  });

  it('21a an edit of another line leaves a conflict open for who did not know of it', () => {
    const w = world();
    edit(w.a, 'one', 'here');
    edit(w.b, 'one', 'there');
    w.tell(w.b, w.c);
    edit(w.c, 'five', 'FIVE');
    w.meet();
    expectAll(w, 'there\ntwo\nthree\nfour\nFIVE\n', 1);
    expect(versionsOf(w.a)).toEqual(['there\ntwo\nthree\nfour\nFIVE\n', five.replace('one', 'here')]);
  });

  it('23 a removal made apart asks, and the edits of both others are kept', () => {
    const w = world();
    edit(w.a, 'one', 'ONE');
    edit(w.b, 'five', 'FIVE');
    w.c.write({ kind: 'remove' });
    w.meet();
    expectAll(w, 'ONE\ntwo\nthree\nfour\nFIVE\n', 1);
    w.a.decide('reject');
    w.meet();
    expect(w.b.row()?.state).toBe('tombstoned');
  });

  it('21a a text that became bytes elsewhere is a conflict like any other', () => {
    const w = world();
    edit(w.a, 'one', 'ONE');
    w.b.write({ kind: 'put', fields: { props: { text: '/w==', encoding: 'base64' } } });
    w.meet();
    const [text, bytes] = [{ text: five.replace('one', 'ONE') }, { text: '/w==', encoding: 'base64' }];
    const [review] = w.c.open();
    expect(review?.alternatives.map(({ value }) => value)).toEqual([bytes, text]);
    expect([w.a, w.b, w.c].map((device) => device.row()?.fields?.['props'])).toEqual([bytes, bytes, bytes]);
  });

  it.each([true, false])('21a what is live is text, or bytes, of one writer (bytes before: %s)', (wereBytes) => {
    const [text, bytes] = [{ text: five }, { text: '/w==', encoding: 'base64' }];
    for (const whoFirst of ['a', 'b'] as const) {
      const w = world(setting, { props: wereBytes ? bytes : text });
      const other = whoFirst === 'a' ? 'b' : 'a';
      const wholes = { text: { text: 'two\n' }, bytes: { text: '/v8=', encoding: 'base64' } };
      w[whoFirst].write({ kind: 'put', fields: { props: wholes.text } });
      w[other].write({ kind: 'put', fields: { props: wholes.bytes } });
      w.meet();
      const live = w.c.row()?.fields?.['props'];
      expect([wholes.text, wholes.bytes]).toContainEqual(live);
      w.c.decide('reject');
      w.meet();
      for (const device of [w.a, w.b, w.c]) {
        expect([wholes.text, wholes.bytes]).toContainEqual(device.row()?.fields?.['props']);
        expect(device.row()?.fields?.['props']).not.toEqual(live);
        expect(device.open()).toEqual([]);
      }
    }
  });

  it('21a first texts that began apart have nothing to merge from', () => {
    const w = world(setting, { props: {} });
    save(w.a, 'here\n');
    save(w.b, 'there\n');
    save(w.c, 'here\n');
    w.meet();
    expectAll(w, 'here\n', 1);
    expect(versionsOf(w.b)).toEqual(['here\n', 'there\n']);
  });
});

describe('dangerous texts of graph_merge that were written apart', () => {
  const guarded: Setting = { ...setting, manifest: manifestOf('graph_merge', { dangerousFields: ['/props/text'] }) };
  const merged = 'ONE\ntwo\nthree\nfour\nFIVE\n';

  it('24 wait for the approval of every writer, and are merged then', () => {
    const w = world(guarded);
    w.b.decide('accept');
    w.c.decide('accept');
    w.meet();
    expectAll(w, five, 0);
    edit(w.a, 'one', 'ONE');
    edit(w.b, 'five', 'FIVE');
    w.meet();
    expect(textOf(w.a)).toBe(five.replace('one', 'ONE'));
    expect(textOf(w.b)).toBe(five.replace('five', 'FIVE'));
    expect(textOf(w.c)).toBe(five);
    expect([w.a, w.b, w.c].map((device) => device.open().length)).toEqual([1, 1, 1]);
    w.a.decide('accept');
    w.meet();
    expect([w.a, w.b, w.c].map(textOf)).toEqual([merged, textOf(w.b), five.replace('five', 'FIVE')]);
    expect(textOf(w.b)).toBe(five.replace('five', 'FIVE'));
    w.b.decide('accept');
    w.meet();
    expectAll(w, merged, 0);
  });
});

describe('laws of edits made apart', () => {
  const lines = ['zero', 'one', 'two', 'three', 'four', 'five'];
  const save = fc.record({
    by: fc.nat(2),
    line: fc.nat(lines.length - 1),
    word: fc.constantFrom('x', 'y', 'z'),
    tells: fc.option(fc.nat(2)),
  });

  it('a line that one device alone edits is live as that device left it, whoever hears of it when', () => {
    fc.assert(
      fc.property(fc.array(save, { maxLength: 10 }), (saves) => {
        const w = world(setting, { props: { text: lines.join('\n') } });
        const devices = [w.a, w.b, w.c];
        const wanted = [...lines];
        for (const { by, line, word, tells } of saves) {
          const device = devices[by] as Device;
          // Each has lines of its own: 0 and 3, 1 and 4, 2 and 5.
          const own = line - (line % 3) + by;
          const text = textOf(device).split('\n');
          text[own] = `${text[own]}${word}`;
          wanted[own] = `${wanted[own]}${word}`;
          device.write({ kind: 'patch', patch: [{ op: 'add', path: '/props/text', value: text.join('\n') }] });
          if (tells !== null) {
            w.tell(device, devices[tells] as Device);
          }
        }
        w.meet();
        expectAll(w, wanted.join('\n'), 0);
      }),
      { numRuns: runs(30, 120) },
    );
  });

  it('what stands of anybody is in the live text or in a version to choose', () => {
    fc.assert(
      fc.property(fc.array(save, { maxLength: 8 }), (saves) => {
        const w = world(setting, { props: { text: lines.join('\n') } });
        const devices = [w.a, w.b, w.c];
        const standing = new Map<number, readonly string[]>();
        for (const [index, { by, line, word }] of saves.entries()) {
          const device = devices[by] as Device;
          const text = textOf(device).split('\n');
          text[line] = `${word}${index}`;
          standing.set(by, text);
          device.write({ kind: 'patch', patch: [{ op: 'add', path: '/props/text', value: text.join('\n') }] });
        }
        w.meet();
        const versions = [textOf(w.a), ...versionsOf(w.a)].map((text) => text.split('\n'));
        for (const text of standing.values()) {
          const edited = text.flatMap((line, index) => (line === lines[index] ? [] : [{ line, index }]));
          expect(versions.some((version) => edited.every(({ line, index }) => version[index] === line))).toBe(true);
        }
      }),
      { numRuns: runs(30, 120) },
    );
  });
});
