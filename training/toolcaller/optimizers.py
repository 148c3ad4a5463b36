"""Muon for the matrices of the layers, AdamW for the embedding, norms and biases."""
import torch
import torch.distributed as dist


class Muon(torch.optim.Optimizer):
    """Momentum whose matrix updates are orthogonalised by Newton-Schulz steps (Jordan et al. 2024). Matrices of one
    shape are updated together; processes that train together share them out."""

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.02):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for p in group['params']:
                by_shape.setdefault(p.shape, []).append(p)
            for shape, params in by_shape.items():
                grads, momenta = [p.grad for p in params], []
                for p in params:
                    state = self.state[p]
                    if 'momentum' not in state:
                        state['momentum'] = torch.zeros_like(p)
                    momenta.append(state['momentum'])
                torch._foreach_mul_(momenta, group['momentum'])
                torch._foreach_add_(momenta, grads)
                x = torch.stack(torch._foreach_add(grads, momenta, alpha=group['momentum']))
                x = shared_out(orthogonal, x.mT if shape[0] > shape[1] else x)
                x = x.mT if shape[0] > shape[1] else x
                scale = max(1, shape[0] / shape[1]) ** 0.5
                torch._foreach_mul_(params, 1 - group['lr'] * group['weight_decay'])
                torch._foreach_add_(params, list(x.to(params[0].dtype).unbind()), alpha=-group['lr'] * scale)


def shared_out(f, x):
    """f(x), of which each process computes a part of the matrices."""
    if not dist.is_initialized():
        return f(x)
    mine, out = slice(dist.get_rank(), None, dist.get_world_size()), torch.zeros(x.shape)
    out[mine] = f(x[mine])
    dist.all_reduce(out)
    return out


def average_gradients(params, flag):
    """The mean over the processes, in place; returns whether any of them raised its flag."""
    if not dist.is_initialized():
        return flag
    flat = torch.cat([p.grad.flatten() for p in params] + [torch.tensor([float(flag)])])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for p, part in zip(params, flat[:-1].split([p.numel() for p in params])):
        p.grad.copy_(part.view_as(p))
    return bool(flat[-1] > 0)


def orthogonal(x):
    """Newton-Schulz steps; x [matrices, rows, columns] with rows <= columns."""
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    x = x.to(torch.bfloat16) if x.is_cuda else x
    for _ in range(5):
        a = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return x


def make_optimizers(model, fused):
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and n.startswith('blk')]
    tables = [p for n, p in model.named_parameters() if p.dim() == 2 and not n.startswith('blk')]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    adam = torch.optim.AdamW([{'params': tables, 'lr': 3e-3, 'weight_decay': 0.01},
                              {'params': vectors, 'lr': 3e-3, 'weight_decay': 0.0}], betas=(0.9, 0.98), fused=fused)
    optimizers = [Muon(matrices, lr=0.02), adam]
    for opt in optimizers:
        for group in opt.param_groups:
            group['peak_lr'] = group['lr']
    return optimizers
