import hintCardStyles from '../../../controls/HintCard.module.css';

interface HintCardProps {
  text: string;
  no: string;
  onNo: () => void;
  yes: string;
  onYes: () => void;
}

/** A suggestion with two buttons: accept and decline. */
export function HintCard({ text, no, onNo, yes, onYes }: HintCardProps) {
  return (
    <div className={hintCardStyles.hintCard} role="status">
      <p>{text}</p>
      <div className="button-row">
        <button type="button" className="button small" onClick={onNo}>
          {no}
        </button>
        <button type="button" className="button small primary" onClick={onYes}>
          {yes}
        </button>
      </div>
    </div>
  );
}
