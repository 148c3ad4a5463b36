// Ids to parts, at every cut, for every chat template.
import { describe, expect, test } from 'vitest';
import type { AnswerPart, Part, PartEvent } from '../protocol/chat';
import { AnswerText } from '../shared/answerText';
import { withPartEvent } from '../shared/parts';
import { PartWriter } from '../shared/partWriter';
import { seeded } from '../testing/random';
import { fixtureMetadata } from '../tokenizer/golden/fixture';
import { createTokenizer } from '../tokenizer/tokenizer';
import { type AnswerEnd, createAnswerParser } from './answerParser';
import { modelFamily } from './modelFamily';

const metadata = fixtureMetadata();
const tokenizer = createTokenizer(metadata);
const families = {
  glm4: modelFamily({ 'general.architecture': 'chatglm' }),
  'glm4-0414': modelFamily({ 'general.architecture': 'glm4' }),
  'glm-z1': modelFamily({ 'general.architecture': 'glm4', 'general.name': 'GLM-Z1-9B-0414' }),
  codegeex4: modelFamily({ 'general.architecture': 'chatglm', 'general.name': 'codegeex4-all-9b' }),
  'glm-edge': modelFamily({ 'general.architecture': 'chatglm', 'general.name': 'glm-edge-4b-chat' }),
};
type Id = keyof typeof families | 'tagged';

const text = (words: string): Part => ({ type: 'text', text: words });
const thought = (words: string, unfinished?: true): Part => ({
  type: 'thought',
  text: words,
  ...(unfinished && { unfinished }),
});
const call = (index: number, tool: string, args: string, state = 'unknown') =>
  ({ type: 'call', id: `call-${index}`, tool, args, state }) as Part;

/** Without times, which differ between runs. */
const plain = (parts: readonly Part[]): Part[] =>
  parts.map((part) => {
    const { thinkingMs: _, ...rest } = part as Part & { thinkingMs?: number };
    return rest;
  });

/** Ids of a text in which special tokens stand by name. */
function idsOf(words: string): number[] {
  const names = /(<\|(?:assistant|user|observation)\|>|<sop>)/;
  return words.split(names).flatMap((piece) => {
    const id = names.test(piece) ? tokenizer.specialId(piece) : undefined;
    return id === undefined ? tokenizer.encode(piece) : [id];
  });
}

/** Ids whose pieces are as small as the vocabulary has them. */
const smallIdsOf = (words: string): number[] =>
  words
    .split(/(<\|(?:assistant|user|observation)\|>|<sop>)/)
    .flatMap((piece) =>
      piece.startsWith('<|') || piece === '<sop>'
        ? idsOf(piece)
        : [...piece].flatMap((character) => tokenizer.encode(character)),
    );

/** The parts, checked against what its events add up to; and every text that was ever shown. */
function parse(id: Id, ids: number[], how: AnswerEnd = 'stop', begun: Part[] = []) {
  const events: PartEvent[] = [];
  let folded: Part[] = begun;
  const shown: string[] = [];
  const { answerStart } = families[id === 'tagged' ? 'glm4' : id].format;
  const onEvent = (event: PartEvent) => {
    events.push(event);
    folded = withPartEvent(folded, event);
    for (const part of folded) shown.push(part.type === 'call' ? part.tool : (part as { text: string }).text);
  };
  const parser = createAnswerParser({ tokenizer, answerStart, taggedCalls: id === 'tagged', begun, onEvent });
  for (const token of ids) parser.push(token);
  const parts = plain(parser.end(how));
  expect(plain(folded)).toEqual(parts);
  const ended = events.flatMap((event) => (event.kind === 'part-end' ? [event.index] : []));
  const started = events.flatMap((event) => (event.kind === 'part-start' ? [event.index] : []));
  expect(ended).toEqual(started);
  return { parts, events, shown };
}

