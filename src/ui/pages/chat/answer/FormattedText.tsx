import { lazyPart } from '../../../lazyPart';
import { Unformatted } from './Unformatted';

const markdown = lazyPart(() =>
  import('./Markdown').then(({ default: Markdown }) => (text: string, live: boolean) => (
    <Markdown text={text} live={live} />
  )),
);
/** Loads the formatter while the page is idle, before the first answer. */
export const preloadMarkdown = markdown.preload;

/** Formatted text; plain while the formatter loads, and where it cannot be fetched. */
export function FormattedText({ text, live }: { text: string; live: boolean }) {
  const render = markdown.use();
  return render ? render(text, live) : <Unformatted text={text} />;
}
