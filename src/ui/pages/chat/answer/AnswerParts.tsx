import { memo, useMemo } from 'react';
import type { CallPart, FormatFault, Part, ResultPart } from '../../../../store';
import { ToolIcon } from '../../../controls/icons';
import { lazyPart } from '../../../lazyPart';
import { useText } from '../../../useApp';
import { AnswerContext } from './answerContext';
import { Citation, FileChip, Picture, Sound } from './Media';
import { FormattedText } from './FormattedText';
import { PlainText } from './blocks/PlainText';
import { Thinking, useStopwatch } from './Thinking';
import { Unformatted } from './Unformatted';
import styles from './AnswerParts.module.css';

const cards = lazyPart(() => import('../calls/CallCard'));
/** Loads the cards of calls while the page is idle, where the model may call tools. */
export const preloadCards = cards.preload;

const note = lazyPart(() => import('./CitationNote'));

/** How far the answer's sentences are in the pages it cites; nothing while its code loads. */
function Note({ messageId }: { messageId: string }) {
  const loaded = note.use();
  return loaded && <loaded.CitationNote messageId={messageId} />;
}

const readPages = (parts: readonly Part[]): boolean =>
  parts.some(
    (part) => part.type === 'result' && part.parts.some((one) => one.type === 'citation' && !one.hit),
  );

const json = lazyPart(() => import('./blocks/JsonAnswer'));

/** The text of an answer in JSON; plain while its view loads. */
function JsonText({ text, live, form }: { text: string; live: boolean; form: AnswerForm }) {
  const loaded = json.use();
  if (!loaded) return <Unformatted text={text} />;
  return <loaded.JsonAnswer text={text} live={live} faults={form.faults} />;
}

/** The answer is JSON of a schema. */
export interface AnswerForm {
  /** Missing while it is written. */
  faults?: readonly FormatFault[];
}

interface CallViewProps {
  call?: CallPart;
  result?: ResultPart;
  messageId?: string;
  live: boolean;
}

/** A call and its result; the tool's name alone while the card loads. */
function CallView({ call, result, messageId, live }: CallViewProps) {
  const { t } = useText();
  const loaded = cards.use();
  if (loaded && call)
    return <loaded.CallCard call={call} result={result} messageId={messageId} live={live} />;
  if (loaded && result) return <loaded.ResultCard result={result} />;
  return (
    <p className={styles.call} data-plain>
      <ToolIcon />
      {call ? t('call.tool', { tool: call.tool }) : t('call.result')}
    </p>
  );
}

interface PartViewProps {
  part: Part;
  /** All parts of the answer: a call finds its result among them. */
  all: readonly Part[];
  messageId?: string;
  /** This part is being written. */
  live: boolean;
  /** The answer is being written. */
  busy: boolean;
  /** Text as the model wrote it, not formatted. */
  raw: boolean;
  form?: AnswerForm;
}

const PartView = memo(
  function PartView({ part, all, messageId, live, busy, raw, form }: PartViewProps) {
    const elapsedMs = useStopwatch(live && part.type === 'thought');
    switch (part.type) {
      case 'text':
        if (raw) return <PlainText text={part.text} raw />;
        if (form) return <JsonText text={part.text} live={live} form={form} />;
        return <FormattedText text={part.text} live={live} />;
      case 'thought':
        return <Thinking {...part} live={live} raw={raw} ms={part.thinkingMs ?? elapsedMs} />;
      case 'call':
        return <CallView call={part} result={resultOf(all, part.id)} messageId={messageId} live={busy} />;
      case 'result':
        return isCalled(all, part.callId) ? null : <CallView result={part} live={busy} />;
      case 'image':
        return <Picture image={part} />;
      case 'audio':
        return <Sound audio={part} />;
      case 'file':
        return <FileChip name={part.name} />;
      case 'table':
        return null; // only in results
      case 'citation':
        return <Citation citation={part} />;
    }
  },
  (before, after) =>
    before.part === after.part &&
    before.live === after.live &&
    before.raw === after.raw &&
    before.form === after.form &&
    (after.part.type !== 'call' || (before.all === after.all && before.busy === after.busy)),
);

const resultOf = (parts: readonly Part[], id: string) =>
  parts.find((part): part is ResultPart => part.type === 'result' && part.callId === id);
const isCalled = (parts: readonly Part[], id: string) =>
  parts.some((part) => part.type === 'call' && part.id === id);

interface AnswerPartsProps {
  parts: readonly Part[];
  /** Missing where the answer is not one of the chat. */
  messageId?: string;
  /** The answer is being written. */
  live: boolean;
  raw: boolean;
  /** Missing for free text. */
  form?: AnswerForm;
}

/** The parts of an answer; thoughts and calls are folded. */
export const AnswerParts = memo(function AnswerParts({
  parts,
  messageId,
  live,
  raw,
  form,
}: AnswerPartsProps) {
  const place = useMemo(() => ({ messageId: messageId ?? '', live }), [messageId, live]);
  const views = parts.map((part, index) => (
    <PartView
      key={index}
      part={part}
      all={parts}
      messageId={messageId}
      live={live && index === parts.length - 1}
      busy={live}
      raw={raw}
      form={form}
    />
  ));
  return (
    <AnswerContext value={place}>
      {views}
      {!live && messageId !== undefined && readPages(parts) && <Note messageId={messageId} />}
    </AnswerContext>
  );
});