const CASES: [Id[], string, Part[], AnswerEnd?][] = [
  [['glm4', 'glm4-0414'], '\nIt is 14:05.', [text('It is 14:05.')]],
  [['glm4'], '\nline\nline', [text('line\nline')]],
  [['glm4'], '\n\ntext\n', [text('\ntext\n')]],
  [['glm4'], 'no line feed', [text('no line feed')]],
  [['glm4'], 'word', [text('word')]],
  [['glm4'], 'Sure, here it is:\n- one', [text('Sure, here it is:\n- one')]], // a header was forgotten
  [['glm4'], 'Certainly\n- one', [text('Certainly\n- one')]],
  [
    ['glm4', 'glm4-0414'],
    'get_time\n{"city": "Paris"}',
    [call(0, 'get_time', '{"city": "Paris"}')],
    'observation',
  ],
  [
    ['glm4', 'glm4-0414'],
    'get_time \n{\n  "a": 1\n}',
    [call(0, 'get_time', '{\n  "a": 1\n}')],
    'observation',
  ],
  [['glm4'], 'get_time\n', [call(0, 'get_time', '')], 'observation'],
  [['glm4'], 'get_time\n{"city": "Pa', [call(0, 'get_time', '{"city": "Pa', 'stopped')], 'cut'],
  [['glm4'], 'get_ti', [], 'cut'], // half a name
  [
    ['glm4', 'glm4-0414', 'codegeex4', 'glm-edge'],
    '\nLet me look.<|assistant|>get_time\n{"a": 1}',
    [text('Let me look.'), call(1, 'get_time', '{"a": 1}')],
    'observation',
  ],
  [
    ['glm4'],
    'python\nprint(1)<|assistant|>simple_browser\nsearch("x")\nmclick([1])',
    [call(0, 'python', 'print(1)'), call(1, 'simple_browser', 'search("x")\nmclick([1])')],
    'observation',
  ],
  [['glm4'], '\nOne.<|assistant|>\nTwo.', [text('One.'), text('Two.')]],
  [['glm4'], '\n我的知识截至[[训练时间]]，[[其他]]。', [text('我的知识截至2023年，[[其他]]。')]],
  [['glm4'], 'f\n{"a": "[[训练时间]]"}', [call(0, 'f', '{"a": "[[训练时间]]"}')]],
  [['glm4'], '\nab<sop>c<|user|>', [text('abc')]],
  [['glm-z1'], 'because\n</think>\n\n42', [thought('because'), text('42')]],
  [['glm-z1'], '<think>\nbecause\n</think>\n\n42', [thought('because'), text('42')]],
  [['glm-z1'], '\n</think>\n\n42', [text('42')]],
  [['glm-z1'], 'still [[训练时间]]\n', [thought('still 2023年', true)], 'cut'],
  [
    ['glm-z1'],
    'hm</think>get_time\n{"a": 1}',
    [thought('hm'), call(1, 'get_time', '{"a": 1}')],
    'observation',
  ],
  [['glm-z1'], 'hm</think>\n\n<|assistant|>f\n{}', [thought('hm'), call(1, 'f', '{}')], 'observation'],
  [['glm-z1'], 'hm<|assistant|>f\n{}', [thought('hm'), call(1, 'f', '{}')], 'observation'],
  [
    ['glm-z1'],
    'In a fence:\n```xml\n<think>a</think>\n```\nSo `</think>` ends it.\n</think>\n\nUse it.',
    [thought('In a fence:\n```xml\n<think>a</think>\n```\nSo `</think>` ends it.'), text('Use it.')],
  ],
  [
    ['glm-z1'],
    'A fence:\n```\nnever closed\n</think>\n\nYes.',
    [thought('A fence:\n```\nnever closed'), text('Yes.')],
  ],
  [['glm4'], '\n<think>\nwhy\n</think>\n42', [thought('why'), text('42')]],
  [['glm4'], '\nwhy\n</think>\n42', [thought('why'), text('42')]], // no opening tag
  [
    ['glm4', 'tagged'],
    '\nLet me check the `map` function first.\n```py\nmap(f, xs)\n```\nIt returns a list.</think>\n\nUse `list(map(f, xs))`.',
    [
      thought('Let me check the `map` function first.\n```py\nmap(f, xs)\n```\nIt returns a list.'),
      text('Use `list(map(f, xs))`.'),
    ],
  ],
  [['glm4'], '\n<think>a</think><answer>42</answer>', [thought('a'), text('42')]],
  [
    ['glm4'],
    '\nClose it with `</think>`, after <think>.',
    [text('Close it with `</think>`, after <think>.')],
  ],
  [
    ['glm4'],
    '\nThe tag `<think>` opens a thought and </think>\nends it.',
    [text('The tag `<think>` opens a thought and </think>\nends it.')],
  ],
  [
    ['glm4'],
    '\nA thought ends at </think> here, or </think>',
    [text('A thought ends at </think> here, or </think>')],
  ],
  [['glm4'], '\nIn between: <think>a</think>', [text('In between: <think>a</think>')]],
  [['glm4'], '\nSo:\n```\na</think>\n```\n', [text('So:\n```\na</think>\n```\n')]],
  [
    ['tagged'],
    '\n<think>I need it.</think>\n<tool_call>get_time\n<arg_key>city</arg_key>\n<arg_value>Paris, </tool_call> too</arg_value>\n</tool_call><tool_call>now</tool_call>',
    [thought('I need it.'), call(1, 'get_time', '{"city":"Paris, </tool_call> too"}'), call(2, 'now', '{}')],
    'observation',
  ],
  [
    ['tagged'],
    '\nI call.\n<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>',
    [text('I call.\n'), call(1, 'f', '{"a":1}')],
  ],
  [
    ['tagged'],
    '\nWait<think>: <tool_call>f</tool_call> and `<tool_call>`',
    [text('Wait<think>: <tool_call>f</tool_call> and `<tool_call>`')],
  ],
  [['tagged'], '\n<tool_call>get_ti', [call(0, 'get_ti', '{}', 'stopped')], 'cut'],
];

