// Questions for which the built-in model calls tools by itself.

/** A function that no model has seen, as a user defines it in a file. */
export const FUNCTION = {
  name: 'parcel_price',
  description: 'The price of a parcel by its weight.',
  parameters: {
    type: 'object',
    properties: { weight_kg: { type: 'number', description: 'Weight in kilograms' } },
    required: ['weight_kg'],
  },
  js: '({ weight_kg }) => ({ price: 3 + 2.5 * weight_kg })',
};

/** A question, the tool that it takes, and what the answer says; no text: the result holds a picture. */
export const QUESTIONS = [
  { question: 'What is 37 × 49 + 12?', tool: 'Python', says: /1[,.]?825/ },
  { question: '2026年3月5日到年底还有多少天？', tool: 'Python', says: /301/ },
  { question: 'Plot 3, 1, 4, 1, 5 as bars', tool: 'Python' },
  { question: 'What is the price of a parcel of 7 kg?', tool: FUNCTION.name, says: /20\.5/ },
] as const;
