// Texts of the device's check, in the chunk of the benchmark's page: most visits need none.
import type { Language } from './format';
import { fill, type TextVars } from './index';

const en = {
  title: 'Check this device',
  intro:
    'Runs every kernel that this graphics card may use on small inputs and compares the results with exact ones. A model’s own kernels are checked before it is loaded the first time, and wrong ones are replaced; this checks all of them, for a report. It takes some seconds on a graphics card and some minutes without one.',
  start: 'Check all kernels',
  again: 'Check again',
  stop: 'Stop',
  progress: 'Progress of the check',
  preparing: 'Listing the kernels',
  running: '{done} of {total} kernels checked',
  allRight: 'All {count} kernels are right.',
  someWrong: '{wrong} of {count} kernels computed wrongly. They are not used.',
  stopped: 'Stopped after {count} of {total} kernels: {wrong} wrong.',
  table: 'All kernels checked',
  kernel: 'Kernel',
  result: 'Result',
  difference: 'Largest difference',
  allowed: 'Allowed',
  right: 'right',
  wrong: 'wrong',
  refused: 'does not compile',
  reportHint:
    'The report holds the graphics card, its limits, the browser, versions, checks, speeds and the last errors. Nothing of your chats is in it.',
};

const zhCN: Record<keyof typeof en, string> = {
  title: '检查此设备',
  intro:
    '用小规模输入运行此显卡可能用到的每个内核，并与精确结果比较。模型首次加载前会检查它自己的内核，出错的会被替换；这里检查全部内核，用于生成报告。有显卡时需要几秒，没有显卡时需要几分钟。',
  start: '检查全部内核',
  again: '重新检查',
  stop: '停止',
  progress: '检查进度',
  preparing: '正在列出内核',
  running: '已检查 {done} / {total} 个内核',
  allRight: '全部 {count} 个内核均正确。',
  someWrong: '{count} 个内核中有 {wrong} 个出错，不会被使用。',
  stopped: '已停止，检查了 {count} / {total} 个内核：{wrong} 个出错。',
  table: '已检查的全部内核',
  kernel: '内核',
  result: '结果',
  difference: '最大误差',
  allowed: '允许',
  right: '正确',
  wrong: '出错',
  refused: '无法编译',
  reportHint: '报告包含显卡及其限制、浏览器、版本、检查结果、速度和最近的错误，不含任何对话内容。',
};

export const CHECK_TEXTS = { en, 'zh-CN': zhCN } satisfies Record<Language, unknown>;

export function checkText(language: Language, key: keyof typeof en, vars?: TextVars): string {
  return fill(language, CHECK_TEXTS[language][key], vars);
}
