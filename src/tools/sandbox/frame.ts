// Code of the model or of a user runs in workers of public/sandbox.html: a frame of opaque origin, whose policy names
// no address, and whose workers inherit both. Neither reaches the network, the app's storage or its other tabs. The
// frame cannot fetch: everything a worker needs is posted to it.
//
// Two traps. A frame without its own COEP header, which Chromium shows as `credentialless`, is isolated, but its workers
// are not: shared memory posted to them is lost without an error. And service workers do not see sandboxed frames.
import { AppError } from '../../shared/errors';

const FILE = 'sandbox.html';
/** In a build './', in development '/'. */
const address = () => new URL(import.meta.env.BASE_URL + FILE, document.baseURI).href;
const READY_MS = 5000;
/** Our document has spoken by its `load` event; an error page never does. Messages may arrive a little later. */
const LOADED_MS = 200;

export interface SandboxWorker {
  post(message: unknown, transfer?: Transferable[]): void;
  /** Writes 2 (SIGINT) into the worker's interrupt buffer. Without isolation there is none: end the worker instead. */
  interrupt(): void;
  /** Ends the worker at once. */
  end(): void;
}

export interface StartOptions {
  /** Parts of a classic script, joined. */
  source: BlobPart[];
  /** The worker's first message is `{ begin, interrupt }`, with the interrupt buffer if there is one. */
  begin?: unknown;
  transfer?: Transferable[];
  /** From a worker that runs foreign code: check the shape of what arrives. */
  onMessage: (data: unknown) => void;
  /** The script did not start, or threw outside of a message handler. */
  onFailure: (why: string) => void;
}

export interface Sandbox {
  /** Workers have an interrupt buffer. */
  isolated: boolean;
  start(options: StartOptions): SandboxWorker;
  /** Ends the frame and its workers. */
  close(): void;
}

type FromFrame = { id: number } & (
  | { kind: 'message'; data: unknown }
  | { kind: 'failed'; why: string }
  | { kind: 'here' }
  | { kind: 'ready'; isolated: boolean }
);

interface Opened {
  frame: HTMLIFrameElement;
  isolated: boolean;
}

/**
 * Opens the frame one way. `attribute`: the sandbox attribute makes the origin opaque. `worker`: the service worker's
 * answer does, by its policy. Service workers do not see frames with the attribute, so only this way works offline, and
 * in Firefox on hosts without headers.
 * @returns undefined when the document has loaded without a word, or after READY_MS
 */
function open(way: 'attribute' | 'worker'): Promise<Opened | undefined> {
  const frame = document.createElement('iframe');
  if (way === 'attribute') {
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.setAttribute('credentialless', ''); // Chromium: isolation although the host sends no COEP for the file
  }
  frame.setAttribute('allow', 'cross-origin-isolated');
  frame.title = 'Sandbox';
  frame.hidden = true;
  frame.src = address();
  return new Promise((resolve) => {
    let settled = false;
    let isHere = false;
    const settle = (opened?: Opened) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      removeEventListener('message', listen);
      if (!opened) frame.remove();
      resolve(opened);
    };
    const listen = ({ source, origin, data }: MessageEvent<FromFrame>) => {
      if (source !== frame.contentWindow) return;
      if (data.kind === 'here') isHere = true;
      else if (data.kind === 'ready')
        settle(origin === 'null' ? { frame, isolated: data.isolated } : undefined);
    };
    const timer = setTimeout(settle, READY_MS);
    addEventListener('message', listen);
    frame.addEventListener('load', () => setTimeout(() => isHere || settle(), LOADED_MS));
    document.body.append(frame);
  });
}

/** The frame by its attribute; by the service worker where that fails, or gives no interrupt buffer. */
async function openBest(): Promise<Opened | undefined> {
  const first = await open('attribute');
  if (first?.isolated || !navigator.serviceWorker?.controller) return first;
  const second = await open('worker');
  if (first && !second?.isolated) {
    second?.frame.remove();
    return first;
  }
  first?.frame.remove();
  return second;
}

/** Why no frame came up: the file, the header that the browser asks for, or something unknown. */
async function missing(): Promise<AppError> {
  const { host } = location;
  const answer = await fetch(address(), { cache: 'no-store' }).catch(() => undefined);
  if (!answer?.ok)
    return new AppError('sandbox-file', `${host} does not serve ${FILE}`, { file: FILE, host });
  const header = 'Cross-Origin-Embedder-Policy';
  if (crossOriginIsolated && !answer.headers.has(header))
    return new AppError('sandbox-header', `${host} sends ${FILE} without ${header}`, {
      file: FILE,
      host,
      header,
    });
  const seconds = READY_MS / 1000;
  return new AppError('sandbox-silent', `${FILE} did not answer within ${seconds} s`, {
    file: FILE,
    seconds,
  });
}

/**
 * Opens a sandbox.
 * @throws AppError 'sandbox-file', 'sandbox-header', 'sandbox-silent'
 */
export async function openSandbox(): Promise<Sandbox> {
  const opened = await openBest();
  if (!opened) throw await missing();
  const { frame, isolated } = opened;
  const workers = new Map<number, StartOptions>();
  let lastId = 0;
  const send = (message: unknown, transfer?: Transferable[]) =>
    frame.contentWindow?.postMessage(message, '*', transfer); // an opaque origin has no name
  const listen = ({ source, data }: MessageEvent<FromFrame>) => {
    if (source !== frame.contentWindow) return;
    const worker = workers.get(data.id);
    if (data.kind === 'message') worker?.onMessage(data.data);
    else if (data.kind === 'failed') worker?.onFailure(data.why);
  };
  addEventListener('message', listen);
  return {
    isolated,
    start(options) {
      const id = ++lastId;
      const { source, begin, transfer = [] } = options;
      workers.set(id, options);
      send({ kind: 'start', id, source, begin, transfer }, transfer);
      return {
        post: (message, moved = []) => send({ kind: 'post', id, message, transfer: moved }, moved),
        interrupt: () => send({ kind: 'interrupt', id }),
        end() {
          workers.delete(id);
          send({ kind: 'end', id });
        },
      };
    },
    close() {
      removeEventListener('message', listen);
      workers.clear();
      frame.remove();
    },
  };
}
