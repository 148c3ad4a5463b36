// How a model is called, by its origin.
import { findByOrigin } from '../../../catalogue/models';

/** The catalogue's name of a model, or the file's own name. */
export function modelName({ name, origin }: { name: string; origin: string }): string {
  const found = findByOrigin(origin);
  return found ? `${found.model.name} · ${found.variant.label}` : name;
}

/** Short text for a model's origin; `catalogue` is the translated word. */
export function originText(origin: string, catalogue: string): string {
  if (findByOrigin(origin)) return catalogue;
  return URL.canParse(origin) && /^https?:/.test(origin)
    ? new URL(origin).host
    : origin.replace(/^file:/, '');
}
