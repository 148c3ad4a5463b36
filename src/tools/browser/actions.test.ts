import { expect, test } from 'vitest';
import { readActions } from './actions';

test.each([
  ['search("glm, (2024)", recency_days=30)', { kind: 'search', queries: ['glm, (2024)'], recencyDays: 30 }],
  ["search('it\\'s \"so\"', 7)", { kind: 'search', queries: ['it\'s "so"'], recencyDays: 7 }],
  ['search(query="智谱", recency_days=0)', { kind: 'search', queries: ['智谱'] }],
  ['search(“智谱 清言”)', { kind: 'search', queries: ['智谱 清言'] }],
  ['msearch(["a", "b", "c", "d"])', { kind: 'search', queries: ['a', 'b', 'c'] }],
  ['msearch("a", "b")', { kind: 'search', queries: ['a'] }],
  ['mclick([0, 2,2 , 5])', { kind: 'mclick', ids: [0, 2, 5] }],
  ['mclick(ids=[1])', { kind: 'mclick', ids: [1] }],
  ['mclick(3)', { kind: 'mclick', ids: [3] }],
  ['open_url("https://example.org/a?b=(c)")', { kind: 'open_url', url: 'https://example.org/a?b=(c)' }],
])('%s', (line, action) => {
  expect(readActions(line)).toEqual([action]);
});

test.each([
  ['search(glm)', /quotes/],
  ['search("glm', /closing "/],
  ['mclick([0, 1', /\] is missing/],
  ['mclick([])', /list of numbers/],
  ['open_url("javascript:alert(1)")', /http/],
  ['open_url("file:///etc/passwd")', /http/],
  ['open_url("https://")', /http/],
  ['open_url("https://exa mple.org/a")', /http/],
  ['open_url("https://[x")', /http/],
  ['delete("x")', /no delete/],
  ['search("x") and more', /follows the call/],
  ['', /^Write/],
])('%s is told to be wrong', (line, why) => {
  expect(readActions(line)).toMatchObject([{ kind: 'fault', why: expect.stringMatching(why) }]);
});

test('one call a line, a fence around them, and a limit', () => {
  expect(readActions('```python\nsearch("x")\n\nmclick([0])\n```').map(({ kind }) => kind)).toEqual([
    'search',
    'mclick',
  ]);
  expect(readActions('search("x")\n'.repeat(9))).toHaveLength(4);
});
