import { strToU8, unzipSync, zipSync, type Zippable } from 'fflate';
import { expect, test } from 'vitest';
import { findPassages, makeBase } from '../base';
import { readAgent, writeAgent, type Agent } from './agentFile';
import { emptyCard } from './card';
import { crc32 } from './zip';

const knowledge = makeBase([
  { name: '手册.md', document: { kind: 'markdown', text: '# 保修\n整机保修十八个月。' } },
  {
    name: 'report.pdf',
    document: { kind: 'pdf', text: 'One.\n\nRevenue grew.', pages: 2, pageStarts: [0, 6] },
  },
]);
const agent: Agent = {
  card: {
    ...emptyCard('读书人'),
    language: 'zh',
    starters: ['保修多久？'],
    schedule: [{ starter: '保修多久？', at: '08:30', days: [1, 5] }],
    tools: ['python'],
    sampling: { top_p: 0.8 },
  },
  functions: '[]',
  knowledge,
};
const bytes = writeAgent(agent);
const repacked = (change: (parts: Record<string, Uint8Array>) => void): Uint8Array => {
  const parts = unzipSync(bytes);
  change(parts);
  return zipSync(parts as Zippable);
};
const failureOf = (content: Uint8Array) => {
  try {
    readAgent(content, 'x.glmagent');
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as { details: { where?: string } }).details.where ?? ''}`.trim();
  }
  return 'none';
};

test('an agent is the same after export and import, and answers the same', () => {
  const read = readAgent(bytes, 'x.glmagent');
  expect(read).toEqual(agent);
  expect(writeAgent(read)).toEqual(bytes);
  const passages = findPassages(read.knowledge!, 'revenue');
  expect(passages).toEqual(findPassages(knowledge, 'revenue'));
  expect(passages[0]).toMatchObject({ file: 'report.pdf', page: 2, text: 'Revenue grew.' });
});

test('vectors travel with their model', () => {
  const vectors = { model: 'e5-small', dimension: 3, values: Int8Array.from({ length: 9 }, (_, i) => i - 4) };
  expect(knowledge.chunks).toHaveLength(3);
  const read = readAgent(writeAgent({ ...agent, knowledge: { ...knowledge, vectors } }), 'x');
  expect(read.knowledge?.vectors).toEqual(vectors);
});

test('keys and permissions are neither written nor read', () => {
  const card = { ...agent.card, apiKey: 'secret', permissions: { python: 'always' } };
  const json = (parts: Record<string, Uint8Array>) => new TextDecoder().decode(parts['agent.json']);
  expect(json(unzipSync(writeAgent({ ...agent, card })))).not.toMatch(/secret|always/);
  const foreign = repacked((parts) => {
    parts['agent.json'] = strToU8(JSON.stringify({ format: 1, ...card }));
  });
  expect(JSON.stringify(readAgent(foreign, 'x').card)).not.toMatch(/secret|always/);
});

test('an index of another version is made again', () => {
  const old = repacked((parts) => (parts['knowledge/index.bin'] = strToU8('of another version')));
  expect(readAgent(old, 'x').knowledge).toEqual(knowledge);
});

const chunks = (json: string) => repacked((parts) => (parts['knowledge/chunks.json'] = strToU8(json)));
const card = (json: string) => repacked((parts) => (parts['agent.json'] = strToU8(json)));

test.each<[string, Uint8Array, string]>([
  ['a text', strToU8('hello'), 'agent-unknown'],
  ['nothing', new Uint8Array(), 'agent-unknown'],
  ['another zip', zipSync({ 'a.txt': strToU8('a') }), 'agent-unknown'],
  ['a file of a newer version', card('{"format": 2, "name": "x"}'), 'agent-version'],
  ['a cut file', bytes.slice(0, bytes.length / 2), 'agent-damaged the zip'],
  ['broken JSON', card('{'), 'agent-damaged agent.json'],
  ['null', card('null'), 'agent-damaged agent.json: format'],
  ['no name', card('{"format": 1}'), 'agent-damaged agent.json: name'],
  [
    'starters of numbers',
    card('{"format": 1, "name": "x", "starters": [1]}'),
    'agent-damaged agent.json: starters',
  ],
  ['a chunk of no file', chunks('[[9, 0, "", "x"]]'), 'agent-damaged knowledge/chunks.json: [0]'],
  ['a chunk without text', chunks('[[0, 0, ""]]'), 'agent-damaged knowledge/chunks.json: [0]'],
  [
    'no chunks',
    repacked((parts) => delete parts['knowledge/chunks.json']),
    'agent-damaged knowledge/chunks.json',
  ],
])('%s is refused with its place', (_, content, failure) => {
  expect(failureOf(content)).toBe(failure);
});

test('a changed byte is noticed wherever it lies in the data', () => {
  const stored = zipSync(unzipSync(bytes), { level: 0 });
  const from = Buffer.from(stored).indexOf('Revenue');
  stored[from] ^= 1;
  expect(failureOf(stored)).toBe('agent-damaged knowledge/chunks.json');
  for (let at = 0; at < bytes.length; at += 3) {
    const changed = bytes.slice();
    changed[at] ^= 0x55;
    expect(failureOf(changed)).toMatch(/^(none|agent-\w+.*)$/);
  }
});

test('CRC-32 has its check value', () => {
  expect(crc32(strToU8('123456789'))).toBe(0xcbf43926);
});
