// English texts of errors of documents, agents, tools and servers.
import type { ErrorCode } from '../../../../shared/errors';
import { tokenWasSent, type ErrorText } from './errorText';

export const toolsErrors = {
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
} satisfies Partial<Record<ErrorCode, ErrorText>>;
