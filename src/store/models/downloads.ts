import type { FetchJson, Hub } from '../../catalogue';
import type { EngineClient } from '../../client/engineClient';
import type { ModelInfo, ModelSource, PartialImport } from '../../protocol/models';
import { AppError, toWireError, type WireError } from '../../shared/errors';
import { fetchPart } from '../../shared/missingPart';
import { Observable } from '../observable';
import type { ModelPreferences } from '../ports';
import type { BegunDownloads } from './begunDownloads';
import type { HubTokens } from './hubTokens';
import type { DownloadRequest, DownloadsState } from './types';

/** The catalogue comes with the first download. */
const openCatalogue = () => fetchPart(() => import('../../catalogue'));

/** A hub that has not answered by then counts as unreachable: firewalls drop requests without a word. */
const MOST_SILENCE_MS = 8000;

export interface DownloadsParts {
  client: EngineClient;
  tokens: HubTokens;
  begun: BegunDownloads;
  /** A listing of a hub, as JSON. @throws AppError with the status */
  fetchJson: (url: string, token?: string) => Promise<unknown>;
  preferences: { read(): ModelPreferences; change(next: Partial<ModelPreferences>): void };
  notify: (error: WireError) => void;
}

/** Models elsewhere: what may be downloaded from hubs, and downloads that stopped half-way. */
export class Downloads extends Observable<DownloadsState> {
  readonly #trying = new Set<string>();
  /** Counts the sheets: what was agreed to in one that is closed does not begin from the next. */
  #sheet = 0;

  constructor(private readonly parts: DownloadsParts) {
    super({
      partial: [],
      offered: null,
      request: null,
      repo: null,
      tokenHosts: parts.tokens.hosts(),
      reach: {},
    });
  }

  async refresh(): Promise<void> {
    try {
      const { client, begun } = this.parts;
      // Eyes that were asked for with a model count as its download.
      const stored = (await client.call('listPartial', {})).map((row) => ({
        ...row,
        origin: begun.find(row.origin)?.origin ?? row.origin,
      }));
      const isStored = ({ origin }: PartialImport) => stored.some((row) => row.origin === origin);
      this.patch({ partial: [...stored, ...begun.list().filter((row) => !isStored(row))] });
    } catch (error) {
      this.parts.notify(toWireError(error));
    }
  }

  /** Opens the confirm sheet. */
  ask(modelId: string, variantId: string): void {
    this.#sheet++;
    this.patch({ request: { modelId, variantId, listing: false, error: null } });
  }
  closeRequest(): void {
    this.#sheet++;
    this.patch({ request: null });
  }