describe('an answer becomes parts', () => {
  for (const [ids, words, parts, how] of CASES) {
    test.each(ids)(`%s: ${JSON.stringify(words).slice(0, 60)}`, (id) => {
      expect(parse(id, idsOf(words), how).parts).toEqual(parts);
      expect(parse(id, smallIdsOf(words), how).parts).toEqual(parts);
    });
  }

  test('no tag, placeholder, special token or half a name is ever shown', () => {
    for (const [ids, words, parts, how] of CASES) {
      const tools = parts.flatMap((part) => (part.type === 'call' ? [part.tool] : []));
      for (const { shown, events } of ids.map((id) => parse(id, smallIdsOf(words), how))) {
        const final = parts.map((part) => (part.type === 'text' || part.type === 'thought' ? part.text : ''));
        for (const piece of shown) {
          expect(piece).not.toMatch(/<\||\[\[训练/);
          if (!final.some((one) => /think>|```/.test(one))) expect(piece).not.toMatch(/<\/?think/);
        }
        for (const event of events) {
          if (event.kind === 'part-start' && event.part.type === 'call')
            expect(tools).toContain(event.part.tool);
        }
      }
    }
  });

  test('a continued answer goes on in its last part', () => {
    const go = (begun: Part[], words: string, how?: AnswerEnd) => parse('glm4', idsOf(words), how, begun);
    const { parts, events } = go([text('Once up')], 'on a time');
    expect(parts).toEqual([text('Once upon a time')]);
    expect(events[0]).toEqual({ kind: 'part-start', index: 0, part: text('Once up') });
    expect(go([thought('a', true)], 'b</think>\n\nc').parts).toEqual([thought('ab'), text('c')]);
    expect(go([thought('a')], '\n\nc').parts).toEqual([thought('a'), text('c')]);
    expect(go([call(0, 'f', '{"a', 'stopped')], '": 1}').parts).toEqual([call(0, 'f', '{"a": 1}')]);
    const result: Part = { type: 'result', callId: 'call-0', parts: [] };
    expect(go([call(0, 'f', '{}'), result], '\nDone.').parts).toEqual([
      call(0, 'f', '{}'),
      result,
      text('Done.'),
    ]);
    expect(go([text('a')], '', 'cut').events).toEqual([]);
  });

  test('a thought in Z1’s own way ends where its prompt began it', () => {
    expect(parse('glm-z1', idsOf('b</think>\n\nc'), 'stop', [thought('a', true)]).parts).toEqual([
      thought('ab'),
      text('c'),
    ]);
  });
});

describe('the parts do not depend on the cuts', () => {
  const parseText = (pieces: string[], prompted: boolean): Part[] => {
    const writer = new PartWriter({
      onEvent: () => undefined,
      figures: () => ({ tokens: 0, contextUsed: 0 }),
    });
    const reader = new AnswerText({
      writer,
      prompted,
      taggedCalls: true,
      replaced: { '[[训练时间]]': '2023年' },
    });
    for (const piece of pieces) reader.push(piece);
    reader.end();
    return plain(writer.parts);
  };

  test('two pieces, at every place', () => {
    for (const [ids, words] of CASES) {
      const whole = words.replace(/<\|\w+\|>|<sop>/g, '');
      const prompted = ids.includes('glm-z1');
      const expected = parseText([whole], prompted);
      for (let at = 0; at <= whole.length; at++) {
        const cut = [whole.slice(0, at), whole.slice(at)];
        expect(parseText(cut, prompted), JSON.stringify(cut)).toEqual(expected);
      }
    }
  });

  test.each([...Object.keys(families), 'tagged'] as Id[])(
    '%s: 64 random answers, by character and by token',
    (id) => {
      const random = seeded(id.length);
      const bits = ['<think>', '</think>', '\n', '```\n', '`', ' ', 'word', '{"a": 1}', '<tool_call>', '</tool_call>',
      '<arg_key>k</arg_key>', '<arg_value>', '</arg_value>', 'get_time\n', '<|assistant|>', '<sop>', '[[训练', '时间]]',
      '<answer>', '</answer>', '<', '好🌍', '</', '[[训练时间]]']; // prettier-ignore
      for (let round = 0; round < 64; round++) {
        const words = Array.from({ length: 12 }, () => bits[random.int(bits.length)]).join('');
        for (const how of ['stop', 'observation', 'cut'] as const) {
          const { parts } = parse(id, idsOf(words), how);
          expect(parse(id, smallIdsOf(words), how).parts, words).toEqual(parts);
          const written = parts.filter((part): part is AnswerPart => part.type !== 'result');
          for (const part of written)
            expect(JSON.stringify(part)).not.toMatch(/<\|assistant|<sop>|\[\[训练时间/);
        }
      }
    },
  );
});

test('a thought that is closed at its budget ends there, also inside code', () => {
  for (const thinking of ['so `x', 'so\n```js\nlet x']) {
    const { answerStart } = families['glm-z1'].format;
    const parser = createAnswerParser({ tokenizer, answerStart, onEvent: () => undefined });
    for (const id of idsOf(thinking)) parser.push(id);
    expect(parser.thinking).toBe(true);
    parser.closeThought();
    for (const id of idsOf('\n</think>\n\n42')) parser.push(id);
    expect(parser.thinking).toBe(false);
    expect(plain(parser.end('stop'))).toEqual([{ ...thought(thinking), atBudget: true }, text('42')]);
  }
});
