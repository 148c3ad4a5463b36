import type { ErrorCode } from '../../shared/errors';

/** What happened and what to do next. `{name}` is filled from the error's details; names in …Bytes as sizes. */
export interface ErrorText {
  what: string;
  next: string;
}

/** English texts: the dictionary every other language has to match, key by key. */
export const en = {
  'app.name': 'GLM in a tab',
  'app.skipToMessage': 'Skip to message field',

  'chat.new': 'New chat',
  'chat.untitled': 'New chat',
  'chat.list': 'Chats',
  'chat.listEmpty': 'Your chats will appear here. They are kept in this browser only.',
  'chat.delete': 'Delete chat “{title}”',
  'chat.deleteConfirm': 'Delete this chat?',
  'chat.deleteYes': 'Delete',
  'chat.deleteNo': 'Keep',
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
  'message.endObservation': 'The model asked for a tool; tools are not available yet',
  'message.endError': 'Cut off by an error',
  'message.finished': 'Answer finished',
  'message.stopped': 'Answer stopped',

  'turn.waiting': 'Answers as soon as the model is ready',
  'turn.prefill': 'Reading the chat: {done} of {total} tokens',
  'turn.prefillStart': 'Reading the chat',

  'stats.label': 'Statistics',
  'stats.speed': '{rate} tokens/s',
  'stats.tokens': '{count} tokens',
  'stats.context': 'context {used} / {total}',
  'stats.contextLabel': 'Context used: {used} of {total} tokens',
  'stats.prompt': 'Prompt: {prompt} tokens, {reused} of them reused, read in {seconds} s. Seed {seed}.',

  'composer.label': 'Message',
  'composer.placeholder': 'Ask anything',
  'composer.send': 'Send',
  'composer.sendHint': 'Send (Enter)',
  'composer.stop': 'Stop',
  'composer.stopHint': 'Stop (Esc)',
  'composer.busyElsewhere': 'Still answering in another chat.',
  'composer.note': 'Answers can be wrong. Check what matters.',
  'composer.noteNano': 'Nano is a demo-size model and often wrong. Load a larger model for real work.',
  'composer.keys': 'Enter to send, Shift+Enter for a new line',

  'code.copy': 'Copy code',
  'code.copied': 'Copied',
  'code.plain': 'text',
  'markdown.image': 'Image: {alt}',
  'markdown.table': 'Table',

  'model.title': 'Models',
  'model.open': 'Model: {name}. Choose a model',
  'model.choose': 'Choose a model',
  'model.none': 'No model',
  'model.nano': 'Nano · demo model',
  'model.nanoHint': 'Comes with the page. A few million parameters, to try things out.',
  'model.inUse': 'In use',
  'model.inUseHeading': 'Loaded now',
  'model.load': 'Load',
  'model.loadNamed': 'Load {name}',
  'model.builtIn': 'Built in',
  'model.stored': 'Stored in this browser',
  'model.storedEmpty':
    'Models you open are kept here, ready without the original file and without the network.',
  'model.delete': 'Delete {name} from storage',
  'model.deleteConfirm': 'Free {size}?',
  'model.deleteYes': 'Delete',
  'model.deleteNo': 'Keep',
  'model.add': 'Add a model',
  'model.file': 'Open a GGUF file…',
  'model.fileHint': 'Or drop it anywhere on the page. Pick all parts of a split model together.',
  'model.url': 'Address of a GGUF file',
  'model.urlPlaceholder': 'https://…/model.gguf',
  'model.urlLoad': 'Load from address',
  'model.urlBad': 'Enter an address that starts with https:// or http://.',
  'model.urlHint': 'The host must allow other sites to read the file (CORS).',
  'model.details': '{params} parameters · context {context} · {gpu} on the GPU',
  'model.sizeAdded': '{size} · added {date}',
  'model.gpu': 'Graphics: {name}',
  'model.software':
    'Software rendering: works, but slowly. Turn on hardware acceleration in the browser settings.',
  'model.warnings': 'Remarks about this file',
  'model.reload': 'Reload model',
  'model.ready': '{name} is ready',

  'load.title': 'Loading {name}',
  'load.header': 'Reading the file header',
  'load.import': 'Fetching and repacking weights',
  'load.verify': 'Comparing with the published checksum',
  'load.upload': 'Moving weights to the graphics card',
  'load.compile': 'Preparing the graphics card',
  'load.starting': 'Starting',
  'load.bytes': '{done} of {total}',
  'load.speed': '{speed}/s',
  'load.left': 'about {time} left',
  'load.cancel': 'Cancel loading',
  'load.canceled': 'Loading was canceled. Choose a model to continue.',

  'drop.title': 'Drop to open',
  'drop.hint': 'One GGUF file, or all parts of a split one',
  'drop.wrong': '“{name}” is not a .gguf file.',

  'settings.title': 'Settings',
  'settings.open': 'Settings',
  'settings.thisChat': 'This chat',
  'settings.system': 'System prompt',
  'settings.systemPlaceholder': 'For example: Answer briefly, in plain words.',
  'settings.systemHint': 'Sent before every message of this chat.',
  'settings.sampling': 'Answers',
  'settings.temperature': 'Temperature',
  'settings.temperatureHint': '0 always picks the likeliest token; higher is more varied.',
  'settings.topP': 'Top-p',
  'settings.topPHint': 'Choose among the likeliest tokens that together reach this share; 1 is off.',
  'settings.topK': 'Top-k',
  'settings.topKHint': 'Choose among this many tokens; 0 is off.',
  'settings.minP': 'Min-p',
  'settings.minPHint': 'Drop tokens below this share of the likeliest; 0 is off.',
  'settings.repetitionPenalty': 'Repetition penalty',
  'settings.repetitionPenaltyHint': 'Above 1 avoids words already used; 1 is off.',
  'settings.seed': 'Seed',
  'settings.seedRandom': 'Random',
  'settings.seedHint': 'The same seed and chat give the same answer.',
  'settings.context': 'Context length, tokens',
  'settings.contextAuto': 'Automatic, up to 8,192',
  'settings.contextHint':
    'How much a chat may hold. Longer takes more memory: 40 KiB a token with GLM-4-9B. The model is loaded again.',
  'settings.maxTokens': 'Longest answer, tokens',
  'settings.maxTokensAuto': 'No limit',
  'settings.maxTokensHint': 'Empty: until the context is full.',
  'settings.reset': 'Use the model’s recommended values',
  'settings.page': 'Page',
  'settings.language': 'Language',
  'settings.languageAuto': 'Automatic',
  'settings.theme': 'Theme',
  'settings.themeSystem': 'System',
  'settings.themeLight': 'Light',
  'settings.themeDark': 'Dark',
  'settings.shortcuts': 'Keyboard',
  'settings.keySend': 'Send',
  'settings.keyLine': 'New line',
  'settings.keyStop': 'Stop',
  'settings.keyNew': 'New chat',

  'action.close': 'Close',
  'action.dismiss': 'Dismiss',
  'action.retry': 'Try again',
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
  'unsupported.browsers': 'Browsers that work',
  'unsupported.chrome':
    'Chrome or Edge 113 or newer on Windows, macOS and ChromeOS; Chrome 121 or newer on Android 12 and up',
  'unsupported.safari': 'Safari 26 or newer on macOS, iPhone and iPad',
  'unsupported.firefox': 'Firefox 141 or newer on Windows, 145 or newer on Macs with Apple silicon',
  'unsupported.linux':
    'Linux: Chrome with a current driver; if needed turn on “Vulkan” and “Unsafe WebGPU” in chrome://flags',
  'unsupported.check': 'If yours is on the list',
  'unsupported.checkHardware':
    'Turn on hardware acceleration in the browser’s system settings and restart it.',
  'unsupported.checkDriver': 'Update the graphics driver.',
  'unsupported.checkSecure': 'Open the page over https:// or from localhost: WebGPU is off elsewhere.',
  'unsupported.checkStatus': 'chrome://gpu shows the state under “WebGPU”.',
} as const;

