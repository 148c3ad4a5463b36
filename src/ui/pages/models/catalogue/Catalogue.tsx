import { MODELS } from '../../../../catalogue';
import { useText } from '../../../useApp';
import { useSuggestion } from '../usePrediction';
import { CatalogueCard } from './CatalogueCard';
import { ComputerCheck } from './ComputerCheck';
import styles from './Catalogue.module.css';

/** The catalogue, the recommended model first. */
export function Catalogue() {
  const { t } = useText();
  const best = useSuggestion()?.model;
  const models = best ? [best, ...MODELS.filter(({ id }) => id !== best.id)] : MODELS;
  return (
    <section className={styles.catalogue} aria-label={t('tabs.catalogue')}>
      <ComputerCheck />
      <ul className={styles.cards}>
        {models.map((model) => (
          <CatalogueCard key={model.id} model={model} recommended={model.id === best?.id} />
        ))}
      </ul>
    </section>
  );
}
