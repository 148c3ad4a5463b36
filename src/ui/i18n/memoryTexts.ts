// Texts of the memory, in the chunk of the settings.
import type { Language } from './format';

const en = {
  title: 'Memory',
  on: 'Remember notes across chats',
  what: 'New chats begin with these notes. A model may propose one; it is kept only if you accept it. Everything stays in this browser; a chat with a server sends its notes along.',
  add: 'New note',
  addHint: 'One sentence, such as: I teach physics and want short answers.',
  keep: 'Remember',
  list: 'Notes',
  none: 'No notes yet.',
  edit: 'Edit note: {text}',
  editLabel: 'Text of the note',
  delete: 'Delete note: {text}',
  save: 'Save',
  cancel: 'Cancel',
  agent: 'for one agent',
  left: 'not in new chats: the newest {tokens} tokens go in',
  export: 'Export notes',
  import: 'Import notes',
  imported: '{count} {count:note|notes} added',
  deleteAll: 'Delete all notes',
  sure: 'Delete all {count} {count:note|notes}?',
};

const zhCN: Record<keyof typeof en, string> = {
  title: '记忆',
  on: '跨对话记住笔记',
  what: '新对话会以这些笔记开始。模型可以提议一条，只有您接受后才会保留。所有内容都留在此浏览器中；由服务器回答的对话会一并发送笔记。',
  add: '新笔记',
  addHint: '一句话，例如：我教物理，喜欢简短的回答。',
  keep: '记住',
  list: '笔记',
  none: '还没有笔记。',
  edit: '编辑笔记：{text}',
  editLabel: '笔记内容',
  delete: '删除笔记：{text}',
  save: '保存',
  cancel: '取消',
  agent: '仅用于一个智能体',
  left: '不放入新对话：只放入最新的 {tokens} 个 token',
  export: '导出笔记',
  import: '导入笔记',
  imported: '已添加 {count} 条笔记',
  deleteAll: '删除全部笔记',
  sure: '要删除全部 {count} 条笔记吗？',
};

export const MEMORY_TEXTS = { en, 'zh-CN': zhCN } satisfies Record<Language, unknown>;
