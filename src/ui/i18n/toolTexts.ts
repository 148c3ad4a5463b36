// Texts of the choice of tools, in the chunks of its panel and of the settings.
import type { Language } from './format';

const en = {
  title: 'Tools',
  what: 'What the model may call by itself in this chat.',
  python: 'Runs code in this tab, without network: sums, dates, data, plots.',
  cogview: 'Draws pictures: by an endpoint of yours, or in this tab as a vector drawing.',
  simple_browser: 'Searches and reads pages, and names its sources. It is off until you switch it on.',
  remember: 'Proposes a note for later chats. You see it and decide, every time.',
  few: '{name} is small: it is told of the three functions that come nearest to each question.',
  chosen:
    'llama.cpp servers are told only of tools that you switch on: models that know none write nonsense then.',
  sends: 'sends data',
  noModel: '{name} does not know tools and is told of none.',
  short: 'The context of {count} tokens is too short for tools: {name} is told of none.',
  choose: 'Choose another model',
  form: 'The answers of this chat have a set form, so they call no tools.',
  settings: 'Tools in the settings',
  permissions:
    'What each tool may do without asking, in all chats. A call that sends data always asks once the chat holds text from files, pages or tools.',
  ask: 'Ask each time',
  always: 'Run without asking',
  functionsHint:
    'Functions of your own: JavaScript that runs in this tab, requests to web addresses, and the operations of an API. The model is told their names, what they do and their parameters.',
  delete: 'Delete {name}',
  download: 'Download, at most {size}',
  needs: 'Not on this device yet: {parts}. They come from {hosts}, once; after that Python works offline.',
  part: '{done} of {total}',
  progress: 'Download of Python',
  cancel: 'Cancel',
  ready: 'Everything it needs comes with the app.',
  kept: 'Everything is on this device; Python works offline.',
  parts: 'Packages and download',
  remove: 'Delete the downloaded parts',
};

const zhCN: Record<keyof typeof en, string> = {
  title: '工具',
  what: '模型在本对话中可以自行调用的工具。',
  python: '在此标签页内运行代码，没有网络：计算、日期、数据、作图。',
  cogview: '绘制图片：使用您设置的接口，或在此标签页内画成矢量图。',
  simple_browser: '搜索和阅读网页，并注明来源。默认关闭，需要您打开。',
  remember: '提议一条供以后对话使用的笔记。每次都由您查看并决定。',
  few: '{name} 很小，每次提问只会得知与问题最接近的三个函数。',
  chosen: 'llama.cpp 服务器只会得知您打开的工具：不会用工具的模型得知后会胡乱作答。',
  sends: '会发送数据',
  noModel: '{name} 不会使用工具，因此不会得知任何工具。',
  short: '上下文只有 {count} 个 token，放不下工具说明，因此 {name} 不会得知任何工具。',
  choose: '选择其他模型',
  form: '本对话的回答有固定形式，因此不调用工具。',
  settings: '工具设置',
  permissions:
    '每个工具在所有对话中可以不经询问做什么。对话含有来自文件、网页或工具的文字后，会发送数据的调用总是询问。',
  ask: '每次询问',
  always: '直接运行',
  functionsHint:
    '您自己的函数：在此标签页内运行的 JavaScript、发往网址的请求，以及 API 的操作。模型会得知它们的名称、用途和参数。',
  delete: '删除 {name}',
  download: '下载，最多 {size}',
  needs: '本机还没有：{parts}。从 {hosts} 下载一次，之后 Python 可离线使用。',
  part: '{done} / {total}',
  progress: 'Python 下载进度',
  cancel: '取消',
  ready: '所需内容都随应用提供。',
  kept: '所需内容都在本机，Python 可离线使用。',
  parts: '软件包与下载',
  remove: '删除已下载的部分',
};

export const TOOL_TEXTS = { en, 'zh-CN': zhCN } satisfies Record<Language, unknown>;
