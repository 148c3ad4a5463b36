import type { enEyes } from '../../en/dialogs/enEyes';

/** Chinese texts about pictures. */
export const zhCNEyes: Record<keyof typeof enEyes, string> = {
  'eyes.label': '视觉',
  'eyes.fact': '另需 {size}：可看图片',
  'eyes.factTime': '另需 {size}：可看图片，在本机每张约 {time}',
  'eyes.badge': '能看图片',
  'eyes.with': '带视觉，另需 {size}：可看图片',
  'eyes.withHint': '不带视觉时只读文字，以后可以补上。',
  'eyes.has': '用 {name}（{size}）看图片。',
  'eyes.missing': '这个模型能看图片，但缺少它的视觉文件（mmproj）。',
  'eyes.get': '补上视觉，{size}',
  'eyes.fromFile': '选择它的 mmproj 文件',
  'eyes.row': '模型的视觉文件 · {size} · {date}',
};
