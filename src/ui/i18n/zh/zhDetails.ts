import type { enDetails } from '../en/enDetails';

/** Simplified Chinese texts about the chat's model and a full context. */
export const zhDetails: Record<keyof typeof enDetails, string> = {
  'overflow.title': '这个对话已超出上下文',
  'overflow.text': '加上您的问题共 {prompt} 个 token，模型最多容纳 {total} 个。',
  'overflow.drop': '略去最早的 {count} 轮',
  'overflow.new': '开始新对话',
  'overflow.stop': '到此为止',
  'overflow.policy': '在设置中更改',
  'dropped.turns': '最早的 {count} 轮放不下，已略去。',

  'chatModel.text': '这个对话用的是 {name}，现在会由 {other} 回答。',
  'chatModel.away': '这个对话用的是 {name}，它已不在本设备上，现在会由 {other} 回答。',
  'chatModel.load': '加载 {name}',
  'chatModel.find': '选择模型',
  'chatModel.keep': '继续用 {name}',

  'about.open': '关于这个回答',

  'slow.short': '为什么慢？',
};
