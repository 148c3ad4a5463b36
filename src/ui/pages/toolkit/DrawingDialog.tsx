import { useState } from 'react';
import type { ImageEndpoint, VideoEndpoint } from '../../../store';
import { SelectField } from '../../controls/SelectField';
import { SERVICE_TEXTS } from '../../i18n/serviceTexts';
import { useApp, useTextsOf } from '../../useApp';
import { Field } from './Field';
import { ToolDialog } from './ToolDialog';
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
  const saveDrawing = useApp((s) => s.toolkit.saveDrawing);
  const saveSecret = useApp((s) => s.toolkit.saveSecret);
  const [images, setImages] = useState(drawing.images ?? NEW_IMAGES);
  const [videos, setVideos] = useState(drawing.videos ?? NEW_VIDEOS);
  const [imageKey, setImageKey] = useState('');
  const [videoKey, setVideoKey] = useState('');
  const save = async () => {
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
    <ToolDialog
      title={t('drawing')}
      form={t('drawing')}
      onClose={onClose}
      action={{ label: t('save'), run: () => void save() }}
    >
      <p>{t('drawingHint')}</p>
      <div className={styles.secrets}>
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
            <EndpointFields
              endpoint={images}
              onChange={setImages}
              sizes={SIZES}
              qualities={['standard', 'hd', 'low', 'medium', 'high']}
              model="cogview-4-250304"
              secret={{ name: 'IMAGES_KEY', typed: imageKey, onType: setImageKey }}
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
      </div>
      <div className={styles.group}>
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
            <EndpointFields
              endpoint={videos}
              onChange={setVideos}
              sizes={VIDEO_SIZES}
              qualities={['speed', 'quality']}
              model="cogvideox-3"
              secret={{ name: 'VIDEOS_KEY', typed: videoKey, onType: setVideoKey }}
            />
            <Check
              label={t('audio')}
              checked={videos.withAudio}
              onChange={(withAudio) => setVideos({ ...videos, withAudio })}
            />
          </>
        )}
      </div>
    </ToolDialog>
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

interface EndpointFieldsProps<T> {
  endpoint: T;
  onChange: (endpoint: T) => void;
  sizes: readonly string[];
  qualities: readonly string[];
  /** An example. */
  model: string;
  secret: { name: string; typed: string; onType: (value: string) => void };
}

/** What endpoints for pictures and for videos have in common. */
function EndpointFields<T extends { model: string; size: string; quality: string }>({
  endpoint,
  onChange,
  sizes,
  qualities,
  model,
  secret,
}: EndpointFieldsProps<T>) {
  const { t } = useTextsOf(SERVICE_TEXTS);
  const isKept = useApp((s) => s.kit.secrets.some(({ name }) => name === secret.name));
  const set = (key: 'model' | 'size' | 'quality') => (value: string) =>
    onChange({ ...endpoint, [key]: value });
  return (
    <>
      <Field
        type="password"
        label={t('key')}
        value={secret.typed}
        placeholder={isKept ? t('kept') : undefined}
        onChange={secret.onType}
      />
      <Field label={t('model')} value={endpoint.model} placeholder={model} onChange={set('model')} code />
      <Choice label={t('size')} values={sizes} value={endpoint.size} onChange={set('size')} />
      <Choice label={t('quality')} values={qualities} value={endpoint.quality} onChange={set('quality')} />
    </>
  );
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
