// `npm run wiki [-- --port N]`: the test wiki, to try the browser with.
import { HOSTILE } from './hostile';
import { subjects } from './subjects';
import { startWiki, whyNoWiki } from './wiki';

const at = process.argv.indexOf('--port');
const port = at > 0 ? Number(process.argv[at + 1]) : undefined;
const why = whyNoWiki();
if (why) {
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
} else {
  const wiki = await startWiki([...subjects('en'), ...subjects('zh'), ...HOSTILE], port);
  process.stdout.write(`The wiki is at ${wiki.url}; Ctrl+C ends it.\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void wiki.close().then(() => process.exit()));
}
