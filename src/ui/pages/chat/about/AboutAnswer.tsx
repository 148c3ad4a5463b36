import type { ReactNode } from 'react';
import { SAMPLING_NAMES } from '../../../../shared/sampling';
import {
  aboutMessage,
  speedOf,
  thinkingMs,
  type AnswerRecord,
  type AssistantMessage,
} from '../../../../store';
import { formatBytes, formatCount, formatDuration, formatList, formatRate } from '../../../i18n/format';
import { useApp, useText } from '../../../useApp';
import { modelName } from '../../models/modelName';
import { CopyButton } from '../../../controls/CopyButton';
import { useEffortTexts } from '../thinking/efforts';
import { Modal } from '../../../controls/Modal';
import { Inspector } from './Inspector';
import { SlowReasons } from './SlowReasons';
import factStyles from '../../../controls/facts.module.css';
import styles from './AboutAnswer.module.css';

type Row = [name: string, value: ReactNode] | null;

function Facts({ title, rows, note }: { title: string; rows: Row[]; note?: string }) {
  const known = rows.filter((row) => row !== null);
  if (known.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl className={factStyles.facts}>
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {note && <p className="quiet">{note}</p>}
    </section>
  );
}

/** The model's name. A server may report a more exact one than the request named. */
function nameOf({ server, summary, made, modelName: kept }: AssistantMessage): string {
  if (server) return summary?.served?.model || kept || '–';
  return made?.model.name ? modelName(made.model) : kept || '–';
}

/** Model and settings of the answer: enough to generate it again. */
function MadeWith({ message, made }: { message: AssistantMessage; made?: AnswerRecord }) {
  const { t, language } = useText();
  const { seed, server, summary } = message;
  const served = server ? summary?.served : undefined;
  const sampling = made?.sampling ?? {};
  return (
    <>
      <Facts
        title={t('about.model')}
        rows={[
          [t('about.name'), nameOf(message)],
          message.server ? [t('about.server'), message.server] : null,
          served?.fingerprint ? [t('about.version'), served.fingerprint] : null,
          made?.quantisation ? [t('about.quantisation'), made.quantisation] : null,
        ]}
      />
      <Facts
        title={t('about.settings')}
        note={server && made ? t('about.chosenByServer') : undefined}
        rows={[
          [
            t('about.seed'),
            <span className={styles.withCopy} key="seed">
              {seed}
              <CopyButton
                text={() => String(seed)}
                label={t('about.seedCopy')}
                doneLabel={t('message.copied')}
              />
            </span>,
          ],
          ...SAMPLING_NAMES.map((name): Row => {
            const value = sampling[name];
            return value === undefined ? null : [t(`settings.${name}`), value];
          }),
          made
            ? [
                t('about.limit'),
                made.maxTokens === null ? t('about.noLimit') : formatCount(made.maxTokens, language),
              ]
            : null,
          made?.tools?.length ? [t('about.tools'), formatList(made.tools, language)] : null,
          made?.systemPrompt
            ? [
                t('about.system'),
                <span key="system" className={styles.aboutSystem} dir="auto">
                  {made.systemPrompt}
                </span>,
              ]
            : null,
        ]}
      />
    </>
  );
}

/** Tokens, time and memory of the answer. */
function Took({ message }: { message: AssistantMessage }) {
  const { t, language } = useText();
  const { summary, made, parts, end } = message;
  const thoughtMs = thinkingMs(parts);
  const thoughtTokens = parts.reduce((sum, part) => sum + ((part.type === 'thought' && part.tokens) || 0), 0);
  const effort = useEffortTexts();
  if (!summary) return null;
  const count = (value: number) => formatCount(value, language);
  const seconds = (ms: number) => (ms / 1000).toFixed(ms < 10_000 ? 2 : 1);
  const { promptTokens, reusedTokens, newTokens, prefillMs, gpuBytes, kvBytes, droppedTurns } = summary;
  const read = summary.prefilledTokens ?? promptTokens - reusedTokens;
  const { served, speculation: drafts } = summary;
  const speed = speedOf(summary);
  const thought = [
    thoughtMs && formatDuration(thoughtMs / 1000, language),
    thoughtTokens > 0 && t('stats.tokens', { count: count(thoughtTokens) }),
    made?.thinking && effort.name(made.thinking),
  ].filter(Boolean);
  return (
    <>
      <Facts
        title={t('about.tokens')}
        rows={[
          promptTokens > 0
            ? [
                t('about.prompt'),
                t(reusedTokens > 0 || !served ? 'about.promptValue' : 'about.promptOnly', {
                  prompt: count(promptTokens),
                  reused: count(reusedTokens),
                }),
              ]
            : null,
          [
            t('about.generated'),
            served?.counted === 'here'
              ? t('about.piecesValue', { count: count(newTokens) })
              : count(newTokens),
          ],
          [t('about.end'), t(`about.end.${end}`)],
          summary.contextTokens > 0
            ? [
                t('about.context'),
                t('about.contextValue', {
                  used: count(summary.contextUsed),
                  total: count(summary.contextTokens),
                }),
              ]
            : null,
          droppedTurns ? [t('about.dropped'), count(droppedTurns)] : null,
          drafts && drafts.passes > 0
            ? [
                t('about.drafts'),
                t('about.draftsValue', {
                  accepted: count(drafts.acceptedTokens),
                  drafted: count(drafts.draftedTokens),
                  passes: count(drafts.passes),
                }),
              ]
            : null,
        ]}
      />
      <Facts
        title={t('about.speed')}
        rows={[
          made?.firstTokenMs !== undefined
            ? [t('about.first'), t('about.seconds', { seconds: seconds(made.firstTokenMs) })]
            : null,
          read > 0 && prefillMs > 0 && !served // a server's time includes the network
            ? [
                t('about.read'),
                t('about.readValue', {
                  seconds: seconds(prefillMs),
                  rate: formatRate((read * 1000) / prefillMs),
                }),
              ]
            : null,
          speed > 0 ? [t('about.writing'), t('stats.speed', { rate: formatRate(speed) })] : null,
          thought.length > 0 ? [t('about.thinking'), thought.join(' · ')] : null,
        ]}
      />
      <Facts
        title={t('about.memory')}
        rows={[
          gpuBytes ? [t('about.gpu'), formatBytes(gpuBytes)] : null,
          kvBytes ? [t('about.kv'), formatBytes(kvBytes)] : null,
        ]}
      />
    </>
  );
}

/** Details of an answer: settings, costs, reasons for slowness, token inspector. */
export default function AboutAnswer() {
  const { t } = useText();
  const message = useApp(aboutMessage);
  const closeDialog = useApp((s) => s.page.closeDialog);
  const stopInspection = useApp((s) => s.stopInspection);
  const close = () => {
    stopInspection();
    closeDialog();
  };
  return (
    <Modal title={t('about.title')} side="right" wide onClose={close}>
      {message ? (
        <>
          <SlowReasons message={message} />
          <Inspector message={message} />
          <MadeWith message={message} made={message.made} />
          <Took message={message} />
        </>
      ) : (
        <p className="quiet">{t('about.none')}</p>
      )}
    </Modal>
  );
}
