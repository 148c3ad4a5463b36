// Sentences of the browser itself: for the model in English, for people in the page's language.
import type { BrowseFault } from './providers/provider';

type Sentence = { en: string; zh: string };

const NOTES: Record<BrowseFault | 'nothing' | 'unreadable', Sentence> = {
  refused: {
    en: '{host} answers, but may not be read from a page (CORS). It is not down. A reader or the relay in the settings can read it.',
    zh: '{host} 有应答，但不允许网页读取（CORS），并非故障。可在设置中选用阅读服务或中继。',
  },
  down: {
    en: '{host} does not answer: it is down, or there is no network.',
    zh: '{host} 没有应答：服务停止，或没有网络。',
  },
  blocked: {
    en: 'The browser keeps this page from {host}: allow access to the local network.',
    zh: '浏览器不允许此网页访问 {host}：请允许访问本地网络。',
  },
  status: { en: '{host} answered {status}.', zh: '{host} 返回 {status}。' },
  notJson: {
    en: '{host} answered something other than JSON. Check the address in the settings.',
    zh: '{host} 返回的不是 JSON。请检查设置中的地址。',
  },
  searxngJson: {
    en: '{host} does not offer JSON. In its settings.yml, add json to search.formats.',
    zh: '{host} 没有开放 JSON。请在其 settings.yml 的 search.formats 中加入 json。',
  },
  searxngCors: {
    en: '{host} answers, but may not be read from a page (CORS). In its settings.yml, add json to search.formats, and under server.default_http_headers add Access-Control-Allow-Origin: "*".',
    zh: '{host} 有应答，但不允许网页读取（CORS）。请在其 settings.yml 的 search.formats 中加入 json，并在 server.default_http_headers 中加入 Access-Control-Allow-Origin: "*"。',
  },
  noReader: {
    en: 'A page of {host} can be read only through a reader or the relay, and the settings have neither.',
    zh: '{host} 的网页只能通过阅读服务或中继读取，而设置中都没有。',
  },
  noAddress: {
    en: 'The settings of the browser have no address for {what}.',
    zh: '浏览器设置中没有 {what} 的地址。',
  },
  noText: { en: '{url} has no text that can be read.', zh: '{url} 没有可读的文字。' },
  noPage: { en: 'There is no page {url}.', zh: '没有此页面：{url}。' },
  notKept: {
    en: '{url} is not kept on this device, and the browser is set to use no network.',
    zh: '本机没有保存 {url}，而浏览器设置为不联网。',
  },
  noHit: { en: 'The latest search has no result {id}.', zh: '最近一次搜索没有第 {id} 条结果。' },
  relay: { en: 'The relay: {why}', zh: '中继：{why}' },
  nothing: { en: 'No results.', zh: '没有结果。' },
  unreadable: { en: '{why}', zh: '无法理解这次调用：{why}' },
};

export type NoteName = keyof typeof NOTES;

const fill = (text: string, values: Record<string, string>) =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export const noteForModel = (name: NoteName, values: Record<string, string> = {}): string =>
  fill(NOTES[name].en, values);

export function noteForPeople(name: NoteName, values: Record<string, string> = {}): string {
  const { lang = 'en' } = globalThis.document?.documentElement ?? {};
  return fill(NOTES[name][lang.startsWith('zh') ? 'zh' : 'en'], values);
}
