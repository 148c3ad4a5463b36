// Pictures to try a model's eyes with: drawn by scripts/build/samplePictures.mjs, fetched when they are shown.
import { useContext, useState } from 'react';
import { currentAttachments, currentChat, currentDraft, OCR_TASKS } from '../../../../store';
import { SAMPLE_TEXTS } from '../../../i18n/sampleTexts';
import { focusComposer } from '../../../shell/usePage';
import { StoreContext, useApp, useTextsOf } from '../../../useApp';
import chartEn from './samples/chart-en.webp?no-inline';
import chartZh from './samples/chart-zh.webp?no-inline';
import receiptEn from './samples/receipt-en.webp?no-inline';
import receiptZh from './samples/receipt-zh.webp?no-inline';
import scene from './samples/scene.webp?no-inline';
import styles from './SamplePictures.module.css';

/** `ocr`: what GLM-OCR, which answers no questions, is told to do with it; without it, it is not shown beside that model. */
const SAMPLES = [
  { name: 'chart', ask: 'askChart', ocr: 'table', urls: { en: chartEn, 'zh-CN': chartZh } },
  { name: 'receipt', ask: 'askReceipt', ocr: 'text', urls: { en: receiptEn, 'zh-CN': receiptZh } },
  { name: 'scene', ask: 'askScene', urls: { en: scene, 'zh-CN': scene } },
] as const;
type Sample = (typeof SAMPLES)[number];

/** A press puts a sample and a question about it into the message; sending is the user's. */
export default function SamplePictures() {
  const { t, language } = useTextsOf(SAMPLE_TEXTS);
  const store = useContext(StoreContext);
  const isOcr = useApp((s) => !currentChat(s).server && s.model.info?.family === 'glm-ocr');
  const setDraft = useApp((s) => s.setDraft);
  const attachFiles = useApp((s) => s.attachFiles);
  const removeAttachment = useApp((s) => s.removeAttachment);
  const [missing, setMissing] = useState(false);
  const wordsOf = (sample: Sample) => (isOcr && 'ocr' in sample ? OCR_TASKS[sample.ocr] : t(sample.ask));
  const fileOf = (sample: Sample) => `${t(sample.name)}.webp`;

  async function choose(sample: Sample): Promise<void> {
    try {
      const response = await fetch(sample.urls[language]);
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const file = new File([await response.blob()], fileOf(sample), { type: 'image/webp' });
      setMissing(false);
      const state = store?.getState();
      if (!state) return;
      // Another sample takes the place of the first one; what the user wrote or attached stays.
      const begun = currentDraft(state).trim();
      const names = SAMPLES.map(fileOf);
      for (const { id, name } of currentAttachments(state)) if (names.includes(name)) removeAttachment(id);
      attachFiles([file]);
      if (!begun || SAMPLES.some((one) => wordsOf(one) === begun)) setDraft(wordsOf(sample));
      focusComposer();
    } catch {
      setMissing(true);
    }
  }

  return (
    <section className={styles.samples} aria-labelledby="samples-title">
      <h2 id="samples-title">{t('title')}</h2>
      <ul>
        {SAMPLES.filter((sample) => !isOcr || 'ocr' in sample).map((sample) => (
          <li key={sample.name}>
            <button
              type="button"
              className={styles.sample}
              title={wordsOf(sample)}
              onClick={() => void choose(sample)}
            >
              <img src={sample.urls[language]} alt="" width={616} height={448} />
              <span>
                {t(sample.name)}
                <span className="visually-hidden">: {wordsOf(sample)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {missing && (
        <p className="warn" role="alert">
          {t('missing')}
        </p>
      )}
    </section>
  );
}
