import type { enStorage } from '../en/enStorage';

export const zhStorage: Record<keyof typeof enStorage, string> = {
  'trouble.storage-unavailable': '浏览器目前无法保存您的对话。本页会不断重试，请不要关闭。',
  'trouble.storage-quota': '没有空间保存您的对话。请清理磁盘或删除已存的模型；本页会不断重试。',
  'trouble.storage-blocked':
    '另一个标签页正以本页的旧版本占用您的对话。关闭或刷新本页的其他标签页，您的对话就会出现。',
  'trouble.storage-outdated': '本页的新版本已在另一个标签页中打开，此标签页无法再保存对话。请刷新后继续。',
  'trouble.unsaved': '{count} 条消息尚未保存。',
  'transfer.mended': '修复了 {mended} 处损坏，{leftOut} 处无法读取。',
  'transfer.problems': '损坏之处',
  'backup.keep': '您的对话只保存在此浏览器中，磁盘已满时浏览器可能会删除它们。要请浏览器保留吗？',
  'backup.keepYes': '保留',
  'backup.due': '您的对话只保存在此浏览器中，距上次备份已超过两周。',
  'backup.now': '立即备份',
  'backup.later': '以后再说',
  'backup.never': '尚未备份。',
  'backup.last': '上次备份：{date}。',
  'backup.folder': '备份保存到文件夹“{folder}”。',
  'backup.choose': '选择备份文件夹…',
  'trouble.export': '立即导出',
  'trouble.reload': '刷新',
};
