// Calls in the answers of GLM's families, in every cut: fixtures of a conformance suite, and faults that other engines had.
import { describe, expect, it } from 'vitest';
import type { CallPart, Part, PartEvent, ToolSpec } from '../protocol/chat';
import { withPartEvent } from '../shared/parts';
import { CALL_TAGS } from '../shared/taggedCall';
import { createAnswerParser, type AnswerEnd, type AnswerParserArgs } from './answerParser';
import golden from './golden/toolCalls.json';

const TAGS = ['<think>', '</think>', ...CALL_TAGS];
const SPECIALS = ['<|assistant|>', ...TAGS];

/** A vocabulary whose tokens are whatever a test cuts a text into. */
class AnyTokenizer {
  private readonly tokens: string[] = [...SPECIALS];
  readonly specialId = (name: string) => (SPECIALS.includes(name) ? SPECIALS.indexOf(name) : undefined);
  readonly isSpecial = (id: number) => id < SPECIALS.length;
  readonly tokenText = (id: number) => this.tokens[id];
  readonly decodeBytes = (ids: Iterable<number>) =>
    new TextEncoder().encode(Array.from(ids, (id) => (id === 0 ? '' : this.tokens[id])).join(''));

  id(text: string): number {
    const known = this.tokens.indexOf(text);
    return known >= 0 ? known : this.tokens.push(text) - 1;
  }
}

/** Special tokens apart, the text between them cut by `cut`. */
function pieces(raw: string, cut: (text: string) => string[], specials = SPECIALS): string[] {
  const pattern = new RegExp(`(${specials.map((name) => name.replaceAll('|', '\\|')).join('|')})`);
  return raw
    .split(pattern)
    .flatMap((piece) => (specials.includes(piece) ? [piece] : piece === '' ? [] : cut(piece)));
}

const chars = (text: string) => Array.from(text);
const whole = (text: string) => [text];
const at = (place: number) => (text: string) => {
  const all = Array.from(text);
  return [all.slice(0, place).join(''), all.slice(place).join('')].filter(Boolean);
};

function parse(tokens: string[], args: Partial<AnswerParserArgs>, end: AnswerEnd = 'observation') {
  const tokenizer = new AnyTokenizer();
  const events: PartEvent[] = [];
  const parser = createAnswerParser({
    tokenizer,
    answerStart: '',
    ...args,
    onEvent: (event) => events.push(event),
  });
  for (const token of tokens) parser.push(tokenizer.id(token));
  const parts = parser.end(end);
  const folded = events.reduce<Part[]>(withPartEvent, []);
  expect(folded, 'events say what the parts are').toEqual(parts);
  return {
    parts: parts.map((part) => (part.type === 'thought' ? { type: part.type, text: part.text } : part)),
    events,
  };
}

describe('fixtures of canitoolcall', () => {
  const fixtures = golden.fixtures as {
    id: string;
    prompt: string;
    tools: number;
    raw: string;
    expected?: {
      content: string | null;
      reasoning_content: string | null;
      tool_calls: { name: string; arguments: unknown }[];
    } | null;
  }[];
  const offered = golden.tools.map((tools) =>
    tools.map((tool) => ({ type: 'function', ...tool.function }) as ToolSpec),
  );

  it.each(fixtures)('$id', ({ raw, prompt, tools, expected }) => {
    const answerStart = prompt.replace('<|assistant|>', '').replace(/.*<\/think>$/s, '');
    const args = {
      taggedCalls: true,
      answerStart,
      tools: offered[tools].length > 0 ? offered[tools] : undefined,
    };
    const cuts = [
      pieces(raw, chars),
      pieces(raw, whole),
      chars(raw),
      ...Array.from({ length: Math.min(raw.length, 280) / 7 }, (_, i) => at(7 * i)(raw)),
    ];
    for (const tokens of cuts) {
      const { parts } = parse(tokens, args, expected ? 'observation' : 'cut');
      const calls = parts.filter(
        (part): part is CallPart => part.type === 'call' && part.state === 'unknown',
      );
      const text = (type: 'text' | 'thought') =>
        parts
          .flatMap((part) => (part.type === type ? [part.text] : []))
          .join('')
          .trim() || null;
      const found = {
        content: text('text'),
        reasoning_content: text('thought'),
        tool_calls: calls.map((call) => ({ name: call.tool, arguments: JSON.parse(call.args) as unknown })),
      };
      if (expected) expect(found).toEqual(expected);
      else expect(found.tool_calls).toEqual([]); // cut short: at most a stopped call
    }
  });
});

