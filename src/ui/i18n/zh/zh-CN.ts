import { zhDetails } from './zhDetails';
import type { EarlyKey } from '../en/en';
import { zhCNAnswer } from './zhAnswer';
import { zhCNComposer } from './zhComposer';
import { zhCNChats } from './zhChats';
import { zhCNModels } from './zhModels';
import { zhServers } from './zhServers';
import { zhShell } from './zhShell';
import { zhStorage } from './zhStorage';

/** Simplified Chinese texts of the first screens. */
export const zhCN: Record<EarlyKey, string> = {
  ...zhCNModels,
  ...zhCNAnswer,
  ...zhCNComposer,
  ...zhServers,
  ...zhShell,
  ...zhStorage,
  ...zhCNChats,
  ...zhDetails,

  'app.name': '浏览器里的 GLM',
  'app.skipToMessage': '跳到输入框',

  'chat.new': '新对话',
  'chat.untitled': '新对话',
  'chat.list': '对话列表',
  'chat.listEmpty': '对话会显示在这里，只保存在本浏览器中。',
  'chat.answering': '正在回答',
  'chat.menu': '打开对话列表',
  'chat.menuClose': '关闭对话列表',
  'chat.today': '今天',
  'chat.yesterday': '昨天',
  'chat.week': '过去 7 天',
  'chat.older': '更早',
  'chat.messages': '消息',
  'chat.toBottom': '滚动到最新消息',

  'start.title': '想聊点什么？',
  'start.what': '一个在您自己的显卡上、就在这个标签页里运行的 GLM-4 助手。',
  'start.privacy': '您写的内容不会离开这台设备。',
  'start.searches': '只有搜索内容会在您允许后离开本机。',
  'start.suggestions': '试试这些问题',
  'start.ask1': '你是谁？',
  'start.ask2': '我的对话是私密的吗？',
  'start.ask3': '怎么载入更大的模型？',
  'start.ask4': 'GLM-4-9B 需要多少内存？',

  'message.you': '您',
  'message.assistant': '助手',
  'message.copy': '复制回答',
  'message.copied': '已复制',
  'message.regenerate': '重新回答',
  'message.answer': '回答这条消息',
  'message.unanswered': '尚未回答。',
  'message.endAborted': '已停止',
  'message.endInterrupted': '已中断：回答过程中页面被关闭',
  'message.endLength': '已达到设置中的长度上限',
  'message.endContext': '上下文已满，回答到此为止。请新建对话继续。',
  'message.endHops': '已调用工具十步，先停在这里。',
  'message.endRepeated': '已停止：模型重复了同一个调用，而期间没有新的结果。',
  'message.endObservation': '模型请求了未开启的工具。',
  'message.endError': '因出错而中断',
  'message.finished': '回答完毕',
  'message.stopped': '回答已停止',

  'turn.waiting': '模型就绪后立即回答',
  'turn.queued': '排队中：前面还有其他标签页的 {count} 个请求',
  'turn.prefill': '正在阅读对话：{done} / {total} 个 token',
  'turn.seeing': '正在看图片，{percent} %',
  'turn.prefillStart': '正在阅读对话',

  'stats.label': '统计',
  'stats.speed': '{rate} token/秒',
  'stats.tokens': '{count} 个 token',
  'stats.context': '上下文 {used} / {total}',
  'stats.contextLabel': '上下文已用 {used} / {total} 个 token',

  'composer.label': '消息',
  'composer.placeholder': '有问题，尽管问',
  'composer.send': '发送',
  'composer.sendHint': '发送（Enter）',
  'composer.stop': '停止',
  'composer.stopHint': '停止（Esc）',
  'composer.busyElsewhere': '另一个对话仍在回答中。',
  'composer.asksElsewhere': '另一个对话里有工具在等待您的许可。',
  'composer.reading': '文件读取完成后即可发送。',
  'composer.form': '回答采用设置中选定的形式。',
  'composer.note': '回答可能有误，重要内容请核实。',
  'composer.noteNano': 'Nano 是演示用的小模型，经常出错。正式使用请加载更大的模型。',

  'settings.open': '设置',

  'action.close': '关闭',
  'action.dismiss': '知道了',
  'action.retry': '重试',
  'action.copyFailed': '无法复制',
  'action.checkDevice': '检查此设备',
  'report.copy': '复制报告',
  'report.copied': '已复制',
  'action.readAnew': '重新读取',
  'action.chooseModel': '选择其他模型',
  'action.freeSpace': '释放空间',
  'action.reloadPage': '刷新页面',
  'action.reloadModel': '重新加载模型',
  'action.newChat': '新对话',
  'action.backTo': '回到 {name}',
  'action.details': '技术细节',

  'unsupported.title': '此浏览器无法运行模型',
  'unsupported.body':
    '模型通过 WebGPU 在您的显卡上运行，而此浏览器目前不提供 WebGPU。列表中已有的对话仍然可以阅读。',
  'unsupported.insecure':
    '本页通过普通 http 从 {address} 打开。浏览器只在 https:// 或 localhost 下提供 WebGPU 和多数存储功能。在这里仍可与服务器对话。',
  'unsupported.browsers': '可以使用的浏览器',
  'unsupported.chrome':
    'Windows、macOS、ChromeOS 上的 Chrome 或 Edge 113 及以上；Android 12 及以上的 Chrome 121 及以上',
  'unsupported.safari': 'macOS、iPhone、iPad 上的 Safari 26 及以上',
  'unsupported.firefox': 'Windows 上的 Firefox 141 及以上；Apple 芯片 Mac 上的 145 及以上',
  'unsupported.linux':
    'Linux：使用较新驱动的 Chrome；必要时在 chrome://flags 中开启“Vulkan”和“Unsafe WebGPU”；或在 about:config 中开启 dom.webgpu.enabled 的 Firefox',
  'unsupported.check': '如果您的浏览器在列',
  'unsupported.checkHardware': '在浏览器的系统设置中开启硬件加速，然后重启浏览器。',
  'unsupported.checkDriver': '更新显卡驱动。',
  'unsupported.checkSecure': '请通过 https:// 或 localhost 打开本页：其他方式下 WebGPU 不可用。',
  'unsupported.checkStatus': '在 chrome://gpu 的“WebGPU”一栏可以查看状态。',
};
