import { expect, test } from 'vitest';
import { formatRoute, parseRoute, type Route } from './route';

const NEW_CHAT: Route = { page: 'chat', chatId: null };

test.for<[hash: string, route: Route]>([
  ['#', NEW_CHAT],
  ['#/chat/3f2c-9_a', { page: 'chat', chatId: '3f2c-9_a' }],
  ['#/models', { page: 'models', tab: null }],
  ['#/models/here', { page: 'models', tab: 'here' }],
  ['#/bench', { page: 'bench' }],
])('%s parses to its route and back', ([hash, route]) => {
  expect(parseRoute(hash)).toEqual(route);
  expect(formatRoute(route)).toBe(hash);
});

test.for([
  '',
  '#/',
  '#/chat',
  '#/chat/',
  '#/chat/a/b',
  '#/chat/a b',
  '#/models/elsewhere',
  '#/bench/2',
  '#/x',
])('an unknown address, “%s”, is a new chat', (hash) => {
  expect(parseRoute(hash)).toEqual(NEW_CHAT);
});
