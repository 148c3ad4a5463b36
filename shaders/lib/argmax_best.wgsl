// best: a logit with its id; of equal logits the lowest id is the better one.
struct Best { logit: f32, id: u32 }
const NONE = Best(-3e38, 0u);
const NOT_FINITE = Best(3.4e38, NOT_FINITE_ID); // better than every other

fn better(a: Best, b: Best) -> Best {
  if (b.logit > a.logit || (b.logit == a.logit && b.id < a.id)) { return b; }
  return a;
}
