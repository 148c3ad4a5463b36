import type { enAnswer } from './enAnswer';

/** 回答的显示。 */
export const zhCNAnswer: Record<keyof typeof enAnswer, string> = {
  'code.copy': '复制代码',
  'code.copied': '已复制',
  'code.plain': '文本',
  'markdown.image': '图片：{alt}',
  'markdown.table': '表格',
  'markdown.moreRows': '显示更多行（还有 {count} 行）',
  'markdown.leaves': '（打开其他网站）',
  'source.one': '来源 {id}',
  'source.named': '来源 {id}：{label}',
  'source.list': '来源',
  'thinking.now': '正在思考',
  'thinking.nowTime': '已思考 {time}',
  'thinking.done': '思考过程',
  'thinking.doneTime': '思考用时 {time}',
  'message.raw': '显示原文',
  'message.formatted': '显示排版',
};
