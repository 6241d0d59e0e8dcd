import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../bench/stage/device.ts';
import type { RunningProcess } from '../../bench/stage/processes.ts';
import { startRelay } from '../../bench/stage/relay.ts';
import { type Pair, folderKinds } from './port.ts';
import { createRealDevice } from './real-device.ts';

/** The built program on one machine: a relay and two paired devices, each a process of its own, nothing linked yet. */
export async function openRealPair(root: string): Promise<Pair> {
  let relay: RunningProcess = await startRelay(root, []);
  const relayUrl = String(relay.ready['url']);
  const [deskHome, laptopHome] = [join(root, 'desk'), join(root, 'laptop')];
  for (const name of ['desk', 'laptop']) {
    for (const kind of folderKinds) {
      await mkdir(join(root, `${name}-files`, kind), { recursive: true });
    }
  }
  await runCommand(deskHome, 'init', '--label', 'desk', '--relay', relayUrl, '--yes');
  const desk = createRealDevice('desk', deskHome, join(root, 'desk-files'));
  await desk.start();
  const { code } = (await runCommand(deskHome, 'pair', 'invite', '--trust-code')) as { readonly code: string };
  await runCommand(laptopHome, 'pair', 'join', code, '--label', 'laptop', '--trust-code');
  const laptop = createRealDevice('laptop', laptopHome, join(root, 'laptop-files'));
  await laptop.start();
  return {
    desk,
    laptop,
    async crashRelay() {
      await relay.kill();
      relay = await startRelay(root, [], undefined, new URL(relayUrl).host);
    },
    async close() {
      await Promise.allSettled([desk.stop(), laptop.stop()]);
      await relay.stop();
    },
  };
}
