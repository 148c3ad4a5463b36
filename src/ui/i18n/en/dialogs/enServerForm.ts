/** English texts about servers in the settings. */
export const enServerForm = {
  'servers.title': 'Servers',
  'servers.what':
    'Where this device is too small, a chat can be answered by a server that speaks the OpenAI chat API: vLLM, SGLang, llama.cpp, BigModel. It is off unless you choose it for a chat.',
  'servers.answeredBy': 'This chat is answered by',
  'servers.here': 'This device',
  'servers.hereHint': 'Nothing of this chat leaves this device.',
  'servers.gone': '{name} (removed)',
  'servers.list': 'Your servers',
  'servers.models': '{host} · {count} {count:model|models}',
  'servers.add': 'Add a server',
  'servers.edit': 'Change {name}',
  'servers.delete': 'Remove {name}',
  'servers.address': 'Base address',
  'servers.addressHint': 'Usually ends in /v1. On this device http://localhost works, elsewhere https.',
  'servers.key': 'API key',
  'servers.keyHint':
    'Kept in this browser only, and sent to this address only. Leave empty if there is none.',
  'servers.keyKept': 'Leave empty to keep the key',
  'servers.name': 'Name',
  'servers.namePlaceholder': 'For example: Workstation',
  'servers.modelIds': 'Models',
  'servers.modelIdsHint':
    'Only where the server has no list of them: names as the server knows them, with commas.',
  'servers.test': 'Test connection',
  'servers.testing': 'Asking the server',
  'servers.connected': 'Connected. Models: {models}',
  'servers.noModels': 'Connected, but the server lists no models. Name one above.',
  'servers.save': 'Save',
  'servers.cancel': 'Cancel',
} as const;
