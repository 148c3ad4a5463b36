// An embedding model: texts to vectors. Loads when a base is embedded or such a file is opened.
export * from './activations';
export { readEmbedderConfig, type EmbedderConfig } from './config';
export { recordEmbedder, type EmbedderModel } from './forward';
export { bindEmbedder, planEmbedder } from './tensors';
export { createUnigramTokenizer, type UnigramTokenizer } from '../../tokenizer/unigram';
