// Several answers to one question: branches of the chat, with seeds of their own, graded and counted.
import { expect, test } from 'vitest';
import { setUp, summary, until } from '../../scriptedStore';
import { shownMessages } from '../selectors';
import { bestOf } from './best';
import { gradingPrompt, readGrade } from './grading';
import { resultIn, votesOf } from './votes';

test('answers are written as branches, graded, and the chosen one is shown', async () => {
  const texts = ['The answer is 12.', 'The answer is 13.', 'So it is **12**.\n\nThe answer is 12.'];
  let count = 0;
  const { store, requests } = setUp(
    {
      async generate({ format, messages }, { onEvent }) {
        const prompt = messages[0].parts[0];
        const isRight = prompt.type === 'text' && prompt.text.includes('is 12');
        const text = format ? `{"reason": "Checked.", "grade": ${isRight ? 9 : 2}}` : texts[count++ % 3];
        onEvent?.({ kind: 'text', text, tokens: 3, contextUsed: 12 });
        return { ...summary('stop'), prefilledTokens: count === 1 ? 9 : 0 };
      },
    },
    { preferences: { seed: 7, sampling: { temperature: 0 } } },
  );
  const state = store.getState;
  await Promise.all([state().desk.startModel(), state().openChats()]);
  state().send('3 × 4?');
  await until(() => state().turn === null);
  const samples = await state().samples();
  const [, first] = shownMessages(state());
  samples.open(first.id);
  await samples.write(3);
  const { ids } = samples.state;
  expect([ids[0], ids.length, samples.state.phase]).toEqual([first.id, 3, 'done']);
  expect(shownMessages(state()).at(-1)?.id).toBe(first.id); // also while the comparison is open: the page may reload
  const { answers } = samples;
  expect(new Set(answers.map(({ parentId }) => parentId)).size).toBe(1);
  // Different seeds, and drawn although the chat is greedy; the prompt is the same and read once.
  expect(requests.slice(0, 3).map(({ sampling }) => [sampling.seed, sampling.temperature])).toEqual([
    [7, 0],
    [8, 0.6],
    [9, 0.6],
  ]);
  expect(answers[1].made?.sampling.temperature).toBe(0.6);
  expect(requests[1].messages).toEqual(requests[0].messages);
  expect(answers.map(({ summary: { prefilledTokens } = {} }) => prefilledTokens)).toEqual([9, 0, 0]);
  expect(Object.values(samples.votes).map(({ votes }) => votes)).toEqual([2, 1, 2]);

  await samples.grade();
  expect(requests).toHaveLength(6);
  expect(requests[3]).toMatchObject({ format: { kind: 'schema' }, thinkingTokens: 0 });
  const grades = () => ids.map((id) => samples.state.grades[id]?.grade);
  expect(grades()).toEqual([9, 2, 9]);
  // They are part of the chat: another comparison, as after a reload, begins with them.
  const graded = state().chats[state().currentId].messages.flatMap((one) =>
    one.role === 'assistant' ? [one.grade?.grade] : [],
  );
  expect(graded).toEqual([9, 2, 9]);
  samples.open(ids[0]);
  expect(grades()).toEqual([9, 2, 9]);
  samples.close();
  expect(shownMessages(state()).at(-1)?.id).toBe(first.id); // none was chosen
  samples.choose(ids[1]);
  samples.close();
  expect(shownMessages(state()).at(-1)?.id).toBe(ids[1]);
});

test('results are found in answers, and grades in what a model wrote', () => {
  expect(
    ['\\boxed{1,024}', '计算过程略。\n答案是：1024。', '**1024**', 'The final answer is 1 024.'].map(
      resultIn,
    ),
  ).toEqual(Array.from({ length: 4 }, () => '1024'));
  expect(
    resultIn(
      'A long story.\n\nIt has no result that could be compared with another one, as far as one sees.',
    ),
  ).toBeUndefined();
  expect(votesOf(['a story\nof two lines', 'another\nstory'])).toBeUndefined();
  expect(readGrade('{"reason": "All \\"right\\".", "grade": 9}')).toEqual({
    grade: 9,
    reason: 'All "right".',
  });
  expect(readGrade('评分：8分')).toEqual({ grade: 8, reason: '' });
  expect(readGrade('I cannot say')).toBeUndefined();
  expect(gradingPrompt('为什么？', 'a')).toContain('学生的回答');
  expect(bestOf(['a', 'b'], { a: { grade: 3 }, b: { grade: 8 } }, {})).toBe('b');
  expect(bestOf(['a', 'b'], {}, {})).toBeUndefined();
});
