// Parses server-sent events from a byte stream: https://html.spec.whatwg.org/multipage/server-sent-events.html

/** Limit for one event; no chat answer reaches it. */
const MAX_EVENT_CHARS = 4_000_000;

/**
 * The data of each event. Chunks may split lines and characters anywhere. Comments and fields other than `data` are
 * ignored. An event cut off by the end of the stream counts, because some servers omit the final blank line.
 * @throws RangeError when one event exceeds MAX_EVENT_CHARS; errors of the stream pass through.
 */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder(); // skips a byte order mark, buffers incomplete characters
  let rest = '';
  let data: string[] = [];
  let size = 0;
  /** @returns the event's data if the line is the blank one that ends the event. */
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
    await reader.cancel().catch(() => undefined); // closes the connection when the consumer stops reading
  }
}

/**
 * The events of a response, or its text if it is not a stream. Some servers send a stream as text/plain or without a
 * type, and some answer a streaming request with one JSON body, so the first line decides.
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

/** Whether the first characters are those of a field or a comment, or the stream is empty so far. */
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
