// Indexes many PDF files in a page as a user does, and watches the page's frames meanwhile.
import { Knowledge } from '../../../src/knowledge/worker/knowledge';
import { randomTexts } from './randomTexts';
import { textPdf } from './textPdf';

export interface PageRun {
  files: number;
  pages: number;
  chunks: number;
  bytes: number;
  seconds: number;
  /** Longest time without a frame while files were indexed, and its number of tasks above 50 ms. */
  longestFrameMs: number;
  longTasks: number;
  longestTaskMs: number;
  /** From the call to the passages. */
  searchMs: { first: number; median: number; longest: number };
}

declare global {
  interface Window {
    indexPdfs: (files: number, pages: number) => Promise<PageRun>;
  }
}

const LINES = 36;

/** Half of the files are Chinese, half English. */
function pdfs(files: number, pages: number): { name: string; file: File }[] {
  const textOf = randomTexts();
  return Array.from({ length: files }, (_, i) => {
    const chinese = i % 2 === 0;
    const line = () => textOf(chinese, chinese ? 20 : 12);
    const texts = Array.from({ length: pages }, () => Array.from({ length: LINES }, line));
    const name = `${i}.pdf`;
    return { name, file: new File([textPdf(texts, chinese)], name) };
  });
}

/** Watches frames and tasks until it is ended. */
function watch() {
  let [last, longestFrameMs, isOn] = [performance.now(), 0, true];
  const tasks: number[] = [];
  const observer = new PerformanceObserver((list) =>
    list.getEntries().forEach(({ duration }) => tasks.push(duration)),
  );
  observer.observe({ type: 'longtask' });
  requestAnimationFrame(function onFrame(now) {
    longestFrameMs = Math.max(longestFrameMs, now - last);
    last = now;
    if (isOn) requestAnimationFrame(onFrame);
  });
  return () => {
    isOn = false;
    observer.disconnect();
    const longestTaskMs = Math.max(0, ...tasks);
    return { longestFrameMs: Math.round(longestFrameMs), longTasks: tasks.length, longestTaskMs };
  };
}

window.indexPdfs = async (files, pages) => {
  const knowledge = new Knowledge();
  const named = pdfs(files, pages);
  await knowledge.add(named.slice(0, 2)); // loads the parsers, as a developer's server does slowly
  await new Promise((resolve) => setTimeout(resolve, 500));
  const end = watch();
  const started = performance.now();
  const { knowledge: stored } = await knowledge.add(named);
  const seconds = (performance.now() - started) / 1000;
  const frames = end();
  const textOf = randomTexts(7);
  const times: number[] = [];
  for (let i = 0; i < 21; i++) {
    const asked = performance.now();
    await knowledge.find(stored, textOf(i % 2 === 0, 8));
    times.push(performance.now() - asked);
  }
  const [first, ...rest] = times.map((ms) => Math.round(ms));
  rest.sort((a, b) => a - b);
  return {
    ...{
      files,
      pages,
      chunks: stored.summary.chunks,
      bytes: stored.blob.size,
      seconds: Math.round(seconds),
      ...frames,
    },
    searchMs: { first, median: rest[10], longest: rest[19] },
  };
};
