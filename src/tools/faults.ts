// Why a call of a tool failed: for the model in English, for people in the page's language.

type Sentence = { en: string; zh: string };

const FAULTS = {
  // Requests
  address: {
    en: 'The address cannot be used: it must begin with https://, or http://localhost, and its host has no placeholder.',
    zh: '地址无法使用：应以 https:// 或 http://localhost 开头，且主机名中没有占位符。',
  },
  noSecret: {
    en: 'The secret {name} has no value; the user can enter it in the settings.',
    zh: '密钥 {name} 还没有值，可在设置中填写。',
  },
  otherSecret: {
    en: 'The secret {name} belongs to {origin} and is not sent to {target}.',
    zh: '密钥 {name} 属于 {origin}，不会发送到 {target}。',
  },
  spilt: {
    en: 'The arguments hold the value of the secret {name}; nothing was sent.',
    zh: '参数中含有密钥 {name} 的值，没有发送。',
  },
  otherHost: {
    en: 'The address leads to another host; nothing was sent.',
    zh: '地址指向另一台主机，没有发送。',
  },
  dots: { en: '{name} must not be {text}; nothing was sent.', zh: '{name} 不能是 {text}，没有发送。' },
  inHeader: {
    en: '{name} cannot stand in a header; nothing was sent.',
    zh: '{name} 不能放在请求头中，没有发送。',
  },
  refused: {
    en: '{host} answers, but does not allow web pages to read it (CORS). It is not down. The relay can pass requests on to it.',
    zh: '{host} 有应答，但不允许网页读取（CORS），并非故障。可通过中继转发请求。',
  },
  blocked: {
    en: 'The browser keeps this page from {host}: allow access to the local network.',
    zh: '浏览器不允许此网页访问 {host}：请允许访问本地网络。',
  },
  down: {
    en: '{host} does not answer: it is down, or there is no network.',
    zh: '{host} 没有应答：服务停止，或没有网络。',
  },
  redirect: {
    en: '{host} sends the request on to another address, which was not followed.',
    zh: '{host} 把请求转到另一个地址，没有跟随。',
  },
  late: { en: 'No answer from {host} within {seconds} s.', zh: '{host} 在 {seconds} 秒内没有应答。' },
  // MCP servers
  noTool: {
    en: 'The server {host} has no such tool any more.',
    zh: '服务器 {host} 已没有这个工具。',
  },
  changed: {
    en: 'The server describes this tool otherwise than when it was approved. It was not called; the user can look at the change in the settings.',
    zh: '服务器对这个工具的描述与批准时不同，没有调用。可在设置中查看改动。',
  },
  key: {
    en: 'The server {host} wants a key or a sign-in; the user can do that in the settings.',
    zh: '服务器 {host} 需要密钥或登录，可在设置中完成。',
  },
  hidden: {
    en: 'The server {host} hides the header Mcp-Session-Id from web pages (Access-Control-Expose-Headers).',
    zh: '服务器 {host} 没有让网页读取响应头 Mcp-Session-Id（Access-Control-Expose-Headers）。',
  },
  server: { en: 'The server {host} failed: {why}', zh: '服务器 {host} 出错：{why}' },
  // Drawing
  nothingToDraw: { en: 'The call does not say what to draw.', zh: '这次调用没有说明要画什么。' },
  noPainter: {
    en: 'No endpoint for pictures is set, and no model is there to draw.',
    zh: '没有设置图片接口，也没有可以绘图的模型。',
  },
  noDrawing: { en: 'The model wrote no drawing.', zh: '模型没有写出图形。' },
  noVideos: {
    en: 'No endpoint for videos is set; the user can enter one in the settings.',
    zh: '没有设置视频接口，可在设置中填写。',
  },
  status: { en: '{host} answered HTTP {status}: {why}', zh: '{host} 返回 HTTP {status}：{why}' },
  otherAnswer: {
    en: '{host} answered HTTP {status} with something other than was expected.',
    zh: '{host} 返回 HTTP {status}，内容不符合预期。',
  },
  noPicture: { en: 'The answer of {host} holds no picture.', zh: '{host} 的应答中没有图片。' },
  badPicture: { en: 'The picture from {host} is no valid base64.', zh: '{host} 的图片不是有效的 base64。' },
  noVideo: { en: 'The answer of {host} holds no video.', zh: '{host} 的应答中没有视频。' },
  noTask: { en: '{host} did not start a task.', zh: '{host} 没有开始任务。' },
  videoFailed: { en: '{host} could not make the video.', zh: '{host} 未能生成视频。' },
  videoLate: {
    en: 'The video is not done after {minutes} minutes.',
    zh: '{minutes} 分钟后视频仍未完成。',
  },
  notAsked: {
    en: 'The endpoint names an address that is not read: {url}',
    zh: '接口给出的地址不会读取：{url}',
  },
  imageAt: {
    en: 'The picture could not be read. It is at {url}',
    zh: '图片无法读取，它在 {url}',
  },
  videoAt: {
    en: 'The video could not be read. It is at {url}',
    zh: '视频无法读取，它在 {url}',
  },
} satisfies Record<string, Sentence>;

export type FaultName = keyof typeof FAULTS;
export interface Fault {
  name: FaultName;
  values?: Record<string, string>;
}

export const fault = (name: FaultName, values?: Record<string, string>): Fault => ({
  name,
  ...(values && { values }),
});

const fill = (text: string, values: Record<string, string> = {}) =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export const faultForModel = ({ name, values }: Fault): string => fill(FAULTS[name].en, values);

/** In the language of the page; English where there is none. */
export function faultForPeople({ name, values }: Fault): string {
  const { lang = 'en' } = globalThis.document?.documentElement ?? {};
  return fill(FAULTS[name][lang.startsWith('zh') ? 'zh' : 'en'], values);
}

/** A call that fails, by these faults. Its message is for people. */
export class ToolFailure extends Error {
  readonly faults: Fault[];
  constructor(...faults: Fault[]) {
    super(faults.map(faultForPeople).join(' '));
    this.faults = faults;
  }
}