export type TextKey = keyof typeof en;

export const enErrors: Record<ErrorCode, ErrorText> = {
  bug: {
    what: 'Something went wrong inside the app.',
    next: 'Try again. If it happens again, reload the page; your chats are kept.',
  },
  'no-webgpu': {
    what: 'This browser does not offer WebGPU, which the model needs.',
    next: 'Use a current Chrome, Edge, Safari or Firefox, over https:// or on localhost.',
  },
  'no-adapter': {
    what: 'The browser found no graphics card it can use.',
    next: 'Turn on hardware acceleration in the browser settings, update the graphics driver and restart the browser.',
  },
  'limits-too-small': {
    what: 'This graphics card is too small for the model: {limit} is {available}, {needed} is needed.',
    next: 'Choose a smaller model, or use a computer with a larger graphics card.',
  },
  'device-lost': {
    what: 'The connection to the graphics card was lost, for example after sleep, a driver update or too little memory.',
    next: 'Reload the model; it comes from this browser’s storage. Your chats are kept.',
  },
  'out-of-gpu-memory': {
    what: 'The graphics card has too little free memory: the model needs {neededBytes}.',
    next: 'Close other programs and tabs that use the graphics card, or choose a smaller model.',
  },
  'not-gguf': {
    what: 'This is not a GGUF file (it begins with {found}).',
    next: 'Choose a file that ends in .gguf. For an address, link to the file itself, not to its web page.',
  },
  'gguf-version': {
    what: 'This GGUF file has version {version}, which is not supported.',
    next: 'Choose a file of GGUF version 2 or 3, for example one made with a current llama.cpp.',
  },
  'file-truncated': {
    what: 'The file is incomplete: its {section} needs {neededBytes}, only {availableBytes} are there.',
    next: 'Download the file again and compare its size with the original.',
  },
  'bad-metadata': {
    what: 'The file’s description of the model is wrong at “{key}”: {why}.',
    next: 'Choose another copy of the model.',
  },
  'unsupported-architecture': {
    what: 'Models of the kind “{architecture}” are not supported.',
    next: 'Choose a model of one of these kinds: {supported}.',
  },
  'unsupported-tensor-type': {
    what: 'The file stores “{tensor}” as {type}, which is not supported.',
    next: 'Choose a file quantized as one of: {supported}.',
  },
  'unsupported-tokenizer': {
    what: 'The file’s tokenizer ({model}, {pre}) is not supported.',
    next: 'Choose a GLM-4 model with its original tokenizer.',
  },
  'missing-tensor': {
    what: 'The file lacks the weights “{tensor}”.',
    next: 'Choose another copy of the model; for a split model pick all its parts.',
  },
  'wrong-shape': {
    what: 'The weights “{tensor}” have the shape {found} instead of {expected}.',
    next: 'Choose another copy of the model.',
  },
  'bad-values': {
    what: 'The weights “{tensor}” contain values that are not numbers.',
    next: 'The file is damaged: download it again or choose another copy.',
  },
  'split-incomplete': {
    what: 'Parts of this split model are missing: {missing} of {count}.',
    next: 'Pick all {count} parts together.',
  },
  'not-found': {
    what: 'There is no file at {url} (404).',
    next: 'Check the address, or open a file from this computer.',
  },
  'access-denied': {
    what: 'The host does not give out {url} without signing in ({status}).',
    next: 'Download the file with your account and open it from this computer.',
  },
  'http-error': {
    what: 'The host answered with status {status} for {url}.',
    next: 'Try again in a while, or download the file and open it from this computer.',
  },
  'no-range-support': {
    what: 'The host can only send {url} as a whole, not in pieces.',
    next: 'Download the file and open it from this computer, or use another host.',
  },
  network: {
    what: 'The host of {url} cannot be reached, or does not allow this page to read the file (CORS).',
    next: 'Check the connection and try again, or download the file and open it from this computer.',
  },
  'connection-lost': {
    what: 'The connection broke after {receivedBytes} of {totalBytes} from {url}.',
    next: 'Check the network and try again.',
  },
  'source-changed': {
    what: 'The file at {url} changed while it was being read.',
    next: 'Try again to read the new version from the start.',
  },
  'file-unreadable': {
    what: 'The file “{name}” can no longer be read: it was moved, changed or locked.',
    next: 'Open the file again.',
  },
  'storage-quota': {
    what: 'Not enough browser storage: {neededBytes} needed, {availableBytes} free.',
    next: 'Delete stored models you no longer use or free disk space, then try again.',
  },
  'storage-unavailable': {
    what: 'The browser does not let this page store data, perhaps because of a private window.',
    next: 'Chats and models are lost when the tab closes. Use a normal window to keep them.',
  },
  'cache-damaged': {
    what: 'The stored copy of the model is damaged (part {shard}).',
    next: 'Delete it under Models and load the model again from its file or address.',
  },
  'context-full': {
    what: 'This chat has become too long: {promptTokens} tokens, and the model holds {contextTokens}.',
    next: 'Start a new chat, or shorten the message or the system prompt.',
  },
  'model-in-use': {
    what: 'Another tab is using or importing this model right now.',
    next: 'Close the other tab or wait until it is done, then try again.',
  },
  'no-model': {
    what: 'No model is loaded.',
    next: 'Choose a model first.',
  },
  busy: {
    what: 'The model is still working on another answer.',
    next: 'Wait for it or stop it, then try again.',
  },
  'bad-request': {
    what: 'The setting “{field}” does not work: {why}.',
    next: 'Open the settings and change the value, or go back to the recommended values.',
  },
};
