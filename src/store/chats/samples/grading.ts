// The model grades answers, one by one, as ChatGLM-Math's critic does (arXiv:2404.02893): what is right or wrong first, then
// a grade from 1 to 10. The form is held by a schema where the answerer can.
import type { AnswerFormat } from '../../../protocol/chat';
import type { Grade } from '../types';

const REASON_CHARACTERS = 160;
export const GRADE_TOKENS = 200;
/** Characters of a question or an answer that the model grades; the rest is left out. */
const MOST_CHARACTERS = 6000;

export const GRADE_FORMAT: AnswerFormat = {
  kind: 'schema',
  schema: {
    type: 'object',
    properties: {
      reason: { type: 'string', maxLength: REASON_CHARACTERS },
      grade: { type: 'integer', minimum: 1, maximum: 10 },
    },
    required: ['reason', 'grade'],
    additionalProperties: false,
  },
};

const cut = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;

/** The question stands first: the model reads it once for all answers. */
export function gradingPrompt(question: string, answer: string): string {
  return /\p{Script=Han}/u.test(question)
    ? `问题：\n${cut(question)}\n\n一位学生的回答：\n${cut(answer)}\n\n` +
        '请为这个回答打分。先用一句话指出它哪里对、哪里错（reason），再给出 1 到 10 的整数分（grade）：10 分为完全正确且清楚，1 分为完全错误。' +
        '只写 JSON：{"reason": "…", "grade": …}'
    : `Question:\n${cut(question)}\n\nA student's answer:\n${cut(answer)}\n\n` +
        'Grade this answer. First say in one sentence what is right or wrong in it (reason), then give a whole number from 1 to 10 (grade): ' +
        '10 is correct and clear, 1 is wrong. Write JSON only: {"reason": "…", "grade": …}';
}

/** A grade out of what the model wrote; undefined where there is none. */
export function readGrade(text: string): Grade | undefined {
  const json = /\{[\s\S]*\}/.exec(text)?.[0] ?? text;
  const number = /"?grade"?\s*[:：]\s*"?(\d{1,2})/i.exec(json) ?? /\b(10|[1-9])\s*(?:\/\s*10|分)/.exec(text);
  const grade = Number(number?.[1]);
  if (!(grade >= 1 && grade <= 10)) return undefined;
  const reason = /"reason"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(json)?.[1] ?? '';
  return { grade, reason: unescaped(reason) };
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
