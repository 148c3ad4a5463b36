import { useEffect, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import type { ImagePart } from '../../../../store';
import { useText } from '../../../useApp';
import { useBlobSource } from '../answer/Media';
import { pressed, pulled, type Part, type Spot } from './part';
import styles from './PartSelector.module.css';

/** Pixels around a corner that count as the corner: a finger's width. */
const REACH = 22;
const percent = (value: number) => `${(value * 100).toFixed(2)}%`;

interface PartSelectorProps {
  image: ImagePart;
  part: Part;
  onChange: (part: Part) => void;
  onEnter: () => void;
}

/** The picture with a rectangle over it, which a pointer draws and the arrow keys move. */
export function PartSelector({ image, part, onChange, onEnter }: PartSelectorProps) {
  const { t } = useText();
  const frame = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLButtonElement>(null);
  const pull = useRef<((to: Spot) => Part) | null>(null);
  const source = useBlobSource(image.blob);
  useEffect(() => box.current?.focus(), []);

  const sizeOf = () => frame.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
  const spotOf = ({ clientX, clientY }: PointerEvent): Spot => {
    const { left, top, width, height } = sizeOf();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  const { left, top, right, bottom } = part;
  const round = (value: number) => String(Math.round(value * 100));
  const place = {
    ...{ x: round(left), y: round(top) },
    ...{ width: round(right - left), height: round(bottom - top) },
  };
  return (
    <div
      ref={frame}
      className={styles.frame}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault(); // no dragging of the image, no selection of text
        event.currentTarget.setPointerCapture(event.pointerId);
        const { width, height } = sizeOf();
        pull.current = pulled(part, spotOf(event), { x: REACH / width, y: REACH / height });
        box.current?.focus();
      }}
      onPointerMove={(event) => pull.current && onChange(pull.current(spotOf(event)))}
      onPointerUp={() => (pull.current = null)}
      onPointerCancel={() => (pull.current = null)}
    >
      <img ref={source} alt={image.alt} width={image.width} height={image.height} draggable={false} />
      <button
        ref={box}
        type="button"
        className={styles.part}
        style={{
          left: percent(left),
          top: percent(top),
          width: percent(right - left),
          height: percent(bottom - top),
        }}
        aria-label={t('pictures.part', place)}
        aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown Enter"
        onKeyDown={(event: KeyboardEvent) => {
          const next = pressed(part, event);
          if (next) onChange(next);
          else if (event.key === 'Enter') onEnter();
          else return;
          event.preventDefault();
        }}
      >
        {['nw', 'ne', 'sw', 'se'].map((corner) => (
          <i key={corner} data-corner={corner} />
        ))}
      </button>
      <span className="visually-hidden" aria-live="polite">
        {t('pictures.part', place)}
      </span>
    </div>
  );
}
