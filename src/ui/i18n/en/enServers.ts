/** English texts about servers that answer a chat in place of this device. */
export const enServers = {
  'servers.awayHint': 'This chat leaves this device: its messages, documents and system prompt go to {host}.',
  'servers.awayHintLocal':
    'This chat leaves this tab: its messages, documents and system prompt go to {host}, a program on this device.',
  'servers.mark': 'Answered by {model} on {host}, outside this tab. Change',
  'servers.note': 'This chat leaves your device: what you send goes to {host}.',
  'servers.noteLocal': 'This chat leaves this tab: what you send goes to {host} on this device.',
  'servers.from': 'from {host}',
  'servers.fromLabel': 'Written by {model} on the server {host}',
  'servers.asking': 'Waiting for {host}',
  'servers.cannotContinue': 'This server cannot go on from the middle of an answer; ask for a new one.',
} as const;
