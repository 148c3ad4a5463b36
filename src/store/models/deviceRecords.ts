// What was measured on this device, in localStorage: the probe, speeds of used models, the last download's speed.
import type { DeviceProbe } from '../../protocol/device';
import type { SmallStorage } from '../ports';
import type { Measured } from './types';

const KEY = 'glm-device';

export interface DeviceRecords {
  probe: DeviceProbe | null;
  measured: Record<string, Measured>;
  /** Milliseconds that a model took per token of a picture, tower and reading together, by origin. */
  pictureMs: Record<string, number>;
  downloadBytesPerSecond: number;
}

export const NO_RECORDS: DeviceRecords = {
  probe: null,
  measured: {},
  pictureMs: {},
  downloadBytesPerSecond: 0,
};

/** A record of another version of the app, or a damaged one, reads as nothing: measuring again takes seconds. */
const isProbe = (value: unknown): value is DeviceProbe => {
  const probe = value as Partial<DeviceProbe> | null | undefined;
  return (
    typeof probe?.allocatableBytes === 'number' &&
    typeof probe.layer?.decodeMs === 'number' &&
    typeof probe.head?.decodeMs === 'number' &&
    typeof probe.measuredAt === 'number' &&
    !!probe.device
  );
};

export function readDeviceRecords(storage: SmallStorage): DeviceRecords {
  try {
    const saved = JSON.parse(storage.getItem(KEY) ?? '{}') as Partial<DeviceRecords>;
    const measured = Object.entries(saved.measured ?? {}).filter(([, value]) => value.tokensPerSecond > 0);
    return {
      probe: isProbe(saved.probe) ? saved.probe : null,
      measured: Object.fromEntries(measured),
      pictureMs: Object.fromEntries(Object.entries(saved.pictureMs ?? {}).filter(([, ms]) => ms > 0)),
      downloadBytesPerSecond: Number(saved.downloadBytesPerSecond) || 0,
    };
  } catch {
    return NO_RECORDS;
  }
}

export function writeDeviceRecords(storage: SmallStorage, records: DeviceRecords): void {
  try {
    storage.setItem(KEY, JSON.stringify(records));
  } catch {
    // Private windows may refuse; it is measured again next time.
  }
}
