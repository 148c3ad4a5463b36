// Calls of tools in the deltas of servers that number them in their own way.
import { expect, test } from 'vitest';
import type { Part } from '../protocol/chat';
import { withPartEvent } from '../shared/parts';
import { deltaOf, ServerParts } from './serverParts';

function partsOf(deltas: object[]): Part[] {
  let parts: Part[] = [];
  const writer = new ServerParts({
    onEvent: (event) => (parts = withPartEvent(parts, event)),
    figures: () => ({ tokens: 0, contextUsed: 0 }),
  });
  for (const tool_call of deltas) writer.write(deltaOf({ tool_calls: [tool_call] }));
  writer.end(false);
  return parts;
}
const call = (id: string, tool: string, args: string): Part => {
  return { type: 'call', id, tool, args, state: 'unknown' };
};

test('two calls with the same index, or without one, stay two', () => {
  const paris = { name: 'weather', arguments: '{"city":"Paris"}' };
  const rome = { name: 'weather', arguments: '{"city":"Rome"}' };
  const both = [call('a', 'weather', paris.arguments), call('b', 'weather', rome.arguments)];
  // Gemini's and older Ollama's OpenAI API send whole calls, each with the index 0 or none.
  expect(partsOf([{ index: 0, id: 'a', function: paris }, { index: 0, id: 'b', function: rome }])).toEqual(both); // prettier-ignore
  expect(
    partsOf([
      { id: 'a', function: paris },
      { id: 'b', function: rome },
    ]),
  ).toEqual(both);
  expect(partsOf([{ function: paris }, { function: rome }])).toEqual([
    call('call-0', 'weather', paris.arguments),
    call('call-1', 'weather', rome.arguments),
  ]);
  // In pieces, the first without arguments.
  const pieces = [
    { index: 0, id: 'a', function: { name: 'now' } },
    { index: 0, id: 'b', function: { name: 'weather', arguments: '{"city":' } },
    { index: 0, function: { arguments: '"Rome"}' } },
  ];
  expect(partsOf(pieces)).toEqual([call('a', 'now', ''), both[1]]);
});

test('one call stays one where every delta repeats the name, or has an id of its own', () => {
  const one = [call('a', 'weather', '{"city":"Rome"}')];
  const named = ['{"city":', '"Rome"}', ''].map((piece) => ({
    ...{ index: 0, id: 'a', function: { name: 'weather', arguments: piece } },
  }));
  expect(partsOf(named)).toEqual(one);
  // vLLM before 0.8.
  const [first, ...rest] = named;
  const others = rest.map(({ function: { arguments: piece } }, index) => ({
    ...{ index: 0, id: `other-${index}`, function: { arguments: piece } },
  }));
  expect(partsOf([first, ...others])).toEqual(one);
});
