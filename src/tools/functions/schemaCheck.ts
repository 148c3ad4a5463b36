// What of a function's schema the model is held to while it writes, and what is checked afterwards.
export { schemaGrammar } from '../../grammar/jsonSchema';
