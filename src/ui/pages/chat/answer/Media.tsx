// Message parts other than text: pictures, sounds, files, sources.
import { memo, useCallback, type ReactNode } from 'react';
import type { AudioPart, CitationPart, ImagePart } from '../../../../store';
import { FileIcon } from '../../../controls/icons';
import { lazyPart } from '../../../lazyPart';
import { useText } from '../../../useApp';
import sourcesStyles from './Sources.module.css';
import styles from './Media.module.css';

/** Gives an element the address of a blob for as long as it is on the page. */
export const useBlobSource = (blob: Blob) =>
  useCallback(
    (element: HTMLImageElement | HTMLMediaElement | null) => {
      if (!element) return;
      const url = URL.createObjectURL(blob);
      element.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [blob],
  );

export const Picture = memo(function Picture({ image }: { image: ImagePart }) {
  const { blob, alt, width, height } = image;
  return <img ref={useBlobSource(blob)} className={styles.picture} alt={alt} width={width} height={height} />;
});

export const Sound = memo(function Sound({ audio }: { audio: AudioPart }) {
  const source = useBlobSource(audio.blob);
  return (
    <figure className={styles.sound}>
      <audio ref={source} controls />
      {audio.transcript && <figcaption>{audio.transcript}</figcaption>}
    </figure>
  );
});

export function FileChip({ name }: { name: string }) {
  return (
    <span className={styles.chip}>
      <FileIcon />
      {name}
    </span>
  );
}

const isWebAddress = (url: string): boolean => /^https?:\/\//i.test(url);

/** Loaded with the first citation; until then its name is text. */
const link = lazyPart(() =>
  import('./LeavingLink').then(({ LeavingLink }) => (href: string, content: ReactNode) => (
    <LeavingLink href={href}>{content}</LeavingLink>
  )),
);

/** A source: its mark, its title, and the passage that was read. Only web addresses become links. */
export function Citation({ citation }: { citation: CitationPart }) {
  const { t } = useText();
  const { source, title, url, quote } = citation;
  const linkTo = link.use();
  const name = title || url || t('source.one', { id: source });
  return (
    <div className={styles.citation}>
      <span className={sourcesStyles.sourceChip} aria-hidden="true">
        {source}
      </span>
      <div>
        {linkTo && isWebAddress(url) ? (
          linkTo(
            url,
            <>
              {name}
              <span className="visually-hidden"> {t('markdown.leaves')}</span>
            </>,
          )
        ) : (
          <span>{name}</span>
        )}
        {quote && <blockquote tabIndex={quote.length > 300 ? 0 : undefined}>{quote}</blockquote>}
      </div>
    </div>
  );
}
