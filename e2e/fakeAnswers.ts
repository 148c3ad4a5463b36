// Answers of the fake engine: a default one with a list, a table and code, or one chosen by the test.
import type { Turn } from '../src/protocol/chat';
import { textOf } from '../src/shared/parts';

const EN_ANSWER = `I am **Nano**, a very small model of the GLM-4 kind. I run on your own graphics card, inside this tab.

Larger models of the family need more memory:

| Model | Weights | Memory on the GPU |
| --- | --- | --- |
| Nano | 12 MB | 60 MB |
| GLM-Edge-1.5B | 0.9 GB | 1.6 GB |
| GLM-4-9B | 5.3 GB | 6.4 GB |

To check what your browser offers, open its console and run:

\`\`\`js
const adapter = await navigator.gpu.requestAdapter();
console.log(adapter.info.vendor, adapter.limits.maxBufferSize);
\`\`\`

1. Press the model name at the top.
2. Choose *Open a GGUF file…* and pick the file.
3. Wait for the bar; the next start takes seconds.`;

const ZH_ANSWER = `我是 **Nano**，GLM-4 系列里一个很小的演示模型，就在这个标签页里、在您自己的显卡上运行。

更大的模型需要更多内存：

| 模型 | 权重 | 显存 |
| --- | --- | --- |
| Nano | 12 MB | 60 MB |
| GLM-Edge-1.5B | 0.9 GB | 1.6 GB |
| GLM-4-9B | 5.3 GB | 6.4 GB |

想看看浏览器能用多少，可以在控制台运行：

\`\`\`js
const adapter = await navigator.gpu.requestAdapter();
console.log(adapter.info.vendor, adapter.limits.maxBufferSize);
\`\`\`

1. 点击顶部的模型名称。
2. 选择“打开 GGUF 文件…”，然后选中文件。
3. 等进度条走完；下次启动只需几秒。`;

/** localStorage key: the answer to every question, set by a test. */
export const SAYS_KEY = 'fake-engine-says';

/** If a question's first line is this word, the rest is the answer; `{9×text}` repeats text, ⏸ holds. */
const SAY = 'say\n';
const REPEAT = /\{(\d+)×([^}]*)\}/g;
/** In an answer: the fake engine holds here. */
export const HOLD = '⏸';

/** Passages before a question: the mark of the first one, and its text. */
const PASSAGES = /^# (?:Passages|资料)\n【(\d+)†source】\n([\s\S]*?)(?=\n【\d+†source】\n|\n\n[^\n]*$)/;

export function answerTo(messages: Turn[]): string {
  const asked = textOf(messages.at(-1)?.parts ?? []);
  const [, mark, passage] = PASSAGES.exec(asked) ?? [];
  if (passage) return `${passage.trimEnd().split('\n').at(-1)}【${mark}†source】`;
  const question = asked.replace(/^[\s\S]*\d+ files uploaded\.\n/, '');
  if (question.startsWith(SAY)) {
    return question.slice(SAY.length).replace(REPEAT, (_, times, text) => String(text).repeat(Number(times)));
  }
  return localStorage.getItem(SAYS_KEY) ?? (/[\u4e00-\u9fff]/.test(question) ? ZH_ANSWER : EN_ANSWER);
}
