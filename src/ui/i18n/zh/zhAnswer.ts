import type { enAnswer } from '../en/enAnswer';

/** Simplified Chinese texts about answers: how they are shown. */
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
  'source.doubtful': '{name}。该网页可能没有这样说。',
  'source.list': '来源',
  'source.searchFirst': '先搜索并注明来源',
  'source.searchOn': '本对话的每个回答都先搜索，并注明读到的来源。',
  'thinking.now': '正在思考',
  'thinking.nowTime': '已思考 {time}',
  'thinking.done': '思考过程',
  'thinking.doneTime': '思考用时 {time}',
  'call.tool': '工具：{tool}',
  'call.result': '结果',
  'message.raw': '显示原文',
  'message.formatted': '显示排版',

  'link.title': '此链接带有文字',
  'link.body': '打开它会把下面的文字发送给 {host}。本对话含有文档，而文档可能诱使模型把其中的内容写进链接。',
  'link.stay': '留在这里',
  'link.open': '打开 {host}',
};
