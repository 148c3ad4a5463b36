import type { enChats } from '../en/enChats';

/** Simplified Chinese texts about chats. */
export const zhCNChats: Record<keyof typeof enChats, string> = {
  'branch.label': '这条消息的各个版本',
  'branch.previous': '上一个版本',
  'branch.next': '下一个版本',
  'branch.position': '第 {index} 个版本，共 {count} 个',

  'message.edit': '编辑问题',
  'message.editLabel': '您的问题',
  'message.editSend': '发送',
  'message.editCancel': '取消',
  'message.editHint': '原来的版本会保留，可用消息下方的箭头切换。',
  'message.copyQuestion': '复制问题',
  'message.delete': '删除这条消息及其后的内容',
  'message.continue': '继续回答',
  'message.attachments': '附件',

  'chat.more': '“{title}”的更多操作',
  'chat.actions': '对“{title}”的操作',
  'chat.rename': '重命名',
  'chat.renameLabel': '新标题',
  'chat.pin': '置顶',
  'chat.unpin': '取消置顶',
  'chat.pinned': '置顶',
  'chat.month': '过去 30 天',
  'chat.remove': '删除',

  'chat.exportMarkdown': '导出为 Markdown',
  'chat.exportJson': '导出为 JSON',

  'palette.title': '搜索与命令',

  'transfer.import': '正在导入对话…',
  'transfer.export': '正在生成文件…',
  'transfer.wipe': '正在删除…',
  'transfer.imported': '已导入：{added} 个新对话，{messages} 条消息。',
  'transfer.extended': '补充了 {count} 个对话。',
  'transfer.present': '{count} 个已在此处。',

  'undo.chat': '已删除“{title}”',
  'undo.message': '消息已删除',
  'undo.action': '撤销',
  'agents.open': '智能体',
};
