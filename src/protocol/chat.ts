// The chat: messages as typed parts, what is asked of a model and how its answer arrives.

/** Sampling settings. temperature 0 is greedy. */
export interface SamplingParams {
  temperature: number;
  /** Keep the smallest set with this probability mass; 1 is off. */
  topP: number;
  /** Keep the k most likely; 0 is off. */
  topK: number;
  /** Drop tokens below minP × the likeliest; 0 is off. */
  minP: number;
  /** Divide positive (multiply negative) logits of tokens already seen; 1 is off. */
  repetitionPenalty: number;
  /** Taken off the logit of a token for every time the answer has it; default 0. */
  frequencyPenalty?: number;
  /** Taken off the logit of a token that the answer has; default 0. */
  presencePenalty?: number;
  /** 32-bit; the same seed and prompt give the same text on the same device. */
  seed: number;
}

/** What the model, or a server in its place, wrote as an answer. Grows while it is written. */
export interface TextPart {
  type: 'text';
  text: string;
}

/** Reasoning before the answer. Never sent back to the model unless its chat template says so. */
export interface ThoughtPart {
  type: 'thought';
  text: string;
  /** How long the model thought, in ms. */
  thinkingMs?: number;
  /** Its tokens, where they were counted. */
  tokens?: number;
  /** The answer ended inside the thought. */
  unfinished?: boolean;
  /** The budget was spent: the engine closed the thought, and the model went on with the answer. */
  atBudget?: boolean;
}

/**
 * State of a tool call: writing (its arguments still arrive), asks (waits for permission), runs, done, failed (the
 * result says why), stopped (also: the answer ended inside the arguments), refused (the user said no), unknown (no such
 * tool here, and the state of every whole call until a tool takes it on).
 */
export type CallState = 'writing' | 'asks' | 'runs' | 'done' | 'failed' | 'stopped' | 'refused' | 'unknown';

/** A tool call. `args` is the text the model wrote: JSON for a function, source code for python. */
export interface CallPart {
  type: 'call';
  /** Unique in its message. */
  id: string;
  tool: string;
  args: string;
  state: CallState;
  /** How long the tool ran, in ms. */
  ranMs?: number;
}

/** What a tool returned, for the call with this id. An observation in GLM's terms. */
export interface ResultPart {
  type: 'result';
  callId: string;
  /** What people see; grows while the tool runs. */
  parts: (TextPart | TablePart | ImagePart | FilePart | CitationPart)[];
  /** What the model reads. Missing: the text of `parts`. */
  observation?: string;
  /**
   * The same as GLM-4 reads it where a tool of its own returns several texts, such as pages: one observation each. Other
   * formats read `observation`, which holds all of them.
   */
  observations?: Observation[];
  failed?: boolean;
}

/** One text of a result, and what stands in its header: `quote_result [7†source]`. */
export interface Observation {
  header: string;
  text: string;
}

/** A table that a tool returned. */
export interface TablePart {
  type: 'table';
  /** Headings, the index's first. */
  columns: string[];
  /** Cells as text; the first rows of the table. */
  rows: string[][];
  /** Rows of the whole table. */
  totalRows: number;
}

/**
 * What a model is told of a tool. function: described by its schema; the others are GLM-4's own, whose descriptions come
 * from the chat template, and whose arguments are source code, browser calls or a prompt.
 */
export interface ToolSpec {
  type: 'function' | 'python' | 'simple_browser' | 'cogview';
  /** 1 to 64 letters, digits, `_` and `-`; equals `type` for GLM-4's own tools. */
  name: string;
  description: string;
  /** JSON schema of a function's arguments: an object. */
  parameters?: Record<string, unknown>;
}

/** A picture. Binary data travels as a Blob, never as base64. */
export interface ImagePart {
  type: 'image';
  blob: Blob;
  /** In words, for screen readers, search and models without eyes. */
  alt: string;
  /** Pixels. */
  width?: number;
  height?: number;
}

/** A sound recording. */
export interface AudioPart {
  type: 'audio';
  blob: Blob;
  /** What is said in it. */
  transcript?: string;
  seconds?: number;
}

/** A file as it came, and what the model reads of it. */
export interface FilePart {
  type: 'file';
  /** Unique in its message. */
  id: string;
  name: string;
  mediaType: string;
  blob: Blob;
  document?: FileText;
}

/** The text of a document. */
export interface FileText {
  /** 'pdf', 'table', 'code' …: src/documents/types.ts; 'pasted': a long text pasted into the message. */
  kind: string;
  /** Line feeds only, no markup but what Markdown has. */
  text: string;
  /** Where the format has pages. */
  pages?: number;
  /** Pages without text, such as scans, where there are many. */
  emptyPages?: number;
  /** The encoding a text file was found in, such as 'gb18030'. */
  encoding?: string;
  /** The bytes do not prove the encoding, or the reader chose it. */
  guessed?: boolean;
  /** Missing when no model was there to count. */
  tokens?: number;
  /** Tokens of the whole document, of which this is the beginning. */
  cutFrom?: number;
}

