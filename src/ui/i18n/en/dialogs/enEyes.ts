/** English texts about pictures: eyes of models, pictures in messages. */
export const enEyes = {
  'eyes.label': 'Eyes',
  'eyes.fact': '{size} more: it sees pictures',
  'eyes.factTime': '{size} more: it sees pictures, each in about {time} here',
  'eyes.badge': 'Sees pictures',
  'eyes.with': 'With eyes, {size} more: it sees pictures',
  'eyes.withHint': 'Without them it reads text; they can be added later.',
  'eyes.has': 'Sees pictures with {name}, {size}.',
  'eyes.missing': 'This model could see pictures: the file of its eyes (mmproj) is missing.',
  'eyes.get': 'Give it eyes, {size}',
  'eyes.fromFile': 'Choose its mmproj file',
  'eyes.row': 'Eyes of a model · {size} · {date}',
} as const;
