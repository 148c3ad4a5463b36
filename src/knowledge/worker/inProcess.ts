// The knowledge worker's code without a worker, for tests: messages are structured clones, as over postMessage.
import type { FromKnowledge, ToKnowledge } from './calls';
import { serveKnowledge } from './serve';

export function inProcess(): Worker {
  const worker = { terminate: () => undefined } as unknown as Worker;
  const receive = serveKnowledge((message: FromKnowledge) => {
    const data = structuredClone(message);
    queueMicrotask(() => worker.onmessage?.({ data } as MessageEvent));
  });
  worker.postMessage = (message: ToKnowledge) => {
    // Node clones a File as a Blob without a name; browsers keep it.
    const isFile = message.kind === 'call' && message.name === 'add' && message.args.content instanceof Blob;
    const data = isFile ? message : structuredClone(message);
    queueMicrotask(() => receive(data));
  };
  return worker;
}
