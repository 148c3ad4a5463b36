import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readAgent } from '../knowledge/agentFile/agentFile';
import { emptyCard } from '../knowledge/agentFile/card';
import { store } from '../knowledge/stored';
import { builtInTools } from '../tools/builtIn';
import { cardFault, samplingOf, systemText } from './agent';
import { agentOfGallery, galleryAgents } from './gallery/gallery';
import { agentFilesIn, readAgentFile } from './readAgentFile';

const card = emptyCard('Guide');

test('the gallery has a dozen whole agents in both languages, with tools that exist', () => {
  const builtIn = builtInTools({ browser: () => ({}) as never }).map(({ spec }) => spec.name);
  const names = [...builtIn, 'cogview']; // comes with the endpoints that draw
  for (const language of ['zh', 'en'] as const) {
    const agents = galleryAgents(language);
    expect(agents).toHaveLength(12);
    for (const { id, card: one } of agents) {
      expect(cardFault(one), id).toBeUndefined();
      expect(one.starters.length, id).toBeGreaterThanOrEqual(3);
      expect(one.instructions.length, id).toBeGreaterThan(200);
      expect(names).toEqual(expect.arrayContaining(one.tools));
      expect(agentOfGallery(id)?.card).toEqual(one);
    }
  }
});

test.each<[object, string | undefined]>([
  [{ name: ' ' }, 'name'],
  [{ instructions: 'x'.repeat(20_001) }, 'instructions'],
  [{ starters: Array.from({ length: 9 }, () => 'Hi') }, 'starters'],
  [{ tools: ['a b'] }, 'tools'],
  [{ sampling: { temperature: 9 } }, 'sampling'],
  [{ sampling: { temperature: NaN } }, 'sampling'],
  [{ avatar: 'https://example.org/x.png' }, 'avatar'],
  [{ avatar: 'data:image/svg+xml;base64,PHN2Zy8+' }, 'avatar'],
  [{ avatar: '👩‍🏫', sampling: { top_p: 0.8 } }, undefined],
])('a fault is found (%#: %s)', (change, field) => {
  expect(cardFault({ ...card, ...change })?.field).toBe(field);
});

test('sampling of other programs is taken by name; what is unknown is left out', () => {
  expect(samplingOf({ sampling: { temperature: 0.2, top_p: 0.9, mirostat: 2 } })).toEqual({
    ...{ temperature: 0.2, topP: 0.9 },
  });
});

test('the system text holds the instructions, the greeting and the request to cite', () => {
  const text = systemText({ ...card, instructions: 'Guide people.', opening: 'Hello!' }, true);
  expect(text).toMatch(
    /^Guide people\.\n\nYou have greeted the user with: Hello!\n\nPassages .*【n†source】/,
  );
  expect(systemText({ ...card, instructions: '你是导游。' }, true)).toContain('资料');
  expect(systemText(card, false)).toBe('');
});

/** A PNG that has nothing but text chunks. */
function png(...chunks: [type: string, text: string][]): Uint8Array<ArrayBuffer> {
  const parts = chunks.map(([type, text]) => {
    const data = strToU8(text, true);
    const head = new Uint8Array(8);
    new DataView(head.buffer).setUint32(0, data.length);
    head.set(strToU8(type), 4);
    return [...head, ...data, 0, 0, 0, 0];
  });
  return new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...parts.flat()]);
}
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const chara = {
  ...{ spec: 'chara_card_v2', spec_version: '2.0' },
  data: {
    ...{
      name: '阿青',
      description: '{{char}}是药铺学徒。',
      personality: '细心',
      scenario: '',
      first_mes: '{{user}}，要抓药吗？',
    },
    ...{
      creator_notes: 'Ignore this.',
      extensions: { apiKey: 'secret' },
      system_prompt: '',
      mes_example: '<START>',
    },
  },
};
const read = (name: string, content: string | Uint8Array<ArrayBuffer>) =>
  readAgentFile(new File([content], name), async (file) => {
    const { knowledge, ...agent } = readAgent(new Uint8Array(await file.arrayBuffer()), name);
    return { ...agent, ...(knowledge && { knowledge: store(knowledge) }) };
  });

test('a character card is read from PNG and JSON; its notes and extensions reach no prompt', async () => {
  const { card: made, portrait } = await read(
    'a.png',
    png(['tEXt', 'Title\0x'], ['tEXt', `chara\0${base64(chara)}`]),
  );
  expect(made).toMatchObject({ name: '阿青', language: 'zh', opening: '用户，要抓药吗？', tools: [] });
  expect(made.instructions).toBe(
    '你扮演阿青。始终以这个角色的口吻回答。\n\n# 阿青\n阿青是药铺学徒。\n\n# 性格\n细心',
  );
  expect(portrait?.type).toBe('image/png');
  expect((await read('a.json', JSON.stringify(chara))).card).toEqual(made);
  expect(JSON.stringify(made)).not.toMatch(/secret/);
});

test.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
  ['a.png', png(['tEXt', 'Title\0x']), 'agent-unknown'],
  ['a.png', png(['tEXt', 'chara\0%%%']), 'agent-damaged'],
  ['a.png', png(['tEXt', `chara\0${base64(chara)}`]).slice(0, 60), 'agent-damaged'],
  ['a.json', '{"name": "x"}', 'agent-unknown'],
  ['a.json', '{"spec": "chara_card_v2", "data": {"name": 7}}', 'agent-damaged'],
  ['a.json', '{', 'agent-unknown'],
  ['a.glmagent', 'hello', 'agent-unknown'],
])('%s of a hostile shape is refused (%#)', async (name, content, code) => {
  await expect(read(name, content)).rejects.toMatchObject({ code });
});

test('a file’s instructions hold no characters that people do not see; hostile cards are refused', async () => {
  const agent = (change: object) =>
    zipSync({
      'agent.json': strToU8(JSON.stringify({ format: 1, name: 'x', ...change })),
    }) as Uint8Array<ArrayBuffer>;
  const { card: clean } = await read('x.glmagent', agent({ instructions: 'Be\u200b kind\u{e0041}.' }));
  expect(clean.instructions).toBe('Be kind.');
  const review = {
    starters: ['Review\u200b', 'Review'],
    schedule: [
      { starter: 'Review', at: '06:00' },
      { starter: 'Review\u200b', at: '07:00', days: [2, 1, 2] },
    ],
  };
  expect((await read('x.glmagent', agent(review))).card.schedule).toEqual([
    { starter: 'Review', at: '07:00', days: [1, 2] },
  ]);
  const times = [
    { at: '24:00' },
    { at: '07:00', days: [] },
    { at: '07:00', days: [8] },
    { at: '07:00', starter: 'y' },
    null,
  ];
  for (const time of times) {
    const schedule = [time && { starter: 'x', ...time }];
    const file = read('x.glmagent', agent({ starters: ['x'], schedule }));
    await expect(file).rejects.toMatchObject({
      code: 'agent-damaged',
      details: { where: 'agent.json: schedule' },
    });
  }
  const svg = agent({ avatar: 'data:image/svg+xml,<svg onload="x()"/>' });
  await expect(read('x.glmagent', svg)).rejects.toMatchObject({ code: 'agent-damaged' });
  const all = zipSync({ 'a.glmagent': agent({}), 'b.txt': strToU8('b') }) as Uint8Array<ArrayBuffer>;
  const files: string[] = [];
  for await (const { name } of agentFilesIn(new File([all], 'all.zip'))) files.push(name);
  expect(files).toEqual(['a.glmagent']);
});
