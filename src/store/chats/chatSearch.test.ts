import { expect, test } from 'vitest';
import { createChatSearch, type SearchHit } from './chatSearch';
import type { ChatMeta } from './types';

const meta = (id: string, title: string, updatedAt = 1): ChatMeta => ({
  id,
  title,
  updatedAt,
  pinned: false,
});
const words = (id: string, text: string) => ({
  id,
  role: 'user' as const,
  parts: [{ type: 'text' as const, text }],
});
const marked = ({ title, snippet, marks, messageId }: SearchHit) =>
  marks.map(([start, end]) => (messageId ? snippet : title).slice(start, end));

test('finds every word, in any case and in any writing, titles first and the newest first', () => {
  const search = createChatSearch();
  const chats = [meta('a', 'Cooking rice', 1), meta('b', '煮饭', 2), meta('c', 'Other', 3)];
  search.put('a', [words('a1', 'How do I cook RICE in a pot?'), words('a2', 'nothing')]);
  search.put('b', [words('b1', '请问大米饭要煮多久？')]);
  search.put('c', [words('c1', 'The price of rice, and a pot.')]);
  const found = search.find('rice pot', chats);
  expect(found.map(({ chatId, messageId }) => [chatId, messageId])).toEqual([
    ['c', 'c1'],
    ['a', 'a1'],
  ]);
  expect(marked(found[1])).toEqual(['RICE', 'pot']);
  expect(search.find('米饭', chats).map(({ messageId }) => messageId)).toEqual(['b1']);
  expect(search.find('RICE', chats)[0]).toMatchObject({ chatId: 'a', messageId: null, marks: [[8, 12]] });
  expect(search.find('饭', chats).map(({ messageId }) => messageId)).toEqual([null, 'b1']);
  expect(search.find('  ', chats)).toEqual([]);
  expect(search.find('a.*(', chats)).toEqual([]);
});

test('a snippet is cut around the match, never within a character', () => {
  const search = createChatSearch();
  search.put('a', [words('a1', `${'😀'.repeat(60)}needle${'😀'.repeat(200)}`)]);
  const [{ snippet, marks }] = search.find('needle', [meta('a', '')]);
  expect(() => encodeURIComponent(snippet)).not.toThrow(); // which halves of a pair make it do
  expect(snippet.slice(...marks[0])).toBe('needle');
  expect(snippet.length).toBeLessThan(170);
});

test('of wide characters fewer stand before the match, so that a phone shows it', () => {
  const search = createChatSearch();
  search.put('a', [
    words('a1', `${'前'.repeat(60)}针${'后'.repeat(200)}`),
    words('a2', `${'a'.repeat(60)}针`),
  ]);
  const hits = search.find('针', [meta('a', '')]);
  expect(hits.map(({ snippet }) => snippet.indexOf('针'))).toEqual([1 + 13, 1 + 26]);
});

test('follows what is written and deleted', () => {
  const search = createChatSearch();
  const chats = [meta('a', '')];
  search.put('a', [words('1', 'old words'), words('2', 'more')]);
  search.put('a', [words('1', 'new words')]);
  expect(search.find('old', chats)).toEqual([]);
  expect(search.find('new', chats)).toHaveLength(1);
  search.remove('a', ['1']);
  expect(search.find('new', chats)).toEqual([]);
  search.remove('a');
  expect(search.find('more', chats)).toEqual([]);
});

test('1,000 chats × 50 messages', () => {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const letters = (count: number, from: number, range: number) =>
    Array.from({ length: count }, () => String.fromCharCode(from + Math.floor(random() * range))).join('');
  const english = Array.from({ length: 4000 }, () => letters(3 + Math.floor(random() * 8), 97, 26));
  const chinese = Array.from({ length: 4000 }, () => letters(2, 0x4e00, 6000));
  const search = createChatSearch();
  const chats: ChatMeta[] = [];
  let characters = 0;
  for (let chat = 0; chat < 1000; chat++) {
    chats.push(meta(`c${chat}`, english[chat], chat));
    const [vocabulary, join] = chat % 2 ? [chinese, ''] : [english, ' '];
    const messages = Array.from({ length: 50 }, (_, i) => {
      const picks = i % 2 ? 90 : 12; // answers are longer than questions
      return words(
        `m${i}`,
        Array.from({ length: picks }, () => vocabulary[Math.floor(vocabulary.length * random() ** 3)]).join(
          join,
        ),
      );
    });
    if (chat === 7) messages[49].parts[0].text += ' Zebrafish 斑马鱼';
    characters += messages.reduce((sum, { parts }) => sum + parts[0].text.length, 0);
    search.put(`c${chat}`, messages);
  }
  const queries = [
    'zebrafish',
    '斑马鱼',
    'zzzzzz',
    english[2],
    chinese[3000],
    `${english[5]} ${english[3000]}`,
  ];
  const times = queries.map((query) => {
    const runs = Array.from({ length: 5 }, () => {
      const started = performance.now();
      search.find(query, chats);
      return performance.now() - started;
    });
    return Math.min(...runs);
  });
  console.info(
    `search of ${(characters / 1e6).toFixed(1)} million characters: best of five, ms, ${times.map((ms) => ms.toFixed(1)).join(', ')}`,
  );
  expect(search.find('斑马鱼', chats)[0]).toMatchObject({ chatId: 'c7', messageId: 'm49' });
  expect(Math.max(...times)).toBeLessThan(1000); // the aim is 50; only a wrong algorithm takes a second
});
