import type { EngineClient } from '../../client/engineClient';
import type { KnownModel } from '../answerSettings';
import type { LoadProgress, ModelInfo, ModelSource } from '../../protocol/models';
import { isAbort, toWireError } from '../../shared/errors';
import { Observable } from '../observable';
import type { ModelsPorts } from '../ports';
import type { BegunDownloads } from './begunDownloads';
import type { Catalogue } from './catalogue';
import { INITIAL, next, type DeskEvent } from './deskState';
import type { DiskModels } from './diskModels';
import type { Downloads } from './downloads';
import { withToken, type HubTokens } from './hubTokens';
import type { LoadMarker, UnendedLoad } from './loadMarker';
import {
  downloadOrigin,
  isOldNano,
  isSameModel,
  needsImport,
  sourceName,
  type ImportableSource,
} from './modelSources';
import type { StoredModels } from './storedModels';
import type { DeskState } from './types';

/** Above this size an import asks the browser for storage that is not evicted. */
const PERSIST_ABOVE_BYTES = 100e6;
/** How often the speed of a download is recorded; the first moments say little. */
const KEEP_SPEED_EVERY_MS = 5000;

const PAUSED = new DOMException('Paused', 'AbortError');

export interface DeskParts {
  client: EngineClient;
  /** Absolute URL of the built-in model. */
  nanoUrl: string;
  tokens: HubTokens;
  stored: StoredModels;
  downloads: Downloads;
  begun: BegunDownloads;
  disk: DiskModels;
  catalogue: Catalogue;
  marker: LoadMarker;
  ports: ModelsPorts;
}

/**
 * Brings models here and puts one on the GPU: one load and one import at a time. Each request replaces the one before;
 * its signal then fires, and its later events are ignored. Transitions: deskState.ts.
 */
/**
 * Nano is not loaded again after so many loads that ended the page. A browser that is killed may lose the last seconds of
 * localStorage, and with them the end of a load: one or two marks prove nothing.
 */
const NANO_CRASHES = 3;

export class ModelDesk extends Observable<DeskState> {
  #lastSource: ModelSource;
  #lastEyes: ModelSource | undefined;
  #loading: AbortController | null = null;
  #importing: AbortController | null = null;
  #asksPersistence = true;
  #speedKeptAt = Date.now();

