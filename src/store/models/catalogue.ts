import type { EngineClient } from '../../client/engineClient';
import type { GenerateSummary } from '../../protocol/chat';
import type { ModelInfo } from '../../protocol/models';
import { toWireError, type WireError } from '../../shared/errors';
import { fetchPart } from '../../shared/missingPart';
import { Observable } from '../observable';
import type { SmallStorage } from '../ports';
import { NO_RECORDS, readDeviceRecords, writeDeviceRecords, type DeviceRecords } from './deviceRecords';
import type { CatalogueState } from './types';

/** Shorter answers say little about the speed. */
const MEASURED_FROM_TOKENS = 12;

/** What this computer can do: measured, kept in localStorage, and used to predict models. */
export class Catalogue extends Observable<CatalogueState> {
  constructor(
    private readonly client: EngineClient,
    private readonly storage: SmallStorage,
  ) {
    super({
      ...readDeviceRecords(storage),
      device: null,
      probing: null,
      probeError: null,
      chosenVariants: {},
    });
  }

  /** Asks which GPU there is. @returns the failure, if it cannot run models */
  async findDevice(): Promise<WireError | null> {
    try {
      this.patch({ device: await this.client.call('device', {}) });
      return null;
    } catch (error) {
      return toWireError(error);
    }
  }

  /** Measures what this computer can do, without a model and without a download. */
  async measure(): Promise<void> {
    if (this.state.probing !== null) return;
    this.patch({ probing: 0, probeError: null });
    try {
      const onEvent = ({ fraction }: { fraction: number }) => this.patch({ probing: fraction });
      this.#keep({ probe: await this.client.call('probe', {}, { onEvent }) });
    } catch (error) {
      this.patch({ probeError: toWireError(error) });
    } finally {
      this.patch({ probing: null });
    }
  }

  chooseVariant(modelId: string, variantId: string): void {
    this.patch({ chosenVariants: { ...this.state.chosenVariants, [modelId]: variantId } });
  }

  /** Records how fast a model answered. */
  recordAnswer(
    origin: string,
    { newTokens, decodeMs, seeing, prefillMs, prefilledTokens }: GenerateSummary,
  ): void {
    if (seeing && seeing.tokens > 0 && prefilledTokens) {
      const reading = Math.max(0, prefillMs - seeing.ms) / prefilledTokens;
      this.#keep({ pictureMs: { [origin]: seeing.ms / seeing.tokens + reading } });
    }
    if (newTokens < MEASURED_FROM_TOKENS || decodeMs <= 0) return;
    const speed = { tokensPerSecond: (newTokens / decodeMs) * 1000, measuredAt: Date.now() };
    this.#keep({ measured: { [origin]: speed } });
  }

  /** Records the smoothed speed of a download under way. */
  recordDownload(downloadBytesPerSecond: number): void {
    this.#keep({ downloadBytesPerSecond });
  }

  /** Predicted tokens per second of a model on this computer; null where one of them is unknown. */
  async predictedSpeed(info: ModelInfo | null): Promise<number | null> {
    const { probe } = this.state;
    if (!probe || !info) return null;
    const { findByOrigin, predict } = await fetchPart(() => import('../../catalogue'));
    const found = findByOrigin(info.origin);
    if (!found) return null;
    return predict(probe, found.model, found.variant, info.contextTokens).tokensPerSecond;
  }

  /** Forgets what was measured here. */
  forget(): void {
    this.patch(NO_RECORDS);
    writeDeviceRecords(this.storage, NO_RECORDS);
  }

  /** Another tab may have measured other models since. */
  #keep(change: Partial<DeviceRecords>): void {
    const theirs = readDeviceRecords(this.storage);
    const measured = { ...theirs.measured, ...this.state.measured, ...change.measured };
    const pictureMs = { ...theirs.pictureMs, ...this.state.pictureMs, ...change.pictureMs };
    this.patch({ ...change, measured, pictureMs });
    const { probe, downloadBytesPerSecond } = this.state;
    writeDeviceRecords(this.storage, { probe, measured, pictureMs, downloadBytesPerSecond });
  }
}
