// Chinese texts of errors of the engine and the GPU.
import type { ErrorCode } from '../../../../shared/errors';
import { memoryIsHeld, type ErrorText } from '../../en/errors/errorText';

export const engineErrors = {
  bug: { what: '应用内部出错了。', next: '请重试。如果再次出现，请刷新页面；对话不会丢失。' },
  'part-missing': {
    what: '应用的一部分无法加载：{host} 没有把 {file} 作为脚本提供。',
    next: '请刷新页面；若再次出现，说明网站配置有误。与您的文件无关。',
  },
  'sandbox-file': {
    what: '无法运行代码：{host} 没有提供 {file}，也就是工具代码所在的沙箱。',
    next: '请重新加载页面；如果再次出现，说明网站的设置有误。不需要代码的回答仍然可用。',
  },
  'sandbox-header': {
    what: '无法运行代码：此浏览器要求 {file} 带有 {header} 标头，而 {host} 没有发送。',
    next: '请重新加载页面：从第二次访问起，应用会自己加上该标头。也可以改用 Chromium 内核的浏览器。',
  },
  'sandbox-silent': {
    what: '无法运行代码：工具代码的沙箱在 {seconds} 秒内没有启动。',
    next: '请重试。如果再次出现，可能是浏览器扩展阻止了此页面中的框架。',
  },
  'python-missing': {
    what: '无法启动 Python：{host} 没有提供 {file}。',
    next: '请检查网络连接，然后重新加载页面。如果再次出现，说明网站缺少应用的一部分。',
  },
  'python-parts': {
    what: '代码需要 {parts}，此应用中没有：需从 {host} 下载 {bytes}。',
    next: '允许下载后再次运行代码，或请模型不用代码回答。',
  },
  'python-start': {
    what: 'Python 没有启动：{why}。',
    next: '请重试。如果再次出现，请关闭其他标签页以释放内存，或重新启动浏览器。',
  },
  'no-webgpu': {
    what: '此浏览器不提供模型所需的 WebGPU。',
    next: '请使用新版 Chrome、Edge、Safari 或 Firefox，并通过 https:// 或 localhost 打开。',
  },
  'no-adapter': {
    what: '浏览器没有找到可用的显卡。',
    next: '请在浏览器设置中开启硬件加速，更新显卡驱动，然后重启浏览器。',
  },
  'limits-too-small': {
    what: '显卡不足以运行此模型：{limit} 为 {available}，需要 {needed}。',
    next: '请选择更小的模型，或换用显卡更强的电脑。',
  },
  'device-lost': {
    what: '与显卡的连接已断开，可能是休眠、驱动更新或显存不足造成的。',
    next: '请重新加载模型，它会从本浏览器的存储中读取。对话不会丢失。',
  },
  'engine-failed': {
    what: '引擎连续停止了 {tries} 次：{why}',
    next: '请关闭其他占用显卡的标签页和程序，选择更小的模型，或刷新页面。对话不会丢失。',
  },
  'engine-missing': {
    what: '尝试 {tries} 次仍无法加载引擎的脚本：{why}',
    next: '请检查网络连接，然后刷新页面。对话不会丢失，由服务器回答的对话在此期间仍可使用。',
  },
  'engine-elsewhere': {
    what: '另一个标签页正在以不同版本的应用运行引擎。',
    next: '请刷新本页和其他标签页，或关闭其他标签页。',
  },
  'out-of-gpu-memory': {
    what: '显卡可用内存不足：模型需要 {neededBytes}。',
    next: '请关闭其他占用显卡的程序和标签页，或选择更小的模型。',
    instead: {
      when: memoryIsHeld,
      what: '显卡可用内存不足：除 {resident} 外还需要 {neededBytes}。',
      next: '请卸载暂时不用的模型，关闭其他占用显卡的程序，或选择更小的模型。',
    },
  },
  'kernel-wrong': {
    what: '此显卡在本浏览器中计算出错：{device}，内核 {kernel}，误差 {difference}，允许 {allowed}。没有同类的正确内核可用。',
    next: '请换用其他浏览器、更新显卡驱动，或改由服务器回答。欢迎反馈：下方按钮可复制报告所需的全部信息。',
    instead: {
      when: ({ refused }) => refused === 'yes',
      what: '浏览器的编译器拒绝了显卡内核：{device}，内核 {kernel}。没有同类的内核可用。',
    },
  },
  'logits-not-finite': {
    what: '回答在 {tokens} 个 token 后停止：模型的输出已不是有效数字。可能是 {device} 计算出错，或模型权重已损坏。',
    next: '已写出的内容会保留。请重新回答；如再次停止，请在性能测试页检查此设备、检查模型文件、换用其他浏览器，或改由服务器回答。',
  },
} satisfies Partial<Record<ErrorCode, ErrorText>>;
