import type { ErrorCode, ErrorDetails } from '../../../shared/errors';

/** What happened and what to do next. `{name}` is filled from the error's details; names in …Bytes as sizes. */
export interface ErrorText {
  what: string;
  next: string;
  /** Another text for errors whose details match `when`. */
  instead?: { when: (details: ErrorDetails) => boolean; what?: string; next?: string };
}

/** The hub rejected the access token. */
export const tokenWasSent = ({ token }: ErrorDetails): boolean => token === 'sent';
/** Every part of a stored model was checked. */
export const partsWereCounted = ({ parts }: ErrorDetails): boolean => parts !== undefined;

/** Models of this app hold GPU memory. */
export const memoryIsHeld = ({ resident }: ErrorDetails): boolean =>
  typeof resident === 'string' && resident !== '';

export const enErrors: Record<ErrorCode, ErrorText> = {
  bug: {
    what: 'Something went wrong inside the app.',
    next: 'Try again. If it happens again, reload the page; your chats are kept.',
  },
  'part-missing': {
    what: 'A part of the app could not be loaded: {host} does not serve {file} as a script.',
    next: 'Reload the page; if it happens again, the host is set up wrongly. Your file is not the reason.',
  },
  'sandbox-file': {
    what: 'Code cannot run: {host} does not serve {file}, the cage for the code of tools.',
    next: 'Reload the page; if it happens again, the host is set up wrongly. Answers without code still work.',
  },
  'sandbox-header': {
    what: 'Code cannot run: this browser needs the header {header} for {file}, and {host} does not send it.',
    next: 'Reload the page: from the second visit on, the app adds the header itself. Or use a Chromium browser.',
  },
  'sandbox-silent': {
    what: 'Code cannot run: the cage for the code of tools did not start within {seconds} seconds.',
    next: 'Try again. If it happens again, an extension of the browser may block frames on this page.',
  },
  'python-missing': {
    what: 'Python cannot start: {host} does not serve {file}.',
    next: 'Check the connection, then reload the page. If it happens again, the host lacks a part of the app.',
  },
  'python-parts': {
    what: 'The code needs {parts}, which this app does not contain: {bytes} from {host}.',
    next: 'Allow the download and run the code again, or ask for an answer without it.',
  },
  'python-start': {
    what: 'Python did not start: {why}.',
    next: 'Try again. If it happens again, close other tabs to free memory, or restart the browser.',
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
  'engine-failed': {
    what: 'The engine stopped {tries} times in a row: {why}',
    next: 'Close other tabs and programs that use the graphics card, choose a smaller model, or reload the page. Your chats are kept.',
  },
  'engine-missing': {
    what: 'The engine’s script could not be loaded in {tries} attempts: {why}',
    next: 'Check the connection, then reload the page. Your chats are kept, and chats on a server work meanwhile.',
  },
  'engine-elsewhere': {
    what: 'A tab with another version of this app runs the engine.',
    next: 'Reload this tab and the other ones, or close the others.',
  },
  'out-of-gpu-memory': {
    what: 'The graphics card has too little free memory: the model needs {neededBytes}.',
    next: 'Close other programs and tabs that use the graphics card, or choose a smaller model.',
    instead: {
      when: memoryIsHeld,
      what: 'The graphics card has too little free memory: {neededBytes} is needed beside {resident}.',
      next: 'Unload a model that you do not need now, close other programs that use the graphics card, or choose a smaller model.',
    },
  },
  'kernel-wrong': {
    what: 'This graphics card computes wrongly in this browser: {device}, kernel {kernel}, off by {difference} where {allowed} is allowed. There is no other kernel of this kind that is right.',
    next: 'Try another browser or update the graphics driver, or let a server answer. Please report it: the button below copies all that a report needs.',
    instead: {
      when: ({ refused }) => refused === 'yes',
      what: 'This browser’s compiler refuses a kernel for the graphics card: {device}, kernel {kernel}. There is no other kernel of this kind that it takes.',
    },
  },
  'logits-not-finite': {
    what: 'The answer stopped after {tokens} {tokens:token|tokens}: the model’s output is no longer made of numbers. {device} computed wrongly, or the model’s weights are damaged.',
    next: 'What was written is kept. Answer again; if it stops again, check this device on the benchmark page, check the model’s files, use another browser, or let a server answer.',
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
  'storage-quota': {
    what: 'Not enough browser storage: {neededBytes} needed, {availableBytes} free.',
    next: 'Delete stored models you no longer use or free disk space, then try again.',
  },
  'storage-unavailable': {
    what: 'The browser does not let this page store data, perhaps because of a private window.',
    next: 'Chats and models are lost when the tab closes. Use a normal window to keep them.',
  },
  'storage-blocked': {
    what: 'Another tab holds your chats with an older version of this page.',
    next: 'Close or reload the other tabs of this page; your chats then appear here.',
  },
  'storage-outdated': {
    what: 'A newer version of this page is open in another tab; this one can no longer save chats.',
    next: 'Reload this tab. What it has not saved is carried over.',
  },
  'chat-deleted': {
    what: 'This chat was deleted in another tab. What was written into it here since went with it.',
    next: 'Undo the deletion in the other tab, or begin a new chat.',
  },
  'import-too-large': {
    what: '{name} is too large to import: {sizeBytes}, the limit is {maxBytes}. Nothing was imported.',
    next: 'Export fewer chats at a time, or split the file.',
  },
  'import-unknown': {
    what: '{name} holds no chats this page knows. Nothing was imported.',
    next: 'Choose a JSON export of this page, or the .zip or conversations.json of a ChatGPT export.',
  },
  'import-damaged': {
    what: '{name} cannot be imported. At {where}: {why}. Nothing was imported.',
    next: 'Export the chats again, or correct the file at that place.',
  },
  'import-version': {
    what: '{name} was exported by a newer version of this page (form {found}, this one reads up to {supported}). Nothing was imported.',
    next: 'Reload the page to get its newest version, then import again.',
  },
  'cache-damaged': {
    what: 'The stored copy of the model is damaged (part {shard}).',
    next: 'Delete it under Models and load the model again from its file or address.',
    instead: {
      when: partsWereCounted,
      what: '{damaged} of {parts} stored {parts:part|parts} {damaged:is|are} damaged and cannot be fetched again now: the source is unknown or out of reach.',
      next: 'Go online and load again (only those parts are fetched), choose the model’s file again, or delete the model.',
    },
  },
  'context-full': {
    what: 'This chat has become too long: {promptTokens} {promptTokens:token|tokens}, and the model holds {contextTokens}.',
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
  'picture-unreadable': {
    what: 'A picture cannot be shown to the model: {why}.',
    next: 'Save it as PNG or JPEG, or make it smaller.',
  },
  'no-eyes': {
    what: '{model} could see pictures, but the file of its eyes (mmproj) is missing.',
    next: 'Add that file to the model, or leave the picture out.',
  },
  'eyes-alone': {
    what: '{name} holds only the eyes of a model.',
    next: 'Open it together with the model it belongs to.',
  },
  'eyes-unfit': {
    what: 'The eyes {eyes} do not fit {model}: {why}.',
    next: 'Take the mmproj file of the same model.',
  },
  'text-only': {
    what: 'This model reads text only, and the chat holds something else ({part}).',
    next: 'Leave it out, or choose another model.',
  },
  busy: {
    what: 'The model is still working on another answer.',
    next: 'Wait for it or stop it, then try again.',
  },
  'bad-request': {
    what: 'The setting “{field}” does not work: {why}.',
    next: 'Open the settings and change the value, or go back to the recommended values.',
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
  'document-type': {
    what: '{name} is no text, PDF or Word document (.{type}).',
    next: 'Save it as PDF, text, CSV or .docx and attach that.',
  },
  'document-empty': { what: '{name} has no text in it.', next: 'Choose another file.' },
  'document-scanned': {
    what: '{name} is a scan: {pages} {pages:page|pages} of pictures, and next to no text.',
    next: 'Run it through text recognition (OCR) first, and attach the result.',
  },
  'document-locked': {
    what: '{name} is protected by a password.',
    next: 'Open it, save a copy without the password, and attach that.',
  },
  'document-damaged': {
    what: '{name} is damaged, or not what its name says.',
    next: 'Open it in the program that made it, and save it again.',
  },
  'document-too-big': {
    what: '{name} has {bytes}; at most {maxBytes} can be read.',
    next: 'Attach the part that you need.',
  },
  'document-too-long': {
    what: '{name} has {chars} {chars:character|characters} of text; at most {maxChars} can be read.',
    next: 'Attach the part that you need.',
  },
  'agent-unknown': {
    what: '{name} is not an exported agent.',
    next: 'Choose a .glmagent file.',
  },
  'agent-damaged': {
    what: '{name} is damaged: at {where}: {why}. Nothing was imported.',
    next: 'Get the file again, or have the agent exported again.',
  },
  'agent-version': {
    what: '{name} was exported by a newer version of this page (format {found}, this one reads up to {supported}).',
    next: 'Reload the page to get its newest version, then import again.',
  },
  'agent-too-large': {
    what: '{name} unpacks to {bytes} or more; at most {maxBytes} can be read.',
    next: 'Export the agent with fewer files.',
  },
  'agent-empty': {
    what: 'The agent in {name} has no files that it knows.',
    next: 'Choose an agent with knowledge, or add files to this one.',
  },
  'bad-functions': {
    what: '{name} is no file of functions: at {where}: {why}.',
    next: 'Choose a JSON file with functions, each with a name, a description, parameters (a JSON schema) and js (its code).',
  },
  'bad-openapi': {
    what: '{name} cannot be used as an OpenAPI document: at {where}: {why}.',
    next: 'Choose an OpenAPI 3.0 or 3.1 document, in JSON or YAML.',
  },
  'mcp-failed': {
    what: 'The MCP server at {url} could not be used: {why}',
    next: 'Check its address (often ending in /mcp) and that it speaks streamable HTTP.',
  },
  'mcp-headers': {
    what: 'The MCP server at {url} answers, but hides the header Mcp-Session-Id from web pages.',
    next: 'Set in the server: Access-Control-Allow-Origin: {origin}, and Access-Control-Expose-Headers: Mcp-Session-Id, WWW-Authenticate.',
  },
  'mcp-key': {
    what: 'The MCP server at {url} wants a key or a sign-in.',
    next: 'Enter a key, or sign in.',
  },
  'sign-in': {
    what: 'The sign-in at {host} did not end well: {why}',
    next: 'Try again, or enter a key instead: some servers allow no sign-in from web pages.',
  },
  'bad-memory': {
    what: '{name} holds no notes of the memory.',
    next: 'Choose a file that this app exported: of the memory, or of all chats.',
  },
  'bad-prompts': {
    what: '{name} is no prompt library.',
    next: 'Choose a JSON file that this app exported: a list of prompts, each with a title and a text.',
  },
  'server-address': {
    what: '“{address}” is no address of a server.',
    next: 'Give its base address, for example http://localhost:8000/v1 or https://example.org/v1.',
  },
  'server-insecure': {
    what: '{url} is another computer without encryption (http), which browsers do not let a page reach.',
    next: 'Put the server behind https, or forward its port to this device (ssh -L) and use http://localhost.',
  },
  'server-unreachable': {
    what: 'Nothing answers at {url}.',
    next: 'Check that the server runs, and that address and port are right. In a container or on another computer it must listen beyond itself (--host 0.0.0.0), or have its port forwarded.',
    instead: {
      when: ({ mixed }) => mixed === 'yes',
      what: 'Nothing answers at {url}, or the browser keeps this https page from an http address.',
      next: 'Check that the server runs, and that address and port are right. If it does, use Chrome, Edge or Firefox, which let an https page ask http://localhost (Safari does not), or put the server behind https.',
    },
  },
  'server-refused': {
    what: 'A server answers at {url}, but it does not allow this page to read its answers (CORS), or sends them elsewhere.',
    next: 'It has to send “Access-Control-Allow-Origin: {origin}” and allow the headers authorization and content-type:\nvLLM  --allowed-origins \'["{origin}"]\'\nllama.cpp  --cors-origins {origin}\nOllama  OLLAMA_ORIGINS={origin}\nSGLang allows every page: where it runs, a proxy before it refuses.',
  },
  'server-blocked': {
    what: 'The browser keeps this page from {url}: access to the local network was not allowed.',
    next: 'Open the site settings, left of the address bar, allow “Local network access” or “Apps on device”, and try again.',
  },
  'server-key': {
    what: '{url} does not answer without a key ({status}).',
    next: 'Enter the server’s API key in the settings.',
    instead: {
      when: tokenWasSent,
      what: '{url} refused the key ({status}).',
      next: 'Check the key in the settings: it may be mistyped, expired, or not allowed to use this model.',
    },
  },
  'server-not-openai': {
    what: 'Something answers at {url}, but it does not speak the OpenAI chat API.',
    next: 'Check the base address in the settings; it usually ends in /v1.',
  },
  'server-error': {
    what: 'The server could not answer ({url}): {why}',
    next: 'What was written so far is kept. Try again, choose another of its models, or look at the server’s log.',
  },
  'server-cut': {
    what: 'The connection to the server broke after {tokens} {tokens:token|tokens} ({url}).',
    next: 'What was written so far is kept. Check the network and try again.',
  },
  'server-gone': {
    what: 'The server of this chat, “{name}”, is no longer in the settings.',
    next: 'Add it again, or let this device answer the chat: both in the settings.',
  },
};
