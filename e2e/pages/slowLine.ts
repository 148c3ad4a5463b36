// A proxy to a real server that can delay or break the connection: a small model answers too fast to be stopped.
import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlowLine {
  baseUrl: string;
  /** Delay between two pieces of an answer. */
  delayMs: number;
  /** The number of pieces after which the next answer breaks off. */
  breakAfter: number;
  /** Answers whose client disconnected before the end. */
  abandoned: number;
  close(): void;
}

export async function slowLine(target: string): Promise<SlowLine> {
  const line: SlowLine = {
    baseUrl: '',
    delayMs: 0,
    breakAfter: Infinity,
    abandoned: 0,
    close: () => server.close(),
  };
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://line');
    const { origin, host } = new URL(target);
    const headers = { ...incoming.headers, host };
    const options = { method: incoming.method, headers, agent: false }; // a new connection each time: none is stale
    const further = ask(new URL(pathname, origin), options, async (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      const isStream = answer.headers['content-type']?.includes('event-stream');
      let pieces = 0;
      for await (const part of answer) {
        const events = isStream ? String(part).split(/(?<=\n\n)/) : [part as Buffer];
        for (const event of events) {
          if (outgoing.destroyed) return void line.abandoned++;
          outgoing.write(event);
          if (isStream && ++pieces >= line.breakAfter) {
            line.breakAfter = Infinity;
            return void setTimeout(() => outgoing.destroy(), 50);
          }
          if (isStream) await new Promise((resolve) => setTimeout(resolve, line.delayMs));
        }
      }
      outgoing.end();
    });
    further.on('error', () => outgoing.destroy());
    incoming.pipe(further);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { pathname } = new URL(target);
  line.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`;
  return line;
}
