// The shapes of the OpenAI chat API, as far as this engine has them: https://platform.openai.com/docs/api-reference/chat

import type { ThinkingEffort } from '../shared/thinking';

export interface ContentText {
  type: 'text';
  text: string;
}

export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  /** null: an assistant's message that only calls tools. */
  content: string | ContentText[] | null;
  /** Calls of an assistant's message. */
  tool_calls?: ToolCall[];
  /** The call that a tool's message answers. */
  tool_call_id?: string;
}

/** A function that the model may call. The caller runs it, and sends its result as a message of role `tool`. */
export interface FunctionTool {
  type: 'function';
  function: { name: string; description?: string; parameters?: Record<string, unknown> };
}

/** none: the model is not told of the tools; required: the answer begins with a call; a function: of this one. */
export type ToolChoice = 'auto' | 'none' | 'required' | { type: 'function'; function: { name: string } };

/** The form of the answer. The last three are beyond the API: a whole answer that matches a pattern, is one of some texts, or
 * follows an EBNF grammar with the rule `root`. */
export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | { type: 'json_schema'; json_schema: { name?: string; schema: unknown; strict?: boolean } }
  | { type: 'regex'; pattern: string }
  | { type: 'choice'; options: string[] }
  | { type: 'ebnf'; grammar: string };

export interface CompletionParams {
  /** Id or name of the loaded model; left out, whichever is loaded. Loading is `glm.load`. */
  model?: string;
  /** When the last one is the assistant's, the model goes on from its last word; when it is a tool's, from its result. */
  messages: ChatMessage[];
  /** Default: what the model recommends. 0 is greedy. */
  temperature?: number;
  top_p?: number;
  /** At most this many new tokens; default: what the context still holds. */
  max_tokens?: number | null;
  /** The newer name of max_tokens. */
  max_completion_tokens?: number | null;
  /** 32-bit; the same seed and messages give the same text on the same device. Default: a random one. */
  seed?: number | null;
  /** The answer ends before any of these, at most 4. */
  stop?: string | string[] | null;
  frequency_penalty?: number;
  presence_penalty?: number;
  logprobs?: boolean | null;
  /** Alternatives per token, 0 to 20; needs `logprobs`. */
  top_logprobs?: number | null;
  response_format?: ResponseFormat;
  /**
   * How much a model that reasons thinks before it answers: none 0 tokens, minimal and low 512, medium 2,048, high 8,192, xhigh as
   * many as it likes, as without it.
   */
  reasoning_effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | null;
  /** Beyond the API: the app's word for the same, or a budget of tokens. Not with `reasoning_effort`. */
  thinking?: ThinkingEffort | number;
  /** A model that knows no tools is not told of any. */
  tools?: FunctionTool[];
  /** Default auto. */
  tool_choice?: ToolChoice;
  n?: 1;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  /** Beyond the API, as in vLLM and llama.cpp; 0 or 1 is off, as in src/protocol/chat.ts. */
  top_k?: number;
  min_p?: number;
  repetition_penalty?: number;
}

/** tool_calls: the model called a tool and waits for its result. */
export type FinishReason = 'stop' | 'length' | 'tool_calls';

export interface ToolCall {
  id: string;
  type: 'function';
  /** `arguments` as the model wrote them: JSON for a function. */
  function: { name: string; arguments: string };
}

/** A piece of a call: id and name come first, the arguments in pieces. */
export interface ToolCallDelta {
  index: number;
  id?: string;
  type?: 'function';
  function: { name?: string; arguments: string };
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  /** Tokens of the prompt that were reused from the chat before. */
  prompt_tokens_details: { cached_tokens: number };
}

export interface TopLogprob {
  token: string;
  logprob: number;
  /** UTF-8 of `token`. */
  bytes: number[];
}
export interface TokenLogprobs extends TopLogprob {
  top_logprobs: TopLogprob[];
}
export interface ChoiceLogprobs {
  content: TokenLogprobs[];
}

export interface Completion {
  id: string;
  object: 'chat.completion';
  created: number; // seconds since 1970
  model: string;
  choices: [
    {
      index: 0;
      message: {
        role: 'assistant';
        content: string;
        /** What the model thought before it answered. */
        reasoning_content?: string;
        tool_calls?: ToolCall[];
      };
      finish_reason: FinishReason;
      logprobs: ChoiceLogprobs | null;
    },
  ];
  usage: Usage;
}

export interface CompletionChunk {
  id: string;
  object: 'chat.completion.chunk';
  created: number;
  model: string;
  /** Empty in the last chunk, which has the usage, when that was asked for. */
  choices: {
    index: 0;
    delta: {
      role?: 'assistant';
      content?: string;
      reasoning_content?: string;
      tool_calls?: ToolCallDelta[];
    };
    finish_reason: FinishReason | null;
    logprobs: ChoiceLogprobs | null;
  }[];
  usage?: Usage;
}

export interface RequestOptions {
  /** Ends the answer; the call or the iteration then rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface Completions {
  /**
   * Answers wait for each other: there is one engine.
   * @throws AppError no-model, bad-request, context-full, and those of the engine; with `stream`, what fails before
   * the first piece rejects here, the rest while it is read.
   */
  create(
    params: CompletionParams & { stream: true },
    options?: RequestOptions,
  ): Promise<AsyncIterable<CompletionChunk>>;
  create(params: CompletionParams & { stream?: false }, options?: RequestOptions): Promise<Completion>;
}
