// Texts of the sample pictures, in their chunk.
import type { Language } from './format';

const en = {
  title: 'Or ask about a sample picture',
  chart: 'Bar chart',
  receipt: 'Receipt',
  scene: 'Drawing',
  askChart: 'Which month had the most visitors, and how many came each day?',
  askReceipt: 'What was bought, and do the prices add up to the total?',
  askScene: 'Describe this picture. How many birds are in the sky?',
  missing: 'This picture could not be fetched. Are you offline?',
};

const zhCN: Record<keyof typeof en, string> = {
  title: '或者就一张示例图片提问',
  chart: '柱状图',
  receipt: '小票',
  scene: '图画',
  askChart: '哪个月的参观人数最多？每天有多少人？',
  askReceipt: '买了哪些东西？各项价格加起来等于合计吗？',
  askScene: '描述这张图片。天上有几只鸟？',
  missing: '无法取得这张图片。是否已断网？',
};

export const SAMPLE_TEXTS = { en, 'zh-CN': zhCN } satisfies Record<Language, unknown>;
