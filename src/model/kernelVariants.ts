// Recordings of every architecture without memory, from which follows what kernels there are.
import type { Pass } from '../gpu/program';
import type { WeightMatrix } from '../gpu/tensor';
import { kvTensorShape, type KvFormat, type KvLayer } from '../kernels/kv';
import { STATE_WORDS } from '../kernels/state';
import { shapesOnly } from '../kernels/variants';
import { isQuantised, numTiles, WEIGHT_FORMATS, type WeightFormat } from '../shared/weightLayout';
import { ARCHITECTURES, MAX_LOGIT_ROWS } from './architecture';
import type { Architecture, BoundModel, ModelConfig, NamedWeights } from './boundModel';

export const KV_FORMATS: readonly KvFormat[] = ['f16', 'f32', 'i8'];
/** A pass of each length class: one token, half a workgroup of the broadcasting kernel, all of it, few tiles, many. */
const PASS_TOKENS = [1, 3, 7, 12, 64];
const CAPACITY = 256;

/**
 * Every architecture in every published shape with weights of every format; and in its first shape with floats and codes in
 * turn, since a kernel stores its output as the next matrix reads it.
 */
export function everyModel(): BoundModel[] {
  return ARCHITECTURES.flatMap((architecture) => {
    const configs = architecture.published.map((config) => ({ ...config, numLayers: 1 }));
    const uniform = configs.flatMap((config) =>
      WEIGHT_FORMATS.map((format) => bindShapes(architecture, config, () => format)),
    );
    const mixed = WEIGHT_FORMATS.flatMap((format) => {
      const other = isQuantised(format) ? 'f16' : 'q4';
      return [
        bindShapes(architecture, configs[0], (_, i) => (i % 2 === 0 ? format : other)),
        bindShapes(architecture, configs[0], (_, i) => (i % 2 === 0 ? other : format)),
      ];
    });
    return [...uniform, ...mixed];
  });
}

/**
 * A model without memory: it can be recorded but never runs.
 * @param formatOf format of a matrix, by its name and its number among the matrices.
 */
export function bindShapes(
  architecture: Architecture,
  config: ModelConfig,
  formatOf: (name: string, index: number) => WeightFormat,
): BoundModel {
  const plan = architecture.planTensors(config, new Map());
  const matrices = plan.filter(({ kind }) => kind === 'matrix').map(({ name }) => name);
  const planned = new Map(plan.map((tensor) => [tensor.name, tensor]));
  const shapeOf = (name: string) => planned.get(name)?.shape ?? [];
  const weights: NamedWeights = {
    vector: (name) => shapesOnly.createTensor(name, shapeOf(name)),
    matrix: (name): WeightMatrix => {
      const [rows, cols] = shapeOf(name);
      const interleaved = planned.get(name)?.interleaved ?? false;
      const tensor = shapesOnly.createTensor(name, [1], 'u32');
      const chunks = [{ firstTile: 0, numTiles: numTiles(rows, interleaved), tensor }];
      const format = formatOf(name, matrices.indexOf(name));
      return { label: name, rows, cols, format, interleaved, chunks };
    },
  };
  return architecture.bind(config, weights);
}

export interface PassSet {
  /** Formats of the cache; default all. */
  kvFormats?: readonly KvFormat[];
  /** Default all. */
  layers?: readonly number[];
  /** Whether some of the tokens are embedded rows; default true. */
  hasRows?: boolean;
}

/** Records a pass of each length class. */
export function recordPasses(
  pass: Pass,
  model: BoundModel,
  { kvFormats = KV_FORMATS, layers, hasRows = true }: PassSet = {},
): void {
  const { numKvHeads, headDim, ropeDims, hiddenSize } = model.config;
  const activations = model.createActivations(shapesOnly, {
    maxTokens: Math.max(...PASS_TOKENS),
    maxLength: CAPACITY,
  });
  const mostTokens = Math.max(...PASS_TOKENS);
  const injected = {
    source: shapesOnly.createTensor('source', [mostTokens], 'u32'),
    rows: shapesOnly.createTensor('rows', [mostTokens, hiddenSize]),
  };
  for (const format of kvFormats) {
    const cache = { format, capacity: CAPACITY, numKvHeads, headDim };
    const { shape, dtype } = kvTensorShape(cache);
    const layer = {
      ...cache,
      k: shapesOnly.createTensor('k', shape, dtype),
      v: shapesOnly.createTensor('v', shape, dtype),
    };
    for (const numTokens of PASS_TOKENS)
      model.record(pass, {
        activations,
        kv: Array<KvLayer>(model.config.numLayers).fill(layer),
        ropeTable: shapesOnly.createTensor('ropeTable', [CAPACITY, ropeDims]),
        state: shapesOnly.createTensor('state', [STATE_WORDS], 'u32'),
        injected: hasRows ? injected : undefined,
        numTokens,
        maxLength: CAPACITY,
        logitRows: Math.min(numTokens, MAX_LOGIT_ROWS),
        layers,
      });
  }
}
