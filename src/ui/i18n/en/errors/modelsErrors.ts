// English texts of errors of model files and where they come from.
import type { ErrorCode } from '../../../../shared/errors';
import { tokenWasSent, type ErrorText } from './errorText';

export const modelsErrors = {
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
  'unknown-tensor': {
    what: 'The file has {count} {count:tensor|tensors} that this app does not use, among them “{tensor}”: it is another kind of model, or a changed one.',
    next: 'Choose another copy of the model.',
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
    next: 'Pick all {count} {count:part|parts} together.',
  },
  'not-found': {
    what: 'There is no file at {url} (404).',
    next: 'Check the address, or open a file from this device.',
  },
  'access-denied': {
    what: 'The host does not give out {url} without permission ({status}).',
    next: 'Enter an access token of your account under “Source”, or download the file and open it from this device.',
    instead: {
      when: tokenWasSent,
      next: 'The token has no access: accept the model’s terms on its page with the same account, or check the token.',
    },
  },
  'http-error': {
    what: 'The host answered with status {status} for {url}.',
    next: 'Try again in a while, or download the file and open it from this device.',
  },
  'no-range-support': {
    what: 'The host can only send {url} as a whole, not in pieces.',
    next: 'Download the file and open it from this device, or use another host.',
  },
  network: {
    what: 'The host of {url} cannot be reached, or does not allow this page to read the file (CORS).',
    next: 'Check the connection and try again, or download the file and open it from this device.',
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
    what: 'The file “{name}” can no longer be read: it was moved, changed or locked, or its drive is not there.',
    next: 'Plug its drive in or put it back and try again, or open it again.',
  },
  'file-permission': {
    what: 'The browser was not allowed to read “{name}”.',
    next: 'Try again and choose “Allow”. The file and everything stored here are untouched.',
  },
  'file-changed': {
    what: '“{name}” is not the file it was when it was first opened: it was changed or replaced. Nothing of the two was mixed.',
    next: 'Read it anew as it is now, or put the old file back.',
  },
  'bad-safetensors': {
    what: '{name} is not a usable safetensors file: {why}.',
    next: 'Download it again, or choose another copy.',
  },
  'missing-file': {
    what: 'This model also needs the file {name}.',
    next: 'Give all files of the repository together, for example its whole folder.',
  },
  'bad-schema': {
    what: 'The JSON Schema cannot be used, at “{where}”: {why}.',
    next: 'Correct the schema at this place.',
  },
  'bad-config': {
    what: '{name} cannot be used: {why}.',
    next: 'Take the file from the model’s original repository.',
  },
  'no-model-file': {
    what: 'There is no model file in “{name}”.',
    next: 'Choose a .gguf or .glmpack file, or a folder with .safetensors files.',
  },
  'not-a-file': {
    what: 'Instead of the file, {url} answered with a web page: the page about a file, a login page, or that of a network that wants you to sign in first (hotel, café). What was already downloaded is still here.',
    next: 'Sign in to the network in another tab or check the address, then try again.',
  },
  'size-mismatch': {
    what: '{url} has {found} instead of the published {expected}: it is another file, or a broken copy. Nothing was downloaded.',
    next: 'Choose another source or mirror.',
  },
  'hash-mismatch': {
    what: '{url} was downloaded whole, but its content is not what was published (SHA-256 {found} instead of {expected}). It was deleted and not used.',
    next: 'Download it again, or from another source or mirror.',
  },
  'bad-address': {
    what: '“{address}” names no model.',
    next: 'Give a link to a .gguf file, a page on Hugging Face or ModelScope, owner/repository, or a mirror that begins with https://.',
  },
  'bad-listing': {
    what: 'The source did not answer with a list of files ({url}).',
    next: 'Choose another source, or give the link of the model file itself.',
  },
  'not-on-hub': {
    what: '{hub} does not carry {model} as {variant}.',
    next: 'Choose another source or another format.',
  },
  'pack-version': {
    what: '{name} was exported by another version of this app (version {found}; this one reads {supported}).',
    next: 'Export it again with this version, or load the model from its source.',
  },
  'pack-damaged': {
    what: '{name} is damaged at part {part}: it was changed after its export, or copied badly. What was read before is kept.',
    next: 'Copy it again, or export it again.',
  },
  'pack-invalid': {
    what: '{name} is no usable export of a model: {key} {why}.',
    next: 'Export the model again on the other device, or load it from its source.',
  },
  'pin-mismatch': {
    what: '{url} is not the file that this app knows: its SHA-256 is {found} instead of {expected}. Nothing was downloaded.',
    next: 'Choose another source or mirror. If you trust this file, give its address under “Address of a model”: it is then kept as your own.',
  },
  'model-outdated': {
    what: '{name} was stored by an older version of this app and cannot be used as it is.',
    next: 'Choose it again from the catalogue, or its file, to import it again; deleting it frees its space.',
  },
} satisfies Partial<Record<ErrorCode, ErrorText>>;
