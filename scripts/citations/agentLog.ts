// Answers of a model, as `glm agent --cite` prints them, one line of JSON per step.
import { checkAnswer, type AnswerCheck } from '../../src/tools/browser/check';

interface Step {
  kind: string;
  text?: string;
  output?: string;
}

/** Pages in an observation, by their number. */
function pagesIn(output: string): [number, string][] {
  const parts = output.split(/^(?:quote_result \[(\d+)†source\]|system_error)\n/m);
  const pages: [number, string][] = [];
  for (let at = 1; at < parts.length; at += 2)
    if (parts[at]) pages.push([Number(parts[at]), parts[at + 1].trim()]);
  return pages;
}

/** The check of every answer in a log. */
export function checksOf(log: string): AnswerCheck[] {
  const passages = new Map<number, string>();
  const checks: AnswerCheck[] = [];
  let answer = '';
  for (const line of log.split('\n').filter((one) => one.startsWith('{'))) {
    const { kind, text = '', output = '' } = JSON.parse(line) as Step;
    if (kind === 'result') for (const [id, page] of pagesIn(output)) passages.set(id, page);
    if (kind === 'text') answer += text;
    if (kind !== 'end') continue;
    checks.push(checkAnswer(answer, passages));
    answer = '';
  }
  return checks;
}