  /** Any answer of the hub counts, also a refusal. A hub that did not answer is tried again. */
  async tryHub(hub: Hub, repo: string): Promise<void> {
    const { baseUrl } = hub;
    if (this.state.reach[baseUrl] || this.#trying.has(baseUrl)) return;
    this.#trying.add(baseUrl);
    const silence = new Promise<boolean>((resolve) => setTimeout(resolve, MOST_SILENCE_MS, false));
    const answer = openCatalogue()
      .then(({ listFiles }) => listFiles(hub, repo, this.#fetchFrom(hub)))
      .then(
        () => true,
        (error: unknown) => !(error instanceof AppError && error.code === 'network'),
      );
    const reached = await Promise.race([answer, silence]);
    this.#trying.delete(baseUrl);
    this.patch({ reach: { ...this.state.reach, [baseUrl]: reached } });
  }

  /**
   * The sheet was agreed to: lists the files on the hub.
   * @param eyes they are wanted too
   * @param askPersistence called in the click that agreed: some browsers want one
   * @returns what to load; null after a failure, which the sheet shows, and when the sheet was closed
   */
  async resolveRequest(
    hub: Hub,
    { eyes, askPersistence }: { eyes: boolean; askPersistence: () => Promise<void> },
  ): Promise<{ source: ModelSource; eyes?: ModelSource } | null> {
    const { request } = this.state;
    if (!request || request.listing) return null;
    this.#patchRequest({ listing: true, error: null });
    const sheet = this.#sheet;
    const stillAsked = () => sheet === this.#sheet;
    try {
      const asked = askPersistence();
      const { findModel, resolveEyes, resolveModel } = await openCatalogue();
      const model = findModel(request.modelId);
      const variant = model?.variants.find(({ id }) => id === request.variantId);
      if (!model || !variant) {
        if (stillAsked()) this.#patchRequest({ listing: false });
        return null;
      }
      const args = { model, variant, hub, fetchJson: this.#fetchFrom(hub) };
      const source = await resolveModel(args);
      const seeing = eyes && model.eyes ? { eyes: await resolveEyes(args) } : {};
      await asked;
      if (!stillAsked()) return null;
      this.patch({ request: null });
      return { source, ...seeing };
    } catch (error) {
      if (stillAsked()) this.#patchRequest({ listing: false, error: toWireError(error) });
      return null;
    }
  }

  /** Where the eyes of a model are, by the catalogue. @returns null after a failure, which is shown */
  async resolveEyes(info: ModelInfo, hub: Hub): Promise<ModelSource | null> {
    try {
      const { resolveEyes, seeingModelOf } = await openCatalogue();
      const found = seeingModelOf(info);
      if (!found) return null;
      return await resolveEyes({ ...found, hub, fetchJson: this.#fetchFrom(hub) });
    } catch (error) {
      this.parts.notify(toWireError(error));
      return null;
    }
  }

  /** Where the embedding model is. @returns null after a failure, which is shown */
  async resolveEmbedder(hub: Hub): Promise<ModelSource | null> {
    try {
      const [{ resolveModel }, { E5_SMALL }] = await Promise.all([
        openCatalogue(),
        fetchPart(() => import('../../catalogue/embedders')),
      ]);
      const [variant] = E5_SMALL.variants;
      const found = await resolveModel({ model: E5_SMALL, variant, hub, fetchJson: this.#fetchFrom(hub) });
      return { ...found, part: 'embedder' };
    } catch (error) {
      this.parts.notify(toWireError(error));
      return null;
    }
  }

  /**
   * An address that was typed: a file is to be loaded, a repository is listed.
   * @returns the file; 'listed' for a repository, also one that cannot be listed; null when it is no address
   */
  async openAddress(text: string, hub: Hub): Promise<ModelSource | 'listed' | null> {
    const { listChoices, parseModelAddress } = await openCatalogue();
    let address: ReturnType<typeof parseModelAddress>;
    try {
      address = parseModelAddress(text, hub);
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
    if (address.kind === 'url') {
      this.patch({ repo: null });
      return { kind: 'url', url: address.url };
    }
    const listing = { repo: address.repo, listing: true, choices: [], error: null };
    this.patch({ repo: listing });
    try {
      const choices = await listChoices(address, this.#fetchFrom(address.hub));
      if (this.state.repo === listing) this.patch({ repo: { ...listing, listing: false, choices } });
    } catch (error) {
      if (this.state.repo === listing)
        this.patch({ repo: { ...listing, listing: false, error: toWireError(error) } });
    }
    return 'listed';
  }
  closeRepo(): void {
    this.patch({ repo: null });
  }

  /** @returns what to load to go on with an unfinished download; null where that is not known any more */
  resume(id: string): { source: ModelSource; eyes?: ModelSource } | null {
    const row = this.#find(id);
    if (!row?.source) return null;
    this.patch({ offered: null });
    const begun = this.parts.begun.find(row.origin);
    if (!begun?.eyes) return { source: row.source };
    const isText = 'part' in row.source ? row.source.part !== 'eyes' : row.source.kind !== 'cached';
    return { source: isText ? row.source : begun.source, eyes: begun.eyes };
  }
  async discard(id: string): Promise<void> {
    const { preferences, client, notify } = this.parts;
    const { origin } = this.#find(id) ?? {};
    if (this.state.offered === id) this.patch({ offered: null });
    if (origin) this.parts.begun.end(origin);
    if (preferences.read().runningDownload === origin) preferences.change({ runningDownload: null });
    await client.call('deletePartial', { id }).catch((error: unknown) => notify(toWireError(error)));
    await this.refresh();
  }

  /** The page offers to go on with the download from this origin. */
  offer(origin: string): void {
    this.#offerFirst((row) => row.origin === origin);
  }
  /** At the start of the page: offers the download that a closed or killed page left behind. */
  offerInterrupted(): void {
    const { runningDownload, leftDownloadsAt } = this.parts.preferences.read();
    if (runningDownload) return this.offer(runningDownload);
    // A killed browser loses the last seconds of its preferences, but not the journal of the import.
    this.#offerFirst((row) => row.updatedAt > leftDownloadsAt);
  }
  dismissOffer(): void {
    this.patch({ offered: null });
    this.noteLeft();
  }
  /** Downloads that lie here now are not offered at the next start. */
  noteLeft(): void {
    this.parts.preferences.change({ runningDownload: null, leftDownloadsAt: Date.now() });
  }

  /** Kept on this device, sent only to the host of this address; '' removes it. */
  keepToken(url: string, token: string): void {
    this.parts.tokens.keep(url, token);
    this.patch({ tokenHosts: this.parts.tokens.hosts() });
  }

  #find(id: string): PartialImport | undefined {
    return this.state.partial.find((row) => row.id === id);
  }

  #offerFirst(isMeant: (row: PartialImport) => boolean): void {
    const found = this.state.partial.find((row) => row.source !== null && isMeant(row));
    this.patch({ offered: found?.id ?? null });
  }

  #patchRequest(change: Partial<DownloadRequest>): void {
    const { request } = this.state;
    if (request) this.patch({ request: { ...request, ...change } });
  }

  #fetchFrom(hub: Hub): FetchJson {
    const token = this.parts.tokens.find(hub.baseUrl);
    return (url) => this.parts.fetchJson(url, token);
  }
}
