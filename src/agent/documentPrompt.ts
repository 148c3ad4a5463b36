// Attached documents in a question, in the form GLM-4's own demo gives them (composite_demo: FILE_TEMPLATE, main.py).
export interface PromptDocument {
  name: string;
  text: string;
  /** FileText.kind */
  kind?: string;
}

/** Kind of a long text that was pasted into the message instead of typed. */
export const PASTED = 'pasted';

/** One document, as it stands in the prompt. */
export const documentBlock = ({ name, text }: PromptDocument): string =>
  `[File Name]\n${name}\n[File Content]\n${text}`;

/** A passage without what looks like the mark of a source: it must not begin another passage, or cite one. */
const unmarked = (text: string): string => text.replace(/【(\s*\d+\s*†[^】\n]*)】/g, '[$1]');

/** The question below the passages found for it, as Nano is taught to read them (training/skills/reading.py). */
export function passagePrompt(
  passages: readonly { source: number; quote: string }[],
  question: string,
): string {
  if (passages.length === 0) return question;
  const heading = /\p{Script=Han}/u.test(question) ? '# 资料' : '# Passages';
  const listed = passages.map(({ source, quote }) => `【${source}†source】\n${unmarked(quote)}`);
  return `${heading}\n${listed.join('\n')}\n\n${question}`;
}

/** The question with what is attached to it in front. A pasted text without another word is the question itself. */
export function documentPrompt(documents: readonly PromptDocument[], question: string): string {
  if (documents.length === 0) return question;
  if (documents.length === 1 && documents[0].kind === PASTED && !question.trim()) return documents[0].text;
  return `${documents.map(documentBlock).join('\n\n')}\n\n\n${documents.length} files uploaded.\n${question}`;
}
