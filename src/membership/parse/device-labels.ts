import { type DeviceId, parseDeviceId } from '../../base/ids.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { maximumDevices } from './entry.ts';
import { parseGivenLabel } from './labels.ts';

export type DeviceLabels = Readonly<Record<DeviceId, string>>;

/** Names of devices as a batch tells them; undefined where one is of another form. */
export function labelsFrom(value: JsonValue | undefined): DeviceLabels | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const entries = Object.entries(value);
  const known = entries.every(
    ([device, label]) =>
      parseDeviceId(device) !== undefined && typeof label === 'string' && parseGivenLabel(label) === label,
  );
  return known && entries.length >= 1 && entries.length <= maximumDevices ? (value as DeviceLabels) : undefined;
}
