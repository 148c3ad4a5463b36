// A model on the GPU: its weights, the session over them, and what its files say about prompts and answers.
import type { Gpu } from '../gpu/device';
import type { ModelStore } from '../library/modelStore';
import type { ProgressMeter } from '../library/progressMeter';
import type { BoundModel, ModelFamily } from '../model/architecture';
import { architectureOf, countParameters } from '../model/architecture';
import { opensThought, type ChatTemplate } from '../model/chatPieces';
import type { LoadOptions, ModelInfo, ModelSource } from '../protocol/models';
import { AppError } from '../shared/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Metadata, ModelManifest } from '../weights/types';
import type { LoadedWeights } from '../weights/upload/uploader';
import { uploadModel } from '../weights/upload/uploader';
import { Session } from './decode/session';
import type { SessionOptions } from './decode/session';
import type { ModelGrammars } from './decode/grammarConstraint';
import { contextFor } from './kv/contextBudget';
import { defaultKvFormat, modelInfo, tensorMap } from './modelInfo';
import { ChatPrompts } from './prompt/chatPrompt';
import type { Resident } from './residents';
import { fetchPart } from '../shared/missingPart';

export interface LoadedModel extends Resident {
  /** The share of the device that counts its memory. */
  gpu: Gpu;
  info: ModelInfo;
  manifest: ModelManifest;
  /** What sees for it, where it can see and the file is there. */
  eyes?: ModelManifest;
  model: BoundModel;
  weights: LoadedWeights;
  session: Session;
  tokenizer: Tokenizer;
  /** Ids that end an answer. */
  stops: ReadonlySet<number>;
  prompts: ChatPrompts;
  /** Grammars for answers of a given form; loads their code at first use. */
  grammars: () => Promise<ModelGrammars>;
  /** Lets other tabs load the model. */
  releaseLock: () => void;
}

export interface LoadArgs {
  store: ModelStore;
  source: ModelSource;
  options: LoadOptions;
  session: Pick<SessionOptions, 'policies' | 'kvStore' | 'makeRoom'>;
  meter: ProgressMeter;
  signal: AbortSignal;
  /** For the model's details, in English. */
  remarks?: string[];
}

/** A model whose files are at hand, and what its header says. */
export type PreparedModel = Awaited<ReturnType<typeof prepareModel>>;

/**
 * Brings a model's files to this machine and reads their header; the GPU is not touched.
 * @throws AppError of nearly every code; an abort throws the signal's reason.
 */
export async function prepareModel({ store, source, meter, signal }: LoadArgs) {
  const { manifest, shards, keep } = await store.ready(source, meter, signal);
  const repairer = await store.repairer(manifest, source, signal, meter);
  const { metadata } = manifest;
  const architecture = architectureOf(metadata);
  const config = architecture.readConfig(metadata, tensorMap(manifest));
  const tokenizer = architecture.createTokenizer(metadata);
  const { describeTools } = await fetchPart(() => import('../model/template/toolTexts'));
  const prompts = await withTemplate(architecture.family(metadata), metadata, tokenizer);
  return { manifest, shards, keep, repairer, architecture, config, tokenizer, ...prompts, describeTools };
}

/** The family with what the file's own chat template says; a template that cannot be used is left out, with a remark. */
async function withTemplate(
  family: ModelFamily,
  metadata: Metadata,
  tokenizer: Tokenizer,
): Promise<{ family: ModelFamily; template?: ChatTemplate; remark?: string }> {
  const source = metadata['tokenizer.chat_template'];
  if (typeof source !== 'string' || source === '') return { family };
  try {
    const { openTemplate } = await fetchPart(() => import('../model/template/chatTemplate'));
    const template = await openTemplate(source, tokenizer.specialNames);
    const { answerStart } = template;
    const thinks = family.thinks || opensThought(answerStart);
    return { family: { ...family, thinks, format: { ...family.format, answerStart } }, template };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const remark = `The file's chat template cannot be used (${why}). Prompts have the format of the ${family.id} family.`;
    return { family, remark };
  }
}

