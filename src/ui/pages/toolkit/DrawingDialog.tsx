import { useState, type FormEvent } from 'react';
import type { ImageEndpoint, VideoEndpoint } from '../../../store';
import { Modal } from '../../controls/Modal';
import { SelectField } from '../../controls/SelectField';
import { SERVICE_TEXTS } from '../../i18n/serviceTexts';
import { useApp, useTextsOf } from '../../useApp';
import { Field } from './Field';
import fieldStyles from '../../controls/fields.module.css';
import styles from './toolkit.module.css';

const SIZES = [
  '1024x1024',
  '768x1344',
  '864x1152',
  '1344x768',
  '1152x864',
  '1440x720',
  '720x1440',
  '1280x1280',
  '1536x1024',
  '1024x1536',
];
const VIDEO_SIZES = ['1280x720', '720x1280', '1024x1024', '1920x1080', '1080x1920', '2048x1080', '3840x2160'];

const NEW_IMAGES: ImageEndpoint = {
  ...{ baseUrl: '', model: '', size: '', quality: '', count: 1, asksBase64: true, sendsSeed: false },
};
const NEW_VIDEOS: VideoEndpoint = {
  baseUrl: '',
  model: 'cogvideox-3',
  size: '',
  quality: '',
  withAudio: false,
};

const trimmed = <T extends { baseUrl: string; model: string }>(endpoint: T): T | null => {
  const baseUrl = endpoint.baseUrl.trim().replace(/\/+$/, '');
  return URL.canParse(baseUrl) ? { ...endpoint, baseUrl, model: endpoint.model.trim() } : null;
};

/** Endpoints that draw pictures and videos, with their keys. */
export default function DrawingDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTextsOf(SERVICE_TEXTS);
  const drawing = useApp((s) => s.kit.drawing);
  const secrets = useApp((s) => s.kit.secrets);
  const saveDrawing = useApp((s) => s.toolkit.saveDrawing);
  const saveSecret = useApp((s) => s.toolkit.saveSecret);
  const [images, setImages] = useState(drawing.images ?? NEW_IMAGES);
  const [videos, setVideos] = useState(drawing.videos ?? NEW_VIDEOS);
  const [imageKey, setImageKey] = useState('');
  const [videoKey, setVideoKey] = useState('');
  const kept = (name: string) => (secrets.some((one) => one.name === name) ? t('kept') : undefined);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const settings = { images: trimmed(images), videos: trimmed(videos) };
    const keys = [
      { name: 'IMAGES_KEY', value: imageKey, endpoint: settings.images },
      { name: 'VIDEOS_KEY', value: videoKey, endpoint: settings.videos },
    ];
    for (const { name, value, endpoint } of keys)
      if (value && endpoint) await saveSecret({ name, value, origin: new URL(endpoint.baseUrl).origin });
    await saveDrawing(settings);
    onClose();
  };
  return (
    <Modal title={t('drawing')} side="center" wide onClose={onClose}>
      <form onSubmit={(event) => void save(event)} aria-label={t('drawing')}>
        <p>{t('drawingHint')}</p>
        <Field
          type="url"
          label={t('images')}
          value={images.baseUrl}
          placeholder="http://localhost:8000/v1"
          hint={t('imagesHint')}
          onChange={(baseUrl) => setImages({ ...images, baseUrl, asksBase64: !baseUrl.includes('/paas/') })}
          focus
          code
        />
        {images.baseUrl.trim() !== '' && (
          <>
            <Field
              type="password"
              label={t('key')}
              value={imageKey}
              placeholder={kept('IMAGES_KEY')}
              onChange={setImageKey}
            />
            <Field
              label={t('model')}
              value={images.model}
              placeholder="cogview-4-250304"
              onChange={(model) => setImages({ ...images, model })}
              code
            />
            <Sizes sizes={SIZES} value={images.size} onChange={(size) => setImages({ ...images, size })} />
            <Choice
              label={t('quality')}
              values={['standard', 'hd', 'low', 'medium', 'high']}
              value={images.quality}
              onChange={(quality) => setImages({ ...images, quality })}
            />
            <SelectField
              label={t('pictures')}
              value={images.count}
              onChange={(count) => setImages({ ...images, count: Number(count) })}
            >
              {[1, 2, 3, 4].map((count) => (
                <option key={count}>{count}</option>
              ))}
            </SelectField>
            <Check
              label={t('base64')}
              hint={t('base64Hint')}
              checked={images.asksBase64}
              onChange={(asksBase64) => setImages({ ...images, asksBase64 })}
            />
            <Check
              label={t('seed')}
              checked={images.sendsSeed}
              onChange={(sendsSeed) => setImages({ ...images, sendsSeed })}
            />
          </>
        )}
        <Field
          type="url"
          label={t('videos')}
          value={videos.baseUrl}
          placeholder="https://open.bigmodel.cn/api/paas/v4"
          hint={t('videosHint')}
          onChange={(baseUrl) => setVideos({ ...videos, baseUrl })}
          code
        />
        {videos.baseUrl.trim() !== '' && (
          <>
            <Field
              type="password"
              label={t('key')}
              value={videoKey}
              placeholder={kept('VIDEOS_KEY')}
              onChange={setVideoKey}
            />
            <Field
              label={t('model')}
              value={videos.model}
              onChange={(model) => setVideos({ ...videos, model })}
              code
            />
            <Sizes
              sizes={VIDEO_SIZES}
              value={videos.size}
              onChange={(size) => setVideos({ ...videos, size })}
            />
            <Choice
              label={t('quality')}
              values={['speed', 'quality']}
              value={videos.quality}
              onChange={(quality) => setVideos({ ...videos, quality })}
            />
            <Check
              label={t('audio')}
              checked={videos.withAudio}
              onChange={(withAudio) => setVideos({ ...videos, withAudio })}
            />
          </>
        )}
        <div className="button-row">
          <button type="submit" className="button primary">
            {t('save')}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {t('cancel')}
          </button>
        </div>
      </form>
    </Modal>
  );
}

interface ChoiceProps {
  label: string;
  values: readonly string[];
  value: string;
  onChange: (value: string) => void;
}

function Choice({ label, values, value, onChange }: ChoiceProps) {
  const { t } = useTextsOf(SERVICE_TEXTS);
  return (
    <SelectField label={label} value={value} onChange={onChange}>
      <option value="">{t('endpointChoice')}</option>
      {values.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </SelectField>
  );
}

function Sizes({
  sizes,
  value,
  onChange,
}: {
  sizes: readonly string[];
  value: string;
  onChange: (size: string) => void;
}) {
  const { t } = useTextsOf(SERVICE_TEXTS);
  return <Choice label={t('size')} values={sizes} value={value} onChange={onChange} />;
}

interface CheckProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function Check({ label, hint, checked, onChange }: CheckProps) {
  return (
    <div className={styles.note}>
      <label className={fieldStyles.check}>
        <input type="checkbox" checked={checked} onChange={({ target }) => onChange(target.checked)} />
        {label}
      </label>
      {hint && <p className="quiet">{hint}</p>}
    </div>
  );
}
