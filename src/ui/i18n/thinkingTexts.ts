// Texts of how much a model thinks, in the chunk of its choice.
import type { Language } from './format';

const en = {
  title: 'Thinking',
  on: 'Thinking: {effort}',
  auto: 'As much as it likes',
  off: 'Off',
  short: 'Short',
  normal: 'Normal',
  long: 'Long',
  autoHint: 'The model ends its thought by itself.',
  offHint: 'The answer comes at once.',
  budgetHint: 'At most {count} tokens. Then the thought is closed, and the answer follows.',
  what: 'How long the model may think before it answers, in this chat. Thoughts are kept with their answers and are not sent to the model again.',
  server: 'The server is asked for it in its own words. One that does not know them answers as usual.',
  form: 'The answers of this chat have a set form, so the model answers at once.',
  atBudget: 'The budget of thought was spent here: the thought was closed, and the answer followed.',
};

const zhCN: Record<keyof typeof en, string> = {
  title: '思考',
  on: '思考：{effort}',
  auto: '由模型决定',
  off: '关闭',
  short: '短',
  normal: '中',
  long: '长',
  autoHint: '模型自行结束思考。',
  offHint: '立即回答。',
  budgetHint: '最多 {count} 个 token，用完后结束思考并给出回答。',
  what: '模型在本对话中回答之前可以思考多久。思考过程随回答保存，但不会再次发送给模型。',
  server: '会用服务器自己的参数提出要求。不认识这些参数的服务器会照常回答。',
  form: '本对话的回答有固定形式，因此模型立即回答。',
  atBudget: '思考的额度在此用完：思考已结束，随后给出回答。',
};

export const THINKING_TEXTS = { en, 'zh-CN': zhCN } satisfies Record<Language, unknown>;
