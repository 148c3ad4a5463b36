// Events of a stream, cut at every place.
import { describe, expect, test } from 'vitest';
import { readEvents } from './sse';

describe('readEvents', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const streamOf = (parts: Uint8Array[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of parts) controller.enqueue(part);
        controller.close();
      },
    });
  const all = async (parts: Uint8Array[]) => {
    const found: string[] = [];
    for await (const event of readEvents(streamOf(parts))) found.push(event);
    return found;
  };
  const source =
    ': hello\r\n\r\nevent: x\r\nid: 1\r\ndata: {"text":"你好 🌍"}\r\n\r\ndata:a\ndata:  b\n\ndata\n\nretry: 3\n\ndata: [DONE]';
  const expected = ['{"text":"你好 🌍"}', 'a\n b', '', '[DONE]'];

  test('parses events whole, byte by byte, and split at every position', async () => {
    const whole = bytes(source);
    expect(await all([whole])).toEqual(expected);
    expect(await all([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
    for (let at = 1; at < whole.length; at++) {
      expect(await all([whole.slice(0, at), whole.slice(at)]), `cut at ${at}`).toEqual(expected);
    }
  });

  test('a lone CR ends a line', async () => {
    expect(await all([bytes('data: a\r\rdata: b\r\r')])).toEqual(['a', 'b']);
  });

  test('rejects an endless event, and closes the stream when the consumer stops', async () => {
    await expect(all([bytes(`data: ${'x'.repeat(4_100_000)}`)])).rejects.toThrow(RangeError);
    let canceled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes('data: a\n\n')),
      cancel: () => void (canceled = true),
    });
    for await (const event of readEvents(endless)) if (event) break;
    expect(canceled).toBe(true);
  });
});