/** A source that the text before it relies on. */
export interface CitationPart {
  type: 'citation';
  /** The mark's number: 【3†source】. */
  source: number;
  title: string;
  url: string;
  /** Number of the page, from 1, in a file that has pages. */
  page?: number;
  /** The passage that was read. */
  quote: string;
  readAt: number; // ms since 1970
  /** One of the results of a search, not opened: `source` counts in its list, from 0. */
  hit?: true;
}

/** What a model writes. */
export type AnswerPart = TextPart | ThoughtPart | CallPart;

/** One piece of a message. */
export type Part =
  | TextPart
  | ThoughtPart
  | CallPart
  | ResultPart
  | TablePart
  | ImagePart
  | AudioPart
  | FilePart
  | CitationPart;

/**
 * A message as a model reads it. Calls and their results stand in the assistant's turn, in the order they happened; the
 * chat template renders each result as an observation of its own.
 */
export interface Turn {
  role: 'system' | 'user' | 'assistant';
  parts: Part[];
}

/** A call that an answer must begin with. */
export type ForcedCall = 'required' | { name: string };

export interface GenerateRequest {
  /**
   * The engine reads text, thoughts, calls and results, and pictures in the turns of people if the model sees
   * (ModelInfo.eyes); everything else is rendered into text before (src/agent).
   */
  messages: Turn[];
  /**
   * The last message is the assistant's and the beginning of the answer: the model goes on from its last word, within
   * the last part. After a result it begins a new part.
   */
  continue?: boolean;
  sampling: SamplingParams;
  /** At most this many new tokens; default: what the context still holds. */
  maxTokens?: number;
  /**
   * Most tokens of reasoning before the answer; then the thought is closed, and the answer follows. 0: none at all.
   * Missing: as many as the model likes. A model that does not reason ignores it.
   */
  thinkingTokens?: number;
  /** Which tokens the answer may have: only those allowed (default all), and none of those suppressed. */
  mask?: { allow?: number[]; suppress?: number[] };
  /** The form of the answer. Penalties are off, and an answer that is continued cannot have one. */
  format?: AnswerFormat;
  /**
   * Tools that the model may call: a header that names one of them begins a call, any other is text, and the arguments of
   * a call follow the schema of its tool. Without them whatever looks like a call is one. A model that knows no tools
   * (ModelInfo.tools) is not told of them.
   */
  tools?: ToolSpec[];
  /** The answer begins with a call, after its reasoning: of any tool, or of the named one. Missing: the model decides. */
  toolChoice?: ForcedCall;
  /** Most tokens of a picture, which is made smaller for it; default 1024. */
  pictureTokens?: number;
  /** When the chat has outgrown the context; default drop-oldest. */
  contextPolicy?: ContextPolicy;
  /** Check drafts found earlier in the text, where that is faster; the answer is the same. Default: where the device's
   * kernels for one and for several tokens round alike. */
  speculation?: boolean;
  /** Send an event with the log-probabilities of every token and so many alternatives. */
  topLogprobs?: number;
  /** Send the events 'prompt' and 'token', from which a broken answer can be resumed. */
  journal?: boolean;
  /** The answer broke off: it goes on after these tokens, with the same bits where the device is the same. */
  resume?: BrokenAnswer;
}

/** An answer that the engine could not end, token by token. Its prompt takes the place of the request's messages. */
export interface BrokenAnswer extends AnswerPrompt {
  /** Tokens of the answer so far; their events are sent again. */
  ids: number[];
}

/** The prompt of an answer as it was read. */
export interface AnswerPrompt {
  /** The model whose tokens they are. */
  modelId: string;
  promptIds: number[];
  /** Where in them the continued answer begins; their length for a new one. */
  answerStart: number;
  /** Oldest turns left out. */
  droppedTurns: number;
}

/** What an answer must match, whole: JSON of a schema (2020-12), a regular expression, one of some texts, an EBNF grammar. */
export type AnswerFormat =
  | { kind: 'schema'; schema: unknown }
  | { kind: 'regex'; pattern: string }
  | { kind: 'choice'; options: string[] }
  | { kind: 'ebnf'; grammar: string };

/**
 * stop: no answer, reason 'context'; drop-oldest: the oldest turns are left out of the prompt, never system messages
 * or the last turn; ask: as stop. After stop and ask, `overflow` says what dropping would take.
 */
