// Questions about the test wiki with the sentence that answers each, and citations known to be right or wrong. Written from
// the wiki's pages, so it is the same every time.
import { subjects, type Lang, type Subject } from '../wiki/subjects';

export interface Question {
  lang: Lang;
  /** Page that answers it. */
  title: string;
  question: string;
  sentence: string;
  value: string;
}

/** A sentence and the page that it cites. */
export interface Citation {
  /** How it was made. */
  kind: string;
  isRight: boolean;
  lang: Lang;
  sentence: string;
  page: Subject;
}

export const allSubjects = (): Subject[] => [...subjects('en'), ...subjects('zh')];

export const questions = (): Question[] =>
  allSubjects().flatMap(({ lang, title, facts }) =>
    facts.map(({ question, sentence, value }) => ({ lang, title, question, sentence, value })),
  );

const negated = ({ lang, facts }: Subject): string =>
  lang === 'en'
    ? facts[2].sentence.replace('has', 'does not have')
    : facts[2].sentence.replace('共有', '没有');

const joinedFacts = ({ lang, facts }: Subject): string => {
  const [first, second] = [facts[0].sentence, facts[3].sentence];
  if (lang === 'zh') return `${first.slice(0, -1)}，${second}`;
  return `${first.slice(0, -1)}, and ${second[0].toLowerCase()}${second.slice(1)}`;
};

/** Citations of every subject, and of the same sentences to another page of the same kind. */
export function citations(): Citation[] {
  const all = allSubjects();
  return all.flatMap((page, index): Citation[] => {
    const { lang, facts, filler, unsaid } = page;
    const other =
      all[(index + 5) % all.length].lang === lang ? all[(index + 5) % all.length] : all[index - 5];
    const make = (kind: string, isRight: boolean, sentence: string, cited = page): Citation => ({
      ...{ kind, isRight, lang, sentence, page: cited },
    });
    return [
      ...facts.map(({ sentence }) => make('the sentence itself', true, sentence)),
      ...facts.map(({ paraphrase }) => make('in other words', true, paraphrase)),
      make('two sentences in one', true, joinedFacts(page)),
      make('without number or name', true, filler[0]),
      ...facts.map(({ wrong }) => make('another number or name', false, wrong)),
      ...facts.flatMap(({ swapped }) => (swapped ? [make('a value of another fact', false, swapped)] : [])),
      ...facts
        .slice(0, 2)
        .filter(({ value }) => !other.text.includes(value))
        .map(({ sentence }) => make('another page', false, sentence, other)),
      ...unsaid.map((sentence) => make('not said at all', false, sentence)),
      make('negated', false, negated(page)),
    ];
  });
}

/** Text of a page as the model reads it. */
export const plainPage = ({ text }: Subject): string =>
  text
    .replaceAll("'''", '')
    .replace(/^=+ (.*) =+$/gm, '## $1')
    .replace(/\n{2,}/g, '\n');
