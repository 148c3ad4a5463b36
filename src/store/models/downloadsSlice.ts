import {
  findModel,
  HUGGING_FACE,
  listChoices,
  mirrorHub,
  MODELSCOPE,
  parseModelAddress,
  resolveModel,
  type FetchJson,
  type Hub,
  type HubKind,
} from '../../catalogue';
import type { PartialImport } from '../../protocol/models';
import { AppError, toWireError } from '../../shared/errors';
import type { SliceMaker } from '../appState';
import type { DownloadsSlice } from './state';
import { openHubTokens } from './hubTokens';
import type { DownloadRequest, DownloadsState } from '../types';

/** The hub of these preferences. @throws AppError 'bad-request' for a mirror address that is none. */
export function hubOf(kind: HubKind, mirrorUrl: string): Hub {
  if (kind === 'mirror') return mirrorHub(mirrorUrl);
  return kind === 'modelscope' ? MODELSCOPE : HUGGING_FACE;
}

export const createDownloadsSlice: SliceMaker<DownloadsSlice> = (set, get, deps) => {
  const { client, preferenceStorage, fetchJson } = deps;
  const tokens = openHubTokens(preferenceStorage);
  const patch = (change: Partial<DownloadsState>) => set({ downloads: { ...get().downloads, ...change } });
  const patchRequest = (change: Partial<DownloadRequest>) => {
    const { request } = get().downloads;
    if (request) patch({ request: { ...request, ...change } });
  };
  const fetchWith =
    (token: string | undefined): FetchJson =>
    (url) =>
      fetchJson(url, token);
  const find = (id: string) => get().downloads.partial.find((row) => row.id === id);

  return {
    downloads: { partial: [], offered: null, request: null, repo: null, tokenHosts: tokens.hosts() },

    async refreshDownloads() {
      try {
        patch({ partial: await client.call('listPartial', {}) });
      } catch (error) {
        get().notify(toWireError(error));
      }
    },

    askDownload(modelId, variantId) {
      patch({ request: { modelId, variantId, listing: false, error: null } });
      void get().refreshStorage();
      if (!get().catalogue.probe) void get().checkComputer();
    },
    closeRequest: () => patch({ request: null }),

    async startDownload(hub) {
      const { request } = get().downloads;
      if (!request || request.listing) return;
      const model = findModel(request.modelId);
      const variant = model?.variants.find(({ id }) => id === request.variantId);
      if (!model || !variant) return;
      patchRequest({ listing: true, error: null });
      const stillAsked = () => get().downloads.request?.modelId === model.id;
      const token = tokens.find(hub.baseUrl);
      try {
        const asked = get().askPersistence(); // in the click that agreed: some browsers want one
        const source = await resolveModel({ model, variant, hub, fetchJson: fetchWith(token) });
        await asked;
        if (!stillAsked()) return;
        patch({ request: null });
        void get().loadModel(source);
      } catch (error) {
        if (stillAsked()) patchRequest({ listing: false, error: toWireError(error) });
      }
    },
    acceptLicence(id) {
      const { acceptedLicences } = get().preferences;
      get().setPreferences({ acceptedLicences: [...new Set([...acceptedLicences, id])] });
    },

    async openAddress(text, hub) {
      let address: ReturnType<typeof parseModelAddress>;
      try {
        address = parseModelAddress(text, hub);
      } catch (error) {
        if (error instanceof AppError) return false;
        throw error;
      }
      if (address.kind === 'url') {
        patch({ repo: null });
        void get().loadModel({ kind: 'url', url: address.url });
        return true;
      }
      const listing = { repo: address.repo, listing: true, choices: [], error: null };
      patch({ repo: listing });
      const token = tokens.find(address.hub.baseUrl);
      try {
        const choices = await listChoices(address, fetchWith(token));
        if (get().downloads.repo === listing) patch({ repo: { ...listing, listing: false, choices } });
      } catch (error) {
        if (get().downloads.repo !== listing) return true;
        patch({ repo: { ...listing, listing: false, error: toWireError(error) } });
      }
      return true;
    },
    loadChoice({ source }) {
      patch({ repo: null });
      void get().askPersistence();
      void get().loadModel(source);
    },
    closeRepo: () => patch({ repo: null }),

    resumeDownload(id) {
      const source = find(id)?.source;
      if (!source) return;
      patch({ offered: null });
      void get().loadModel(source);
    },
    async discardDownload(id) {
      const { origin } = find(id) ?? {};
      if (get().downloads.offered === id) patch({ offered: null });
      if (get().preferences.runningDownload === origin) get().setPreferences({ runningDownload: null });
      try {
        await client.call('deletePartial', { id });
      } catch (error) {
        get().notify(toWireError(error));
      }
      await Promise.all([get().refreshDownloads(), get().refreshStorage()]);
    },
    offerDownload(origin) {
      const resumable = (row: PartialImport) => row.origin === origin && row.source !== null;
      patch({ offered: get().downloads.partial.find(resumable)?.id ?? null });
    },
    offerInterrupted() {
      const { runningDownload, leftDownloadsAt } = get().preferences;
      if (runningDownload) return get().offerDownload(runningDownload);
      // A killed browser loses the last seconds of its preferences, but not the journal of the import.
      const interrupted = (row: PartialImport) => row.source !== null && row.updatedAt > leftDownloadsAt;
      patch({ offered: get().downloads.partial.find(interrupted)?.id ?? null });
    },
    dismissOffer() {
      patch({ offered: null });
      get().setPreferences({ runningDownload: null, leftDownloadsAt: Date.now() });
    },
    withToken(source) {
      if (source.kind === 'url') {
        const { url } = source;
        const token = tokens.find(url);
        const name = url.split(/[?#]/)[0].split('/').pop() ?? url;
        return token ? { kind: 'remote', origin: url, name, files: [{ url, name }], token } : source;
      }
      if (source.kind !== 'remote') return source;
      const hosts = new Set(source.files.map(({ url }) => new URL(url).host));
      const token = hosts.size === 1 ? tokens.find(source.files[0].url) : undefined;
      return token ? { ...source, token } : source;
    },
    keepToken(url, token) {
      tokens.keep(url, token);
      patch({ tokenHosts: tokens.hosts() });
    },
  };
};
