// Server-sent events out of a byte stream: https://html.spec.whatwg.org/multipage/server-sent-events.html

/** More in one event is no answer to a chat. */
const MAX_EVENT_CHARS = 4_000_000;

/**
 * The data of each event. Lines and characters may be cut anywhere between two chunks; comments and the fields
 * besides `data` are left out; an event that the stream's end cuts off counts, as some servers forget the blank line.
 * @throws RangeError when one event outgrows MAX_EVENT_CHARS; what the stream throws goes through.
 */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder(); // skips a byte order mark, holds back half a character
  let rest = '';
  let data: string[] = [];
  let size = 0;
  /** @returns the event's data when the line was the blank one that ends it. */
  const take = (line: string): string | undefined => {
    if (line === '') {
      const event = data.length > 0 ? data.join('\n') : undefined;
      [data, size] = [[], 0];
      return event;
    }
    const [, field, value] = /^([^:]*)(?:: ?([\s\S]*))?$/.exec(line) ?? [];
    if (field === 'data') {
      data.push(value ?? '');
      size += line.length;
    }
    return undefined;
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      // A CR at the very end may be the first half of a CRLF.
      const lines = rest.split(done ? /\r\n|\n|\r/ : /\r\n|\n|\r(?!$)/);
      rest = done ? '' : (lines.pop() ?? '');
      if (size + rest.length > MAX_EVENT_CHARS)
        throw new RangeError('An event is longer than 4,000,000 characters');
      for (const line of done ? [...lines, ''] : lines) {
        const event = take(line);
        if (event !== undefined) yield event;
      }
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // whoever stops reading closes the connection
  }
}

/**
 * The events of a response, or its text where it is none of a stream. Some servers name the type of a stream text/plain or
 * not at all, and some answer a request to stream with one JSON: the first line tells.
 */
export async function eventsOf(
  response: Response,
): Promise<{ events: AsyncGenerator<string> } | { whole: string }> {
  const type = response.headers.get('content-type') ?? '';
  if (response.body && /text\/event-stream/.test(type)) return { events: readEvents(response.body) };
  if (!response.body || /json|html/.test(type)) return { whole: await response.text() };
  const [ahead, body] = response.body.tee();
  if (await beginsLikeEvents(ahead)) return { events: readEvents(body) };
  return { whole: await new Response(body).text() };
}

/** The first characters are those of a field, a comment or nothing yet. */
async function beginsLikeEvents(stream: ReadableStream<Uint8Array>): Promise<boolean> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let start = '';
  for (;;) {
    const { done, value } = await reader.read();
    start = (start + decoder.decode(value, { stream: !done })).trimStart();
    if (!done && start.length < 'event:'.length) continue;
    void reader.cancel().catch(() => undefined);
    return /^(?:data|event|id|retry)?:/.test(start);
  }
}
