// Chinese texts of errors of storage, chats and questions.
import type { ErrorCode } from '../../../../shared/errors';
import { partsWereCounted, type ErrorText } from '../../en/errors/errorText';

export const chatsErrors = {
  'storage-quota': {
    what: '浏览器存储空间不足：需要 {neededBytes}，可用 {availableBytes}。',
    next: '请删除不再使用的模型或清理磁盘，然后重试。',
  },
  'storage-unavailable': {
    what: '浏览器不允许本页保存数据，可能是因为使用了无痕窗口。',
    next: '关闭标签页后，对话和模型都会丢失。请使用普通窗口以便保存。',
  },
  'storage-stuck': {
    what: '浏览器在 {seconds} 秒内没有打开本页的一部分存储（{name}）。',
    next: '请关闭本页的所有标签页再重新打开；关闭之前，请先导出尚未保存的内容。',
  },
  'storage-blocked': {
    what: '另一个标签页正以本页的旧版本占用您的对话。',
    next: '关闭或刷新本页的其他标签页，您的对话就会出现。',
  },
  'storage-outdated': {
    what: '本页的新版本已在另一个标签页中打开；此标签页无法再保存对话。',
    next: '请刷新此标签页。尚未保存的内容会一并带过去。',
  },
  'chat-deleted': {
    what: '此对话已在另一个标签页中删除，此处之后写入的内容也随之删除。',
    next: '可在另一个标签页中撤销删除，或开始新对话。',
  },
  'import-too-large': {
    what: '{name} 太大，无法导入：{sizeBytes}，上限为 {maxBytes}。没有导入任何内容。',
    next: '每次少导出一些对话，或拆分文件。',
  },
  'import-unknown': {
    what: '{name} 中没有本页能识别的对话。没有导入任何内容。',
    next: '请选择本页导出的 JSON，或 ChatGPT 导出的 .zip 或 conversations.json。',
  },
  'import-damaged': {
    what: '{name} 已损坏，或不是预期的格式，没有导入任何内容。（{where}: {why}）',
    next: '重新导出这些对话，或改正文件中的这一处。',
    instead: {
      when: ({ whole }) => whole === 'yes', // the English place and reason say no more
      what: '{name} 是空文件、已损坏或不完整，没有导入任何内容。',
      next: '重新导出这些对话，或选择该文件的另一份副本。',
    },
  },
  'import-version': {
    what: '{name} 由本页的新版本导出（格式 {found}，当前最多支持 {supported}）。没有导入任何内容。',
    next: '刷新页面以获得最新版本，然后再次导入。',
  },
  'cache-damaged': {
    what: '已保存的模型副本损坏（第 {shard} 部分）。',
    next: '请在“模型”中删除它，再从文件或地址重新加载。',
    instead: {
      when: partsWereCounted,
      what: '已保存的 {parts} 个部分中有 {damaged} 个损坏，目前无法重新获取：来源未知或无法访问。',
      next: '请联网后重新加载（只会获取这些部分），或重新选择模型文件，或删除该模型。',
    },
  },
  'context-full': {
    what: '对话太长了：{promptTokens} 个 token，而模型最多容纳 {contextTokens} 个。',
    next: '请新建对话，或缩短消息或系统提示词。',
  },
  'model-in-use': {
    what: '另一个标签页正在使用或导入此模型。',
    next: '请关闭那个标签页或等它完成，然后重试。',
  },
  'no-model': { what: '尚未加载模型。', next: '请先选择一个模型。' },
  'picture-unreadable': {
    what: '有一张图片无法交给模型：{why}。',
    next: '请另存为 PNG 或 JPEG，或缩小后重试。',
  },
  'no-eyes': {
    what: '{model} 可以看图，但缺少视觉部分的文件（mmproj）。',
    next: '请为模型添加该文件，或去掉图片。',
  },
  'eyes-alone': {
    what: '{name} 只包含模型的视觉部分。',
    next: '请与所属的模型一起打开。',
  },
  'eyes-unfit': {
    what: '视觉文件 {eyes} 与 {model} 不匹配：{why}。',
    next: '请使用同一模型的 mmproj 文件。',
  },
  'text-only': {
    what: '当前模型只能读文字，而对话中有它读不了的内容（{part}）。',
    next: '请去掉这项内容，或换一个模型。',
  },
  busy: { what: '模型还在处理另一个回答。', next: '请等它完成或将其停止，然后重试。' },
  'bad-request': {
    what: '设置“{field}”无效：{why}。',
    next: '请打开设置修改该值，或恢复推荐值。',
  },
} satisfies Partial<Record<ErrorCode, ErrorText>>;
