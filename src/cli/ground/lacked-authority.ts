import type { LackedAuthorityBody } from '../../api/types/bodies.ts';
import type { DeviceListBody } from '../../api/types/devices.ts';
import { asShellWord } from '../../base/shell-word.ts';
import { printable } from './table.ts';

/** `On desk: sourcesync devices role laptop writer --authority agents`, with devices by the names they have. */
export function givingWords(
  { command, givers }: LackedAuthorityBody,
  { items }: Pick<DeviceListBody, 'items'>,
): string {
  const named = items.reduce((text, { deviceId, label }) => text.replaceAll(deviceId, asShellWord(label)), command);
  const labels = givers.flatMap((id) => items.find(({ deviceId }) => deviceId === id)?.label ?? []);
  return printable(`On ${labels.length === 0 ? 'a device that administers this one' : labels.join(' or ')}: ${named}`);
}