/** Where a prepared model goes. */
export interface Destination {
  gpu: Gpu;
  /** Memory that the GPU has for it, where that has been measured. */
  allocatableBytes?: number;
  releaseLock: () => void;
}

/**
 * Uploads a prepared model and compiles its kernels meanwhile. Frees everything, the lock too, when it fails.
 * @throws AppError cache-damaged, out-of-gpu-memory, device-lost and others; an abort throws the signal's reason.
 */
export async function loadModel(
  prepared: PreparedModel,
  { store, options, session: sessionOptions, meter, signal, remarks = [] }: LoadArgs,
  { gpu, allocatableBytes, releaseLock }: Destination,
): Promise<LoadedModel> {
  const { manifest, shards, keep, repairer, architecture, config, tokenizer, family, template } = prepared;
  const allRemarks = [...remarks, ...(prepared.remark ? [prepared.remark] : [])];
  const prompts = new ChatPrompts(tokenizer, family, template, prepared.describeTools);
  let weights: LoadedWeights | undefined;
  let model: BoundModel | undefined;
  let creating: Promise<Session> | undefined;
  try {
    const kvFormat = options.kvFormat ?? defaultKvFormat(manifest);
    const contextTokens = contextFor({
      config,
      kvFormat,
      wantedTokens: options.contextTokens,
      allocatableBytes,
      maxBindingBytes: gpu.device.limits.maxStorageBufferBindingSize,
      weightBytes: manifest.packedBytes,
    });
    weights = await uploadModel({
      gpu,
      manifest,
      cache: await store.cache(),
      shards: shards?.read,
      signal,
      onProgress: ({ doneBytes, totalBytes }) => meter.at('upload', doneBytes, totalBytes),
      repair: (index) => repairer.repairOrCount(index),
      onPlaced: (placed) => {
        // Compiles while the weights arrive.
        model = architecture.bind(config, placed);
        creating = Session.create(gpu, model, {
          ...sessionOptions,
          contextTokens,
          kvFormat,
          numRealTokens: Math.min(tokenizer.numRealTokens, config.vocabSize),
          modelId: manifest.id,
        });
        creating.catch(() => undefined); // reported below
      },
    });
    await keep?.();
    meter.at('compile', 0, 1);
    if (!creating || !model) throw new AppError('bug', 'The weights were uploaded without being placed.');
    const [session, uploaded] = [await (creating as Promise<Session>), weights];
    await session.warmUp();
    meter.at('compile', 1, 1);
    signal.throwIfAborted();
    const parameters = countParameters(architecture.planTensors(config, tensorMap(manifest)));
    const gpuBytes = gpu.allocatedBytes;
    const stops = new Set(architecture.stopIds(tokenizer, manifest.metadata));
    let grammars: Promise<ModelGrammars> | undefined;
    const openGrammars = async () => {
      const { ModelGrammars } = await fetchPart(() => import('./decode/grammarConstraint'));
      return new ModelGrammars(tokenizer, stops, family.format.answerStart);
    };
    return {
      gpu,
      manifest,
      info: modelInfo({
        ...{ manifest, config, family, parameters, contextTokens, gpuBytes },
        tools: prompts.knowsTools,
        thinks: prompts.thinks,
        remarks: allRemarks,
      }),
      model,
      weights: uploaded,
      session,
      tokenizer,
      stops,
      prompts,
      grammars: () =>
        (grammars ??= openGrammars().catch((error: unknown) => {
          grammars = undefined; // its code could not be fetched: the next answer asks again
          throw error;
        })),
      releaseLock,
      destroy() {
        session.destroy();
        uploaded.destroy();
        releaseLock();
      },
    };
  } catch (error) {
    await creating?.then(
      (session) => session.destroy(),
      () => undefined,
    );
    weights?.destroy();
    releaseLock();
    throw error;
  }
}
