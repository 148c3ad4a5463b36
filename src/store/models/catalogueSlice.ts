import { findByOrigin, predict } from '../../catalogue';
import { toWireError } from '../../shared/errors';
import type { AppState, SliceMaker } from '../appState';
import type { CatalogueSlice } from './state';
import { downloading } from './importSlice';
import { readDeviceRecords, writeDeviceRecords } from './deviceRecords';
import type { CatalogueState } from '../types';

/** Shorter answers say little about the speed. */
const MEASURED_FROM_TOKENS = 12;

/** What the model in use should do on this computer; null for a model or a computer that is not known. */
export function predictedSpeed({ model, catalogue }: Pick<AppState, 'model' | 'catalogue'>): number | null {
  const found = model.info && findByOrigin(model.info.origin);
  if (!found || !catalogue.probe || !model.info) return null;
  const { contextTokens } = model.info;
  return predict(catalogue.probe, found.model, found.variant, contextTokens).tokensPerSecond;
}

export const createCatalogueSlice: SliceMaker<CatalogueSlice> = (set, get, { client, preferenceStorage }) => {
  const patch = (change: Partial<CatalogueState>) => set({ catalogue: { ...get().catalogue, ...change } });
  function keep(change: Partial<CatalogueState>): void {
    patch(change);
    const { probe, measured, downloadBytesPerSecond } = get().catalogue;
    writeDeviceRecords(preferenceStorage, { probe, measured, downloadBytesPerSecond });
  }
  return {
    catalogue: {
      ...readDeviceRecords(preferenceStorage),
      probing: null,
      probeError: null,
      chosenVariants: {},
    },
    async checkComputer() {
      // Beside a download, whose bytes are packed in the same worker, the times would be wrong.
      if (get().catalogue.probing !== null || downloading(get())) return;
      patch({ probing: 0, probeError: null });
      try {
        const onEvent = ({ fraction }: { fraction: number }) => patch({ probing: fraction });
        keep({ probe: await client.call('probe', {}, { onEvent }) });
      } catch (error) {
        patch({ probeError: toWireError(error) });
      } finally {
        patch({ probing: null });
      }
    },
    chooseVariant: (modelId, variantId) =>
      patch({ chosenVariants: { ...get().catalogue.chosenVariants, [modelId]: variantId } }),
    rememberSpeed({ newTokens, decodeMs }) {
      const { info } = get().model;
      if (!info || newTokens < MEASURED_FROM_TOKENS || decodeMs <= 0) return;
      const speed = { tokensPerSecond: (newTokens / decodeMs) * 1000, measuredAt: Date.now() };
      keep({ measured: { ...get().catalogue.measured, [info.origin]: speed } });
    },
    rememberDownloadSpeed: (downloadBytesPerSecond) => keep({ downloadBytesPerSecond }),
  };
};
