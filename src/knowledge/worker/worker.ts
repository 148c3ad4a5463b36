// The knowledge worker's entry: it chunks, indexes, searches and packs, so that the page never waits for it.
import type { FromKnowledge, ToKnowledge } from './calls';
import { serveKnowledge } from './serve';

/** The part of a worker's global scope used here; this file is type-checked with the page. */
const scope = self as unknown as {
  postMessage(message: FromKnowledge): void;
  onmessage: (event: MessageEvent<ToKnowledge>) => void;
};

const receive = serveKnowledge((message) => scope.postMessage(message));
scope.onmessage = ({ data }) => receive(data);