describe('GLM-4', () => {
  const tool = (name: string): ToolSpec => ({ type: 'function', name, description: '' });
  const tools = [tool('get'), tool('get_weather'), { ...tool('python'), type: 'python' } as ToolSpec];
  /** The parts of a text, which must not depend on how it is cut. */
  function everyCut(raw: string, { end, ...args }: Partial<AnswerParserArgs> & { end?: AnswerEnd } = {}) {
    const cuts = [pieces(raw, chars), pieces(raw, whole), ...Array.from(raw, (_, i) => pieces(raw, at(i)))];
    const runs = cuts.map((tokens) => parse(tokens, { tools, ...args }, end));
    for (const { parts, events } of runs) {
      expect(parts).toEqual(runs[0].parts);
      for (const event of events)
        if (event.kind === 'part-start' && event.part.type === 'call')
          expect(tools.map(({ name }) => name)).toContain(event.part.tool);
    }
    return runs[0].parts;
  }
  const text = (words: string) => ({ type: 'text', text: words });
  const called = (name: string, args: string, state = 'unknown') =>
    expect.objectContaining({ type: 'call', tool: name, args, state }) as unknown;

  it.each<[string, string, unknown[], AnswerEnd?]>([
    [
      'a name that begins like another',
      'get_weather\n{"city": "Paris"}',
      [called('get_weather', '{"city": "Paris"}')],
    ],
    ['the shorter of two names', 'get\n{}', [called('get', '{}')]],
    ['a blank behind the name', 'get \n{}', [called('get', '{}')]],
    ['a call without arguments', 'get', [called('get', '')]],
    [
      'and another after it',
      'get<|assistant|>get_weather\n{}',
      [called('get', ''), called('get_weather', '{}')],
    ],
    [
      'text, then two calls',
      '\nLet me see.<|assistant|>get\n{}<|assistant|>get\n{"a": 1}',
      [text('Let me see.'), called('get', '{}'), called('get', '{"a": 1}')],
    ],
    ['JSON over several lines', 'get\n{\n  "a": 1\n}', [called('get', '{\n  "a": 1\n}')]],
    ['source code', 'python\nprint("{")\n', [called('python', 'print("{")\n')]],
    ['a name that is not offered', 'get_time\n{"a": 1}', [text('get_time\n{"a": 1}')]],
    ['a text that begins with a name', 'get ready\n{"a": 1}', [text('get ready\n{"a": 1}')]],
    ['a line of a name in a text', '\nget\n{"a": 1}', [text('get\n{"a": 1}')]],
    ['a text that is a name', 'get', [text('get')], 'stop'],
    ['cut in the arguments', 'get\n{"a', [called('get', '{"a', 'stopped')], 'cut'],
    ['cut in the name', 'get_wea', [], 'cut'],
  ])('%s', (_, raw, parts, end) => {
    expect(everyCut(raw, { end })).toEqual(parts);
  });

  it('a call after reasoning, and reasoning that mentions one', () => {
    const answerStart = '\n<think>\n';
    expect(everyCut('hm\nget\n{}\n</think>\n\nget\n{}', { answerStart })).toEqual([
      { type: 'thought', text: 'hm\nget\n{}' },
      called('get', '{}'),
    ]);
    expect(everyCut('hm</think>\n\nget up\n{', { answerStart, end: 'stop' })).toEqual([
      { type: 'thought', text: 'hm' },
      text('get up\n{'),
    ]);
  });

  it('an own tool that is described as a function: its only argument', () => {
    const asFunctions = new Set(['python']);
    expect(everyCut('python\n{"code": "print(\\"ä\\")"}', { asFunctions })).toEqual([
      called('python', 'print("ä")'),
    ]);
    expect(everyCut('python\n{"code": ', { asFunctions, end: 'cut' })).toEqual([
      called('python', '{"code": ', 'stopped'),
    ]);
    expect(everyCut('python\nprint(1)', { asFunctions })).toEqual([called('python', 'print(1)')]);
  });
});

describe('values in tags', () => {
  const parameters = {
    properties: {
      ...{
        n: { type: 'number' },
        s: { type: 'string' },
        b: { type: ['boolean', 'null'] },
        o: { type: 'object' },
      },
      ...{ e: { enum: ['1', '2'] }, m: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
    },
  };
  const tools: ToolSpec[] = [{ type: 'function', name: 'f', description: '', parameters }];
  it.each([
    ['n', '1e3', 1000],
    ['n', '-0.5', -0.5],
    ['n', 'many', 'many'],
    ['s', '1e3', '1e3'],
    ['s', 'null', 'null'],
    ['s', ' a\n\n b ', ' a\n\n b '],
    ['s', '</tool_call>', '</tool_call>'],
    ['b', 'null', null],
    ['b', 'true', true],
    ['o', '{"a": [1, "2"]}', { a: [1, '2'] }],
    ['e', '1', '1'],
    ['m', 'null', null],
    ['m', '7', '7'],
    ['unknown', '7', '7'],
  ])('%s: %s', (key, value, wanted) => {
    const raw = `<tool_call>f\n<arg_key>${key}</arg_key>\n<arg_value>${value}</arg_value>\n</tool_call>`;
    for (const tokens of [pieces(raw, chars), chars(raw)]) {
      const { parts } = parse(tokens, { taggedCalls: true, tools });
      expect(parts).toMatchObject([{ type: 'call', tool: 'f' }]);
      expect(JSON.parse((parts[0] as CallPart).args)).toEqual({ [key]: wanted });
    }
  });

  it('a tool that is not offered stays text', () => {
    const raw = '<tool_call>g\n</tool_call>';
    expect(parse(chars(raw), { taggedCalls: true, tools }, 'stop').parts).toMatchObject([{ type: 'text' }]);
  });
});
