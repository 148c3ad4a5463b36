import type { enShell } from './enShell';

export const zhShell: Record<keyof typeof enShell, string> = {
  'update.ready': '应用有新版本。对话和模型都会保留。',
  'update.waiting': '模型忙完后就启用新版本。',
  'update.now': '重新加载',
  'update.later': '以后再说',
  'install.button': '安装应用',
  'install.hint': '独立窗口、独立图标，离线可用。',
};
