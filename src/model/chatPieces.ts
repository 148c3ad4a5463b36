// A chat on its way to a prompt: the request, and the pieces that are encoded one by one.
import type { ImagePart, Part, ToolSpec, Turn } from '../protocol/chat';
import type { ModelFamily, PromptFormat } from './modelFamily';

export interface ChatRequest {
  family: Pick<ModelFamily, 'format' | 'defaultSystem' | 'thinks'>;
  messages: readonly Turn[];
  /** Tools that the model is told of. */
  tools?: readonly ToolSpec[];
  /** How the family's own format describes them: src/model/template/toolTexts.ts, which loads with a model. */
  describeTools?: (tools: readonly ToolSpec[], how: NonNullable<PromptFormat['tools']>) => string;
  /** The file's chat template. Without one, and for chats it cannot express, the family's own format is used. */
  template?: ChatTemplate;
  /** End with <|assistant|>, for the model to go on. */
  addGenerationPrompt: boolean;
  /**
   * The last message is the beginning of the answer to be generated: its parts since the last result follow the
   * generation prompt.
   */
  continueLast?: boolean;
  /** The model is to answer without reasoning first. */
  withoutThought?: boolean;
  /** The ids that stand for a picture's rows. Without it pictures cannot be encoded. */
  pictureIds?: PictureIds;
}

/** @throws what it throws for a picture that nobody has looked at */
export type PictureIds = (part: ImagePart) => readonly number[];

/**
 * The ids that the model sampled for an answer, if it is remembered; undefined to encode its text.
 * @param promptIds everything before the answer
 * @param parts of the answer, as the model wrote them in one go
 */
export type Recall = (promptIds: readonly number[], parts: readonly Part[]) => readonly number[] | undefined;

/** A stretch of a prompt, encoded on its own. */
export type Piece =
  | { special: string; optional?: boolean } // one special token
  | { text: string } // words of a person, a tool or the model
  | { picture: ImagePart } // its rows, with the format's tokens around them
  | { own: string } // the format's words, where <think> and </think> may be tokens
  | { answer: readonly Part[]; instead: Piece[] }; // what the model wrote in one go, and the same as pieces

/** How a template takes tools and calls. */
export interface TemplateStyle {
  /** global: the variable `tools`; message: a system message that holds them; none: it knows no tools. */
  tools: 'global' | 'message' | 'none';
  /**
   * metadata: a call is an assistant's message whose `metadata` is the tool's name, results are observations; tagged:
   * `tool_calls` and messages of the role tool, as in GLM-4.5 and later; none: it knows no calls.
   */
  calls: 'metadata' | 'tagged' | 'none';
  /** GLM-4's own tools that it describes by their type. */
  builtIn: ReadonlySet<ToolSpec['type']>;
}

/** A template that works. */
export interface ChatTemplate {
  style: TemplateStyle;
  /** Follows `<|assistant|>` in a generation prompt. */
  given: readonly Piece[];
  /** The same as text. */
  answerStart: string;
  /** What follows it in place of that where the template's own switch turns reasoning off; missing: it has none. */
  withoutThought?: { given: readonly Piece[]; answerStart: string };
  /**
   * The pieces of a prompt, up to the generation prompt; undefined for a chat that the template cannot express.
   * @throws AppError text-only
   */
  pieces(request: Omit<ChatRequest, 'continueLast' | 'template'>): Piece[] | undefined;
}

/** Whether a generation prompt ends inside the reasoning. */
export const opensThought = (answerStart: string): boolean =>
  answerStart.lastIndexOf('<think>') > answerStart.lastIndexOf('</think>');

/**
 * Ends a thought: what the model itself would write. GLM-4.1V opens its answer with a tag (GLM-V's README forces both);
 * models with calls in tags go on at once.
 */
export function thoughtEnd({ family, template }: Pick<ChatRequest, 'family' | 'template'>): string {
  if (family.format.thoughtEnd) return family.format.thoughtEnd;
  return template?.style.calls === 'tagged' ? '</think>' : '\n</think>\n\n';
}

/** What follows `<|assistant|>` in a generation prompt without reasoning. */
export function startWithoutThought({ family, template }: Pick<ChatRequest, 'family' | 'template'>): string {
  const { answerStart } = family.format;
  if (template?.withoutThought) return template.withoutThought.answerStart;
  return family.thinks ? answerStart + emptyThought({ family, template }) : answerStart;
}

/** A thought of no words, behind a generation prompt that may have opened it. */
export function emptyThought({ family, template }: Pick<ChatRequest, 'family' | 'template'>): string {
  const isOpen = opensThought(family.format.answerStart);
  return (isOpen ? '' : '<think>') + thoughtEnd({ family, template });
}

/** Whether pictures of this request can be encoded. */
export function seesPictures({ family, pictureIds }: Pick<ChatRequest, 'family' | 'pictureIds'>): boolean {
  return family.format.picture !== undefined && pictureIds !== undefined;
}
