// Which of several answers agree: the result that each names, and how many name it. Plain functions.

/** Longer results are explanations, and no two of them are alike. */
const MOST_CHARACTERS = 60;
const NAMED =
  /(?:^|[\s。；;，,])(?:the (?:final )?answer is|final answer|answer|答案(?:是|为)?|结果(?:是|为)|因此|所以)\s*[:：]?\s*(.+)$/i;

/** What an answer comes to: a boxed result, a named one, or the answer itself where it is short; undefined for a text. */
export function resultIn(text: string): string | undefined {
  const boxes = [...text.matchAll(/\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}|<\|begin_of_box\|>([^<]*)/g)];
  const boxed = boxes.at(-1);
  const lines = text.trim().split(/\n+/);
  const last = lines.at(-1) ?? '';
  const named = NAMED.exec(last)?.[1];
  const found = boxed?.[1] ?? boxed?.[2] ?? named ?? (lines.length === 1 ? last : undefined);
  const result = found === undefined ? '' : plain(found);
  return result !== '' && result.length <= MOST_CHARACTERS ? result : undefined;
}

/** The same result, however it is written. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[*_`$\\]/g, '')
    .replace(/(\d)[, ](?=\d{3}\b)/g, '$1')
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'“”‘’「」(（:]+|[\s"'“”‘’「」)）.。!！?？,，;；:：]+$/g, '');
}

/** How many answers come to the same result, for each; undefined where most of them name none. */
export function votesOf(texts: readonly string[]): { result?: string; votes: number }[] | undefined {
  const results = texts.map(resultIn);
  const named = results.filter((result) => result !== undefined).length;
  if (texts.length < 2 || named * 2 <= texts.length) return undefined;
  return results.map((result) => ({
    result,
    votes: result === undefined ? 0 : results.filter((other) => other === result).length,
  }));
}