  constructor(private readonly parts: DeskParts) {
    super(INITIAL);
    this.#lastSource = { kind: 'url', url: parts.nanoUrl };
    parts.client.onHealing((healing) => this.#dispatch({ kind: 'healing', healing }));
    parts.client.onResident((resident) => {
      if (!this.#loading) this.#adoptElsewhere(resident?.info ?? null);
    });
    parts.client.onDeviceLost((error) => {
      this.#endLoad();
      const { info } = this.state;
      if (info) this.#lastSource = { kind: 'cached', id: info.id };
      this.#dispatch({ kind: 'device-lost', error: toWireError(error) });
    });
  }

  /** First load of the page: what another tab uses, else the model used last if it is stored, else Nano. */
  async start(): Promise<void> {
    const { client, nanoUrl, stored, downloads, disk, catalogue, marker, ports } = this.parts;
    const shared = await client.resident();
    if (shared && !this.#loading) {
      this.#adoptElsewhere(shared.info);
      void catalogue.findDevice(); // waits for the other tab's answer
    } else {
      const unsupported = await catalogue.findDevice();
      if (unsupported) return this.#dispatch({ kind: 'load-failed', error: unsupported });
    }
    const [found] = await Promise.all([stored.refresh(), downloads.refresh()]);
    downloads.offerInterrupted();
    for (const model of found) if (isOldNano(model, nanoUrl)) await this.delete(model.id);
    if (this.#loading || this.state.status !== 'loading') return; // another tab, or the user, was quicker
    const unended = marker.read();
    if (unended) return this.#startAfterCrash(unended);
    const { lastModelId } = ports.preferences.read();
    const last = found.find((model) => model.id === lastModelId && !isOldNano(model, nanoUrl));
    if (!last || (last.disk && !(await disk.isReadable(last)))) {
      await this.load({ kind: 'url', url: nanoUrl });
      return;
    }
    await this.load({ kind: 'cached', id: last.id });
    // A stored Nano that cannot be read can be fetched again.
    const { status } = this.state as DeskState; // the load changed it
    if (status === 'failed' && last.origin === nanoUrl) await this.load({ kind: 'url', url: nanoUrl });
  }

  /** A model that ended the page is not loaded at once again: Nano is, or nothing when Nano ended it three times. */
  async #startAfterCrash(unended: UnendedLoad): Promise<void> {
    const { nanoUrl, marker } = this.parts;
    const { name, source, crashes } = unended;
    const isNano = source.kind === 'url' && source.url === nanoUrl;
    if (isNano && crashes < NANO_CRASHES) {
      await this.load({ kind: 'url', url: nanoUrl });
      return;
    }
    marker.end();
    this.#dispatch({ kind: 'crashed', load: { name, source } });
    if (isNano) this.#dispatch({ kind: 'load-stopped' });
    else await this.load({ kind: 'url', url: nanoUrl });
  }

  /** The model that the shared engine uses now. */
  #adoptElsewhere(info: ModelInfo | null): void {
    if (info) this.#lastSource = { kind: 'cached', id: info.id };
    const isNew = info && info.id !== this.state.info?.id;
    this.#dispatch({ kind: 'changed-elsewhere', info });
    if (isNew) this.parts.ports.onLoaded();
  }

  /** A load that the user asked for: the chat on screen changes its model too. @returns as `load` */
  async open(source: ModelSource, eyes?: ModelSource): Promise<ModelInfo | null> {
    this.#dispatch({ kind: 'crashed', load: null });
    const adopt = this.parts.ports.answers.adopter();
    const info = await this.load(source, eyes);
    if (info) adopt(info);
    return info;
  }

  /** The model of a chat, opened if it is not in use. It has to be on this device. */
  use(model: KnownModel): void {
    const { info } = this.state;
    if (info && isSameModel(info, model)) return;
    const { nanoUrl } = this.parts;
    const isNano = isSameModel(model, { id: '', name: '', origin: nanoUrl });
    void this.open(isNano ? { kind: 'url', url: nanoUrl } : { kind: 'cached', id: model.id });
  }

  /**
   * Imports a model if it is not here (the one in use answers meanwhile), or else puts it on the GPU.
   * @param eyes to be imported with it
   * @returns the model, if it is in use now; null after a failure, which the state tells, and after an import
   */
  async load(source: ModelSource, eyes?: ModelSource): Promise<ModelInfo | null> {
    this.#lastSource = source;
    this.#lastEyes = eyes;
    if (source.kind === 'cached' && eyes) await this.giveEyes(eyes, source.id);
    else if (!needsImport(source, this.parts.nanoUrl)) return this.#toGpu(source);
    // An interrupted download of eyes: the model in use asks for them, or another one finds them by its name.
    else if (source.part === 'eyes' && this.state.info?.eyes !== undefined) await this.giveEyes(source);
    else await this.#import(source, eyes);
    return null;
  }

  /** Imports eyes for a stored model or the one in use, which goes on answering meanwhile. */
  async giveEyes(eyes: ModelSource, modelId = this.state.info?.id): Promise<void> {
    const { client, nanoUrl, stored, tokens, begun, disk } = this.parts;
    if (modelId === undefined || !needsImport(eyes, nanoUrl)) return;
    this.#endImport();
    const { signal } = this.#beginImport();
    const origin = downloadOrigin(eyes, nanoUrl);
    const name = sourceName(eyes, nanoUrl, stored.state.models);
    const model = { kind: 'cached' as const, id: modelId };
    this.#dispatch({ kind: 'import-started', name, origin });
    if (origin) begun.begin(origin, name, { source: model, eyes });
    const source = withToken(eyes, tokens);
    const onEvent = (progress: LoadProgress) => {
      if (!signal.aborted) this.#onImportProgress(progress, origin);
    };
    try {
      // A model that is read in place is not in the cache, and waits for its eyes.
      const inPlace = stored.find(modelId)?.disk;
      if (!inPlace) await client.call('import', { source: model, eyes: source }, { signal, onEvent });
      if (this.state.info?.id === modelId) await client.call('addEyes', { source }, { signal, onEvent });
      begun.end(origin);
      if (signal.aborted) return;
      if (origin) this.parts.ports.preferences.change({ runningDownload: null });
      this.#importing = null;
      this.#dispatch({ kind: 'import-closed' });
      await Promise.all([stored.refresh(), this.#lookAround(), disk.refresh()]);
    } catch (error) {
      await this.#importEnded(error, signal, origin);
    }
  }

  /** The load that failed or was lost, once more. */
  async retry(): Promise<void> {
    await this.load(this.#lastSource, this.#lastEyes);
  }

  /** Loads the model in use again, for example with another context length. */
  async reload(): Promise<void> {
    const { info } = this.state;
    if (info) await this.load({ kind: 'cached', id: info.id });
  }

  /** Stops the load: the model before stays if it is still on the GPU. */
  cancelLoad(): void {
    if (!this.#loading) return;
    this.parts.marker.end();
    this.#endLoad();
    this.#dispatch({ kind: 'load-stopped' });
  }

  /** Stops the import. A download keeps what it has, and is offered to be resumed. */
  pauseImport(): void {
    if (!this.#importing) return;
    this.#endImport(PAUSED);
    this.#dispatch({ kind: 'import-closed' });
    this.parts.downloads.noteLeft();
  }

  /** Switches to the model that arrived during a conversation. */
  switchNow(): void {
    const id = this.state.incoming?.readyId;
    if (id) void this.#openArrived(id);
  }
  /** Leaves the model that arrived among the stored ones. */
  switchLater(): void {
    this.#dispatch({ kind: 'import-closed' });
  }

  dismissError(): void {
    this.#dispatch({ kind: 'crashed', load: null });
    this.#dispatch({ kind: 'error-dismissed' });
  }

  /** The engine reported that it holds no model. */
  reportMissing(): void {
    this.#dispatch({ kind: 'model-missing' });
  }

  async delete(id: string): Promise<void> {
    const { stored, disk } = this.parts;
    await stored.delete(id);
    await disk.forgetModel(id);
    await Promise.all([stored.refresh(), stored.refreshSpace()]);
  }

  async #toGpu(source: ModelSource, arrived = false): Promise<ModelInfo | null> {
    const { client, nanoUrl, stored, disk, marker, ports } = this.parts;
    ports.answers.stopEngineAnswer();
    this.#endLoad();
    const { signal } = this.#beginLoad();
    const name = sourceName(source, nanoUrl, stored.state.models);
    this.#dispatch({ kind: 'load-started', name, arrived });
    const { contextTokens } = ports.preferences.read();
    const started = performance.now();
    try {
      const model = source.kind === 'cached' ? stored.find(source.id) : undefined;
      const complete = model?.disk ? await disk.sourceOf(model) : source;
      signal.throwIfAborted();
      marker.begin(name, complete);
      const info = await client.call(
        'load',
        { source: complete, ...(contextTokens && { options: { contextTokens } }) },
        {
          signal,
          onEvent: (progress) => {
            if (!signal.aborted) this.#dispatch({ kind: 'load-progress', progress });
          },
        },
      );
      if (signal.aborted) return null;
      marker.end();
      this.#loading = null;
      this.#dispatch({ kind: 'loaded', info, loadMs: performance.now() - started });
      ports.preferences.change({ lastModelId: info.id });
      ports.onLoaded();
      await Promise.all([stored.refresh(), this.#lookAround()]);
      return info;
    } catch (error) {
      if (signal.aborted) return null;
      marker.end();
      this.#loading = null;
      this.#dispatch(
        isAbort(error) ? { kind: 'load-stopped' } : { kind: 'load-failed', error: toWireError(error) },
      );
      return null;
    }
  }

  async #import(source: ImportableSource, eyes?: ModelSource): Promise<void> {
    const { client, nanoUrl, tokens, stored, begun, ports } = this.parts;
    this.#endImport();
    const { signal } = this.#beginImport();
    const origin = downloadOrigin(source, nanoUrl);
    const name = sourceName(source, nanoUrl, stored.state.models);
    const startedAt = Date.now();
    this.#dispatch({ kind: 'import-started', name, origin });
    if (origin) begun.begin(origin, name, { source, eyes });
    if (source.kind === 'files') this.#persistOnce(source.files.reduce((sum, file) => sum + file.size, 0));
    try {
      const { id } = await client.call(
        'import',
        { source: withToken(source, tokens), ...(eyes && { eyes: withToken(eyes, tokens) }) },
        {
          signal,
          onEvent: (progress) => {
            if (!signal.aborted) this.#onImportProgress(progress, origin);
          },
        },
      );
      begun.end(origin);
      if (signal.aborted) return;
      if (origin) ports.preferences.change({ runningDownload: null });
      await stored.refresh();
      if (signal.aborted) return;
      this.#importing = null;
      const { embedder, eyes: areEyes } = stored.find(id) ?? {};
      if (embedder || areEyes) {
        this.#dispatch({ kind: 'import-closed' }); // it answers no chat
        return void (await this.#lookAround());
      }
      ports.preferences.change({ lastModelId: id });
      const { info } = this.state;
      if (info?.id === id) return this.#dispatch({ kind: 'import-closed' });
      if (!info || !ports.answers.isMidChat(startedAt)) return await this.#openArrived(id);
      this.#dispatch({ kind: 'import-waits', id });
      await this.#lookAround();
    } catch (error) {
      if (eyes) await stored.refresh(); // the model may have come before its eyes failed
      await this.#importEnded(error, signal, origin);
    }
  }

  /** An import failed or was stopped. */
  async #importEnded(error: unknown, signal: AbortSignal, origin: string): Promise<void> {
    if (!signal.aborted) {
      this.#importing = null;
      this.#dispatch(
        isAbort(error) ? { kind: 'import-closed' } : { kind: 'import-failed', error: toWireError(error) },
      );
    }
    if (!origin) return;
    if (!signal.aborted) this.parts.begun.fail(origin); // the sheet, or the card, says why
    await this.#lookAround();
    if (signal.reason === PAUSED) this.parts.downloads.offer(origin);
  }

  async #openArrived(id: string): Promise<void> {
    const adopt = this.parts.ports.answers.adopter();
    this.#lastSource = { kind: 'cached', id };
    const info = await this.#toGpu(this.#lastSource, true);
    if (info) adopt(info);
  }

  #onImportProgress(progress: LoadProgress, origin: string): void {
    const { catalogue, ports } = this.parts;
    this.#dispatch({ kind: 'import-progress', progress });
    if (progress.phase !== 'import') return;
    this.parts.begun.store(origin);
    this.#persistOnce(progress.totalBytes);
    if (!origin) return;
    if (ports.preferences.read().runningDownload !== origin)
      ports.preferences.change({ runningDownload: origin });
    const { bytesPerSecond } = progress;
    if (Date.now() < this.#speedKeptAt + KEEP_SPEED_EVERY_MS || bytesPerSecond <= 0) return;
    this.#speedKeptAt = Date.now();
    catalogue.recordDownload(bytesPerSecond);
  }

  #persistOnce(bytes: number): void {
    if (!this.#asksPersistence || bytes <= PERSIST_ABOVE_BYTES) return;
    this.#asksPersistence = false;
    void this.parts.stored.askPersistence();
  }

  /** What a load or a download left behind. */
  #lookAround(): Promise<unknown> {
    return Promise.all([this.parts.downloads.refresh(), this.parts.stored.refreshSpace()]);
  }

  #beginLoad(): AbortController {
    this.#loading = new AbortController();
    return this.#loading;
  }
  #endLoad(): void {
    this.#loading?.abort();
    this.#loading = null;
  }
  #beginImport(): AbortController {
    this.#importing = new AbortController();
    return this.#importing;
  }
  #endImport(reason?: DOMException): void {
    this.#importing?.abort(reason);
    this.#importing = null;
  }

  #dispatch(event: DeskEvent): void {
    this.replace(next(this.state, event));
  }
}
