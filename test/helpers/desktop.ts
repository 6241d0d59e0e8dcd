import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that shows notifications, on the bus of a session: it answers with a number and says what it was given. */
const shower = `
import json, sys
from gi.repository import Gio, GLib
xml = """<node><interface name="org.freedesktop.Notifications"><method name="Notify">
<arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
<arg type="u" direction="out"/></method></interface></node>"""
silent = sys.argv[1:] == ["silent"]
def call(connection, sender, path, interface, method, parameters, invocation):
    print(json.dumps(parameters.unpack()), flush=True)
    if not silent:
        invocation.return_value(GLib.Variant("(u)", (7,)))
bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
bus.register_object("/org/freedesktop/Notifications", Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0], call, None, None)
Gio.bus_own_name_on_connection(bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE, lambda *_: print("there", flush=True), None)
GLib.MainLoop().run()
`;

// What Debian installs beside its own Python is seen by that one.
const python = '/usr/bin/python3';

/** A desktop can be played where there are a bus, and Python with GLib to answer on it. */
export const hasDesktop: boolean =
  spawnSync('dbus-daemon', ['--version']).status === 0 &&
  spawnSync(python, ['-c', 'from gi.repository import Gio']).status === 0;

export interface Desktop {
  /** What names its bus. */
  readonly environment: { readonly DBUS_SESSION_BUS_ADDRESS: string };
  /** Arguments of each call so far. */
  readonly shown: readonly (readonly unknown[])[];
  /** Resolves once so many were shown. */
  until(count: number): Promise<void>;
  close(): void;
}

/** A bus of a session, with a program that shows notifications unless none is wanted. */
export async function openDesktop(kind: 'showing' | 'silent' | 'empty' = 'showing'): Promise<Desktop> {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await new Promise<string>((resolve) => {
    createInterface({ input: bus.stdout }).once('line', resolve);
  });
  const environment = { DBUS_SESSION_BUS_ADDRESS: address };
  const shown: (readonly unknown[])[] = [];
  let waiting: (() => void)[] = [];
  let program: ChildProcess | undefined;
  if (kind !== 'empty') {
    const child = spawn(python, ['-c', shower, kind], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    program = child;
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line === 'there') {
          resolve();
          return;
        }
        shown.push(JSON.parse(line) as readonly unknown[]);
        const woken = waiting;
        waiting = [];
        woken.forEach((wake) => wake());
      });
    });
  }
  return {
    environment,
    shown,
    async until(count) {
      while (shown.length < count) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
    },
    close() {
      program?.kill();
      bus.kill();
    },
  };
}
