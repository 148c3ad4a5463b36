// Texts of the comparison of several answers, in its chunk.
import type { Language } from './format';

const en = {
  open: 'Think again and compare',
  title: 'Compare answers',
  what: 'The model answers the question several times. Every answer stays in the chat as a version.',
  count: 'Answers in all',
  write: 'Write {count} more {count:answer|answers}',
  writing: 'Writing answer {done} of {total}',
  grade: 'Let the model grade them',
  grading: 'Grading answer {done} of {total}',
  stop: 'Stop',
  answers: 'Answers',
  answer: 'Answer {index}',
  best: 'Best so far',
  gradeOf: 'Grade: {grade} of 10',
  noGrade: 'The model gave no grade.',
  votes: '{votes} of {count} say “{result}”',
  choose: 'Show this one in the chat',
  chosen: 'Shown in the chat',
  prompt:
    'The prompt has {tokens} {tokens:token|tokens}. For the new answers {computed} of them {computed:was|were} computed; the rest was reused.',
  gradeHint: 'A model is a weak judge of itself: read the answers before you rely on a grade.',
  thoughts: 'Thought: {tokens} {tokens:token|tokens}',
  waits: 'Waiting for its turn',
};

const zhCN: Record<keyof typeof en, string> = {
  open: '重新思考并比较',
  title: '比较回答',
  what: '模型会多次回答同一个问题。每个回答都作为一个版本保留在对话中。',
  count: '回答总数',
  write: '再写 {count} 个回答',
  writing: '正在写第 {done} 个，共 {total} 个',
  grade: '让模型打分',
  grading: '正在为第 {done} 个打分，共 {total} 个',
  stop: '停止',
  answers: '回答',
  answer: '回答 {index}',
  best: '目前最好',
  gradeOf: '评分：{grade} / 10',
  noGrade: '模型没有给出评分。',
  votes: '{count} 个回答中有 {votes} 个是“{result}”',
  choose: '在对话中显示这个',
  chosen: '正在对话中显示',
  prompt: '提示共 {tokens} 个 token。写新回答时计算了其中 {computed} 个，其余全部复用。',
  gradeHint: '模型并不擅长评判自己：参考评分之前，请先阅读回答。',
  thoughts: '思考：{tokens} 个 token',
  waits: '等待中',
};

export const COMPARE_TEXTS = { en, 'zh-CN': zhCN } satisfies Record<Language, unknown>;
