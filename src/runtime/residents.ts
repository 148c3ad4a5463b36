// The models on the GPU: one per role, side by side, under one account of memory.
import type { Gpu } from '../gpu/device';
import type { ModelRole } from '../protocol/models';

/** A loaded model. */
export interface Resident {
  /** Frees everything it holds on the GPU. No work that uses it may be in flight. */
  destroy(): void;
}

/** What a role holds. */
export interface RoleAccount {
  role: ModelRole;
  name: string;
  bytes: number;
}

interface Place<R> {
  name: string;
  /** The share of the device that the resident's buffers are counted in. */
  gpu: Gpu;
  resident: R;
}

/** @typeParam Roles what each role may hold. */
export class Residents<Roles extends Record<ModelRole, Resident>> {
  private readonly places = new Map<ModelRole, Place<Roles[ModelRole]>>();

  get<Role extends ModelRole>(role: Role): Roles[Role] | undefined {
    return this.places.get(role)?.resident as Roles[Role] | undefined;
  }

  /** Every resident with its role. */
  all(): [ModelRole, Roles[ModelRole]][] {
    return [...this.places].map(([role, { resident }]) => [role, resident]);
  }

  /** GPU memory by role: what its weights, caches and activations take now. */
  get account(): RoleAccount[] {
    return [...this.places].map(([role, { name, gpu }]) => ({ role, name, bytes: gpu.allocatedBytes }));
  }

  /** Bytes that roles other than this one hold. */
  bytesBeside(role: ModelRole): number {
    return this.account.reduce((sum, other) => (other.role === role ? sum : sum + other.bytes), 0);
  }

  /**
   * Loads a model into a role, whose previous model is evicted first; models of other roles stay.
   * @param load makes the resident with buffers of this share of the device; it frees them when it fails.
   * @throws what `load` throws: AppError out-of-gpu-memory names the residents. The role is empty then.
   */
  async place<Role extends ModelRole, R extends Roles[Role]>(
    gpu: Gpu,
    { role, name }: { role: Role; name: string },
    load: (share: Gpu) => Promise<R>,
  ): Promise<R> {
    await this.evict(role);
    const share = gpu.share(`${role} ${name}`);
    try {
      const resident = await load(share);
      gpu.check(); // lost in the last moment: nothing would forget it
      this.places.set(role, { name, gpu: share, resident });
      return resident;
    } catch (error) {
      share.endShare();
      throw error;
    }
  }

  /** Frees the model of a role. @returns the bytes that came free; 0 for an empty role. */
  async evict(role: ModelRole): Promise<number> {
    const place = this.places.get(role);
    if (!place) return 0;
    this.places.delete(role);
    const { gpu, resident } = place;
    await gpu.device.queue.onSubmittedWorkDone(); // a stopped answer may still have steps in flight
    const held = gpu.allocatedBytes;
    resident.destroy();
    const freed = held - gpu.allocatedBytes;
    gpu.endShare();
    return freed;
  }

  /** Forgets all: the device is lost, and their buffers with it. @returns what was resident. */
  forget(): Roles[ModelRole][] {
    const residents = this.all().map(([, resident]) => resident);
    this.places.clear();
    return residents;
  }
}
