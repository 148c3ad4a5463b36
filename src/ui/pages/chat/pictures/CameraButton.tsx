import { useRef } from 'react';
import { useApp, useText } from '../../../useApp';
import { CameraIcon } from './CameraIcon';
import { ScreenButton } from './ScreenButton';
import { canTakeScreenshots } from './takeScreenshot';

/** Fingers point here: the device is one that is held, and has a camera. */
const isHeld = () => matchMedia('(pointer: coarse)').matches;

/** Takes a picture for the message: with the camera of a device that is held, else of the screen. */
export default function CameraButton() {
  const { t } = useText();
  const attachFiles = useApp((s) => s.attachFiles);
  const input = useRef<HTMLInputElement>(null);
  if (!isHeld()) return canTakeScreenshots() && <ScreenButton />;
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={t('pictures.camera')}
        title={t('pictures.camera')}
        onClick={() => input.current?.click()}
      >
        <CameraIcon />
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/*"
        capture="environment"
        onChange={({ target }) => {
          attachFiles([...(target.files ?? [])]);
          target.value = '';
        }}
      />
    </>
  );
}