export type ContextPolicy = 'stop' | 'drop-oldest' | 'ask';

/** A chat that does not fit, and how many of its oldest turns would have to go. */
export interface ContextOverflow {
  promptTokens: number;
  contextTokens: number;
  dropTurns: number;
}

/**
 * What happens to the parts of an answer. Folding is the same for every event with an index: `part-start` and `part-end`
 * put `part` at `parts[index]`, `part-delta` appends `text` to that part's text, or to a call's arguments.
 *
 * - `index` counts the parts of the answer from 0. When an answer is continued, the parts of its beginning count too: the
 *   last of them starts again, with the text it has, and goes on; after a result a new part follows.
 * - Parts start and end one after the other. Text arrives in whole characters, never a tag, a special token or half a
 *   tool's name.
 * - The part of `part-end` is final, and may differ from the sum of its deltas: text whose reasoning lacked its opening
 *   tag becomes a thought when `</think>` comes.
 */
export type PartEvent =
  | { kind: 'part-start'; index: number; part: AnswerPart }
  | { kind: 'part-delta'; index: number; text: string; tokens: number; contextUsed: number }
  | { kind: 'part-end'; index: number; part: AnswerPart };

/** Progress of a tool, from the agent: `parts[index]` becomes `part`. */
export interface ToolEvent {
  kind: 'tool';
  index: number;
  part: CallPart | ResultPart;
}

/** Progress of one answer. */
export type GenerateEvent =
  | PartEvent
  /** Other requests are served first: so many. Sent again as they end. */
  | { kind: 'queued'; ahead: number }
  /** With `journal`: before the first token. */
  | { kind: 'prompt'; prompt: AnswerPrompt }
  /** With `journal`: after the part events of this token. */
  | { kind: 'token'; id: number }
  /** The model looks at a picture: so much of it is done. Each picture whose rows are not kept begins anew. */
  | { kind: 'seeing'; fraction: number }
  | { kind: 'prefill'; doneTokens: number; totalTokens: number; reusedTokens: number }
  /**
   * Before the text of its token. Natural logarithms, of the model's own probabilities: before penalties, temperature
   * and mask.
   */
  | { kind: 'logprobs'; id: number; text: string; logprob: number; top: TokenLogprob[] };

export interface TokenLogprob {
  id: number;
  text: string;
  logprob: number;
}

export interface GenerateSummary {
  /** stop: the model ended its turn; observation: it called a tool; length: maxTokens; context: the cache is full. */
  reason: 'stop' | 'observation' | 'length' | 'context' | 'aborted';
  promptTokens: number;
  /** Prompt tokens whose K and V were there, in the cache or kept beside it. */
  reusedTokens: number;
  /** Prompt tokens computed. 0 when all are reused and the logits after them are kept too. */
  prefilledTokens?: number;
  /** Oldest turns left out of the prompt: questions with everything up to the next one. */
  droppedTurns?: number;
  /** There is no answer, because the chat does not fit and the policy does not drop turns by itself. */
  overflow?: ContextOverflow;
  newTokens: number;
  prefillMs: number;
  /** Pictures that were looked at, their tokens, and the part of prefillMs that took. */
  seeing?: { pictures: number; tokens: number; ms: number };
  decodeMs: number;
  contextUsed: number;
  contextTokens: number;
  /** Held on the GPU at the end: all of it, and the KV cache in it, which grows with the chat. */
  gpuBytes?: number;
  kvBytes?: number;
  /** Decode steps that ran ahead of the one being read, plus that one, at the end. */
  stepsInFlight?: number;
  /** Passes that checked drafts, tokens drafted in them, and how many of those came true. */
  speculation?: { passes: number; draftedTokens: number; acceptedTokens: number };
  /**
   * Most steps in flight at once; tokens that were chosen under a mask of their own, each of which waits for the token
   * before it; times that steps ahead were dropped for such a mask.
   */
  steps?: { deepest: number; constrained: number; dropped: number };
  /** Faults of an answer whose format is a schema: none means that it is whole and valid. */
  formatFaults?: FormatFault[];
  /** Where a server wrote the answer, and not the engine. */
  served?: ServedBy;
}

/** A place where JSON breaks its schema. */
export interface FormatFault {
  /** JSON pointer; '' is the whole value. */
  where: string;
  why: string;
}

/** What a server said of itself with its answer; '' for what it did not say. */
export interface ServedBy {
  /** As the answer names it, which may be more exact than what was asked for. */
  model: string;
  /** Version of the program, or whatever the server tells its answers apart by. */
  fingerprint: string;
  /** Who counted the tokens: the server, or this page its pieces, where the server gave no usage. */
  counted: 'server' | 'here';
}
