// The state machine of the model desk: every transition is in `next`. deskState.test.ts holds the table.
import type { Healing } from '../../client/engineClient';
import type { LoadProgress, ModelInfo } from '../../protocol/models';
import type { ErrorCode, WireError } from '../../shared/errors';
import { NANO_NAME } from './modelSources';
import type { DeskState, Incoming, Unended } from './types';

export type DeskEvent =
  /** `arrived`: it is the imported model, which is no longer incoming. */
  | { kind: 'load-started'; name: string; arrived?: boolean }
  | { kind: 'load-progress'; progress: LoadProgress }
  | { kind: 'loaded'; info: ModelInfo; loadMs: number }
  | { kind: 'load-stopped' }
  | { kind: 'load-failed'; error: WireError }
  | { kind: 'import-started'; name: string; origin: string }
  | { kind: 'import-progress'; progress: LoadProgress }
  /** The imported model waits: loading it now would interrupt a conversation. */
  | { kind: 'import-waits'; id: string }
  /** The import ended and nothing is to be loaded: stopped, put off, or the model was here already. */
  | { kind: 'import-closed' }
  | { kind: 'import-failed'; error: WireError }
  | { kind: 'device-lost'; error: WireError }
  /** The engine reported that it holds no model. */
  | { kind: 'model-missing' }
  /** Another tab changed the model that answers. */
  | { kind: 'changed-elsewhere'; info: ModelInfo | null }
  | { kind: 'healing'; healing: Healing | null }
  /** The last page ended while it loaded this model; null: the notice was read. */
  | { kind: 'crashed'; load: Unended | null }
  | { kind: 'error-dismissed' };

/** The page begins by loading a model, so questions may wait from the start. */
export const INITIAL: DeskState = {
  status: 'loading',
  loadingName: NANO_NAME,
  progress: null,
  info: null,
  kept: null,
  error: null,
  previous: null,
  loadMs: null,
  incoming: null,
  healing: null,
  crashed: null,
};

/** Failures after which the engine holds no model, however early in the load they came. */
const ENGINE_IS_EMPTY: ErrorCode[] = [
  ...(['no-webgpu', 'no-adapter', 'device-lost', 'model-in-use', 'bug'] as const),
  ...(['engine-failed', 'engine-missing', 'engine-elsewhere'] as const),
];

/** The model is still on its way: it has not arrived. */
const isUnderWay = (incoming: Incoming | null): boolean => incoming !== null && incoming.readyId === null;

/** The state of a desk that loads nothing: a model is in use, or one is being imported, or there is none. */
function settled(state: DeskState, info: ModelInfo | null): DeskState {
  const rest = { ...state, info, kept: null, progress: null };
  if (info) return { ...rest, status: 'ready' };
  if (!isUnderWay(state.incoming)) return { ...rest, status: 'idle' };
  return { ...rest, status: 'importing', loadingName: state.incoming?.name ?? '' };
}

const failed = (state: DeskState, error: WireError): DeskState => ({
  ...settled(state, null),
  status: 'failed',
  loadingName: state.loadingName,
  error,
});

/** The state after an event. Events that mean nothing in a state leave it as it is. */
export function next(state: DeskState, event: DeskEvent): DeskState {
  const { status, info, kept, incoming } = state;
  switch (event.kind) {
    case 'load-started':
      return {
        ...state,
        status: 'loading',
        loadingName: event.name,
        progress: null,
        error: null,
        info: null,
        kept: info ?? kept,
        previous: info ? { id: info.id, name: info.name } : state.previous,
        incoming: event.arrived ? null : incoming,
      };
    case 'load-progress':
      if (status !== 'loading') return state;
      // From the upload on the engine no longer has the model before (Engine.load).
      return { ...state, progress: event.progress, kept: event.progress.phase === 'upload' ? null : kept };
    case 'loaded':
      return { ...settled(state, event.info), previous: null, loadMs: event.loadMs };
    case 'load-stopped':
      return status === 'loading' ? settled(state, kept) : state;
    case 'load-failed': {
      if (status !== 'loading') return state;
      const { error } = event;
      if (kept && !ENGINE_IS_EMPTY.includes(error.code)) return { ...settled(state, kept), error };
      return failed(state, error);
    }
    case 'import-started': {
      const { name, origin } = event;
      const importing = { ...state, error: null, incoming: { name, origin, progress: null, readyId: null } };
      return info || status === 'loading' ? importing : settled(importing, null);
    }
    case 'import-progress':
      return incoming ? { ...state, incoming: { ...incoming, progress: event.progress } } : state;
    case 'import-waits':
      return incoming ? { ...state, incoming: { ...incoming, progress: null, readyId: event.id } } : state;
    case 'import-closed': {
      const closed = { ...state, incoming: null };
      return status === 'importing' ? settled(closed, null) : closed;
    }
    case 'import-failed': {
      const closed = { ...state, incoming: null };
      return info || status === 'loading' ? { ...closed, error: event.error } : failed(closed, event.error);
    }
    case 'device-lost':
      return {
        ...settled(state, null),
        status: 'lost',
        loadingName: info?.name ?? state.loadingName,
        error: event.error,
      };
    case 'model-missing':
      return status === 'ready' ? settled(state, null) : state;
    case 'changed-elsewhere':
      if (event.info) return { ...settled(state, event.info), previous: null, error: null };
      return status === 'ready' ? settled(state, null) : state;
    case 'healing':
      return { ...state, healing: event.healing };
    case 'crashed':
      return { ...state, crashed: event.load };
    case 'error-dismissed':
      return { ...state, error: null };
  }
}

/** The desk as it stands in the whole state. */
interface Desk {
  model: DeskState;
}

/** Origin of the download under way, '' when there is none. */
export const downloading = ({ model: { incoming } }: Desk): string =>
  incoming && isUnderWay(incoming) ? incoming.origin : '';

export const isImporting = ({ model }: Desk): boolean => isUnderWay(model.incoming);

/** This browser can run no model at all; every other failure is about one model. */
export const isUnsupported = ({ model: { status, error } }: Desk): boolean =>
  status === 'failed' && (error?.code === 'no-webgpu' || error?.code === 'no-adapter');

/** The built-in model is the one in use, or on its way to the GPU. */
export const usesNano = ({ model, nanoUrl }: Desk & { nanoUrl: string }): boolean =>
  model.info ? model.info.origin === nanoUrl : model.status === 'loading' && model.loadingName === NANO_NAME;
