// The house of models: its objects, their states as one, and the commands that combine them.
import type { EngineClient } from '../../client/engineClient';
import type { ModelsPorts, SmallStorage } from '../ports';
import { BenchRuns } from './benchRuns';
import type { BrowserStorage } from './browser';
import { Catalogue } from './catalogue';
import { downloading } from './deskState';
import { diskCommands } from './diskCommands';
import type { DiskFiles } from './diskFiles';
import { DiskModels } from './diskModels';
import { Downloads } from './downloads';
import { openBegunDownloads } from './begunDownloads';
import { openHubTokens } from './hubTokens';
import { openLoadMarker } from './loadMarker';
import { ModelDesk } from './modelDesk';
import type { ModelCommands, ModelsState } from './state';
import { StoredModels } from './storedModels';

/** What the house needs from outside. */
export interface ModelsOutside {
  client: EngineClient;
  preferenceStorage: SmallStorage;
  /** Absolute URL of the built-in model. */
  nanoUrl: string;
  storage: BrowserStorage;
  /** A listing of a model hub, as JSON. @throws AppError with the status */
  fetchJson: (url: string, token?: string) => Promise<unknown>;
  saveFile: (blob: Blob, fileName: string) => void;
  diskFiles: DiskFiles;
}

export interface ModelsHouse {
  desk: ModelDesk;
  catalogue: Catalogue;
  stored: StoredModels;
  downloads: Downloads;
  /** Deletes access tokens, measurements, benchmarks and handles of files; with `models` the stored models too. */
  wipe(models: boolean): Promise<void>;
  /** The state at the start; afterwards `subscribe` tells what changed. */
  initial: ModelsState;
  subscribe(listener: (change: Partial<ModelsState>) => void): void;
}

export function openModels(outside: ModelsOutside, ports: ModelsPorts): ModelsHouse {
  const { client, preferenceStorage, nanoUrl, storage, fetchJson, saveFile, diskFiles } = outside;
  const { notify, preferences } = ports;
  const tokens = openHubTokens(preferenceStorage);
  const catalogue = new Catalogue(client, preferenceStorage);
  const stored = new StoredModels({ client, storage, saveFile, notify });
  const begun = openBegunDownloads(preferenceStorage);
  const downloads = new Downloads({ client, tokens, begun, fetchJson, preferences, notify });
  const disk = new DiskModels(diskFiles, notify);
  const bench = new BenchRuns(client, preferenceStorage);
  const marker = openLoadMarker(preferenceStorage);
  const desk = new ModelDesk({
    client,
    nanoUrl,
    tokens,
    stored,
    downloads,
    begun,
    disk,
    catalogue,
    marker,
    ports,
  });

  async function checkComputer(): Promise<void> {
    // Beside a download, whose bytes are packed in the same worker, the times would be wrong.
    if (!downloading({ model: desk.state })) await catalogue.measure();
  }

  const commands: ModelCommands = {
    startModel: () => desk.start(),
    loadModel: (source) => desk.open(source),
    async loadNano() {
      await desk.open({ kind: 'url', url: nanoUrl });
    },
    async setContextTokens(contextTokens) {
      preferences.change({ contextTokens });
      await desk.reload();
    },
    cancelLoad: () => desk.cancelLoad(),
    dismissModelError: () => desk.dismissError(),
    retryLoad: () => desk.retry(),
    deleteStoredModel: (id) => desk.delete(id),
    pauseImport: () => desk.pauseImport(),
    switchNow: () => desk.switchNow(),
    switchLater: () => desk.switchLater(),

    checkComputer,
    chooseVariant: (modelId, variantId) => catalogue.chooseVariant(modelId, variantId),

    async refresh() {
      await Promise.all([stored.refreshSpace(), downloads.refresh(), disk.refresh()]);
    },
    askDownload(modelId, variantId) {
      downloads.ask(modelId, variantId);
      void stored.refreshSpace();
      if (!catalogue.state.probe) void checkComputer();
    },
    closeRequest: () => downloads.closeRequest(),
    async startDownload(hub, { eyes = false } = {}) {
      const found = await downloads.resolveRequest(hub, {
        eyes,
        askPersistence: () => stored.askPersistence(),
      });
      if (found) void desk.open(found.source, found.eyes);
    },
    async downloadEyes(hub) {
      const asked = stored.askPersistence();
      const source = desk.state.info && (await downloads.resolveEyes(desk.state.info, hub));
      await asked;
      if (source) await desk.giveEyes(source);
    },
    async downloadEmbedder(hub) {
      const asked = stored.askPersistence();
      const source = await downloads.resolveEmbedder(hub);
      await asked;
      if (source) await desk.load(source);
    },
    async openEmbedder(files) {
      await desk.load({ kind: 'files', files, part: 'embedder' });
    },
    acceptLicence(id) {
      const { acceptedLicences } = preferences.read();
      preferences.change({ acceptedLicences: [...new Set([...acceptedLicences, id])] });
    },
    tryHub: (hub, repo) => downloads.tryHub(hub, repo),
    async openAddress(text, hub) {
      const found = await downloads.openAddress(text, hub);
      if (found && found !== 'listed') void desk.open(found);
      return found !== null;
    },
    loadChoice({ source }) {
      downloads.closeRepo();
      void stored.askPersistence();
      void desk.open(source);
    },
    closeRepo: () => downloads.closeRepo(),
    resumeDownload(id) {
      const found = downloads.resume(id);
      if (found) void desk.open(found.source, found.eyes);
    },
    async discardDownload(id) {
      await downloads.discard(id);
      await stored.refreshSpace();
    },
    dismissOffer: () => downloads.dismissOffer(),
    keepToken: (url, token) => downloads.keepToken(url, token),

    askPersistence: () => stored.askPersistence(),
    verifyStored: (id) => stored.verify(id, () => disk.filesOf(stored.find(id))),
    cancelVerify: (id) => stored.cancelVerify(id),
    exportStored: (id) => stored.export(id),

    ...diskCommands({ desk, disk, stored, ports }),

    async startBench(length) {
      const { info, loadMs } = desk.state;
      if (info && !ports.answers.isAnswering()) await bench.run(length, info, loadMs);
    },
    stopBench: () => bench.stop(),
    async checkDevice() {
      if (!ports.answers.isAnswering()) await bench.check();
    },
    deleteBench: (date) => bench.delete(date),
  };

  return {
    desk,
    catalogue,
    stored,
    downloads,
    async wipe(withModels) {
      for (const host of downloads.state.tokenHosts) downloads.keepToken(`https://${host}/`, '');
      catalogue.forget();
      bench.deleteAll();
      if (withModels) {
        for (const { id } of await stored.refresh()) await desk.delete(id);
        await downloads.refresh();
        for (const { id } of downloads.state.partial) await downloads.discard(id);
        await stored.refreshSpace();
      }
      await disk.forgetAll(); // after the models, whose files are handles too
    },
    initial: {
      model: desk.state,
      catalogue: catalogue.state,
      downloads: downloads.state,
      storage: stored.state,
      disk: disk.state,
      bench: bench.state,
      nanoUrl,
      desk: commands,
    },
    subscribe(listener) {
      desk.subscribe((model) => listener({ model }));
      catalogue.subscribe((state) => listener({ catalogue: state }));
      downloads.subscribe((state) => listener({ downloads: state }));
      stored.subscribe((state) => listener({ storage: state }));
      disk.subscribe((state) => listener({ disk: state }));
      bench.subscribe((state) => listener({ bench: state }));
    },
  };
}
