// Attached documents in a question, in the form GLM-4's own demo gives them (composite_demo: FILE_TEMPLATE, main.py).
export interface PromptDocument {
  name: string;
  text: string;
}

/** One document, as it stands in the prompt. */
export const documentBlock = ({ name, text }: PromptDocument): string =>
  `[File Name]\n${name}\n[File Content]\n${text}`;

/** The question with what is attached to it in front. */
export function documentPrompt(documents: readonly PromptDocument[], question: string): string {
  if (documents.length === 0) return question;
  return `${documents.map(documentBlock).join('\n\n')}\n\n\n${documents.length} files uploaded.\n${question}`;
}
