import { enAnswer } from './enAnswer';
import { enComposer } from './enComposer';
import { enChats } from './enChats';
import { enDetails } from './enDetails';
import { enModels } from './enModels';
import { enServers } from './enServers';
import { enShell } from './enShell';
import { enStorage } from './enStorage';

/** English texts of the first screens; other languages have the same keys. Those of dialogs and pages come later: dialogs/. */
export const en = {
  ...enModels,
  ...enAnswer,
  ...enComposer,
  ...enServers,
  ...enShell,
  ...enStorage,
  ...enChats,
  ...enDetails,

  'app.name': 'GLM in a tab',
  'app.skipToMessage': 'Skip to message field',

  'chat.new': 'New chat',
  'chat.untitled': 'New chat',
  'chat.list': 'Chats',
  'chat.listEmpty': 'Your chats will appear here. They are kept in this browser only.',
  'chat.answering': 'answering',
  'chat.menu': 'Open chat list',
  'chat.menuClose': 'Close chat list',
  'chat.today': 'Today',
  'chat.yesterday': 'Yesterday',
  'chat.week': 'Previous 7 days',
  'chat.older': 'Older',
  'chat.messages': 'Messages',
  'chat.toBottom': 'Scroll to the latest message',

  'start.title': 'What would you like to know?',
  'start.what': 'A GLM-4 assistant that runs on your own graphics card, inside this tab.',
  'start.privacy': 'Nothing you write leaves this device.',
  'start.searches': 'Only searches leave this device, once you allow them.',
  'start.suggestions': 'Suggestions',
  'start.ask1': 'What are you?',
  'start.ask2': 'Is this private?',
  'start.ask3': 'How do I load GLM-4-9B?',
  'start.ask4': 'How much memory does GLM-4-9B need?',

  'message.you': 'You',
  'message.assistant': 'Assistant',
  'message.copy': 'Copy answer',
  'message.copied': 'Copied',
  'message.regenerate': 'Regenerate answer',
  'message.answer': 'Answer this message',
  'message.unanswered': 'Not answered yet.',
  'message.endAborted': 'Stopped',
  'message.endInterrupted': 'Interrupted: the page was closed while answering',
  'message.endLength': 'Stopped at the length limit from the settings',
  'message.endContext': 'The context is full, so the answer ends here. Start a new chat to continue.',
  'message.endHops': 'Stopped after ten steps with tools.',
  'message.endRepeated': 'Stopped: the model asked for the same call again, and nothing new had come since.',
  'message.endObservation': 'The model asked for a tool that is not on.',
  'message.endError': 'Cut off by an error',
  'message.finished': 'Answer finished',
  'message.stopped': 'Answer stopped',

  'turn.waiting': 'Answers as soon as the model is ready',
  'turn.queued': 'Queued: {count} {count:request|requests} of other tabs first',
  'turn.prefill': 'Reading the chat: {done} of {total} {total:token|tokens}',
  'turn.seeing': 'Looking at the picture, {percent} %',
  'turn.prefillStart': 'Reading the chat',

  'stats.label': 'Statistics',
  'stats.speed': '{rate} tokens/s',
  'stats.tokens': '{count} {count:token|tokens}',
  'stats.context': 'context {used} / {total}',
  'stats.contextLabel': 'Context used: {used} of {total} {total:token|tokens}',

  'composer.label': 'Message',
  'composer.placeholder': 'Ask anything',
  'composer.send': 'Send',
  'composer.sendHint': 'Send (Enter)',
  'composer.stop': 'Stop',
  'composer.stopHint': 'Stop (Esc)',
  'composer.busyElsewhere': 'Still answering in another chat.',
  'composer.asksElsewhere': 'A tool in another chat waits for your permission.',
  'composer.reading': 'The message can be sent when its files have been read.',
  'composer.form': 'Answers have the form chosen in the settings.',
  'composer.note': 'Answers can be wrong. Check what matters.',
  'composer.noteNano': 'Nano is a demo-size model and often wrong. Load a larger model for real work.',

  'settings.open': 'Settings',

  'action.close': 'Close',
  'action.dismiss': 'Dismiss',
  'action.retry': 'Try again',
  'action.copyFailed': 'Could not be copied',
  'action.checkDevice': 'Check this device',
  'report.copy': 'Copy report',
  'report.copied': 'Copied',
  'action.readAnew': 'Read it anew',
  'action.chooseModel': 'Choose another model',
  'action.freeSpace': 'Free space',
  'action.reloadPage': 'Reload page',
  'action.reloadModel': 'Reload model',
  'action.newChat': 'New chat',
  'action.backTo': 'Back to {name}',
  'action.details': 'Technical details',

  'unsupported.title': 'This browser cannot run the model',
  'unsupported.body':
    'The model runs on your graphics card through WebGPU, and this browser does not offer it here. Your chats stay readable in the list.',
  'unsupported.insecure':
    'This page was opened over plain http from {address}. Browsers offer WebGPU, and most storage, only over https:// or on localhost. Chats with a server work here too.',
  'unsupported.browsers': 'Browsers that work',
  'unsupported.chrome':
    'Chrome or Edge 113 or newer on Windows, macOS and ChromeOS; Chrome 121 or newer on Android 12 and up',
  'unsupported.safari': 'Safari 26 or newer on macOS, iPhone and iPad',
  'unsupported.firefox': 'Firefox 141 or newer on Windows, 145 or newer on Macs with Apple silicon',
  'unsupported.linux':
    'Linux: Chrome with a current driver; if needed turn on “Vulkan” and “Unsafe WebGPU” in chrome://flags; Firefox with “dom.webgpu.enabled” set in about:config',
  'unsupported.check': 'If yours is on the list',
  'unsupported.checkHardware':
    'Turn on hardware acceleration in the browser’s system settings and restart it.',
  'unsupported.checkDriver': 'Update the graphics driver.',
  'unsupported.checkSecure': 'Open the page over https:// or from localhost: WebGPU is off elsewhere.',
  'unsupported.checkStatus': 'chrome://gpu shows the state under “WebGPU”.',
} as const;

export type EarlyKey = keyof typeof en;
