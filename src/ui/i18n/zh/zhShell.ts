import type { enShell } from '../en/enShell';

export const zhShell: Record<keyof typeof enShell, string> = {
  'update.ready': '应用有新版本。对话和模型都会保留。',
  'update.waiting': '模型忙完后就启用新版本。',
  'update.now': '重新加载',
  'update.later': '以后再说',
  'part.missing': '应用的一部分无法获取。请重新加载页面以使用最新版本。',
  'part.offline': '应用的一部分无法获取：网站没有响应。在此之前，文字以纯文本显示。',
  'failed.title': '页面的这一部分出了问题。',
  'failed.dialog': '出了问题',
  'failed.body': '页面的其余部分正常，对话也已保存。请重试，或刷新页面。',
  'failed.missing': '无法获取这一部分：网站没有响应，或已有新版本。请重试，或刷新页面。',
  'failed.export': '导出我的对话',
  'failed.exported': '对话已保存为文件。',
  'failed.notExported': '浏览器没有给出对话。请刷新页面后重试。',
  'install.button': '安装应用',
  'install.hint': '独立窗口、独立图标，离线可用。',
};
