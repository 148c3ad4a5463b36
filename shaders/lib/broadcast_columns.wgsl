// The column loop of the broadcasting matrix kernels: a lane owns a row of two tiles, lane t of a subgroup holds the values
// of token t, and all lanes take them by broadcast. Needs matmul_output.wgsl, and of the body `Value`, f32 or i32, and
// `multiply`, a row's value times those of four tokens.
const SUBGROUP: u32 = 8u;
const FEW: bool = false;
const SWIGLU: bool = false;
alias Values = vec4<Value>;
/// Sums of tokens 0..3 (low) and 4..7 (high) for the row in the first and in the second tile.
struct Sums { first_low: Values, first_high: Values, second_low: Values, second_high: Values }

fn of_tokens_0_to_3(low: Value) -> Values {
  return Values(subgroupBroadcast(low, 0u), subgroupBroadcast(low, 1u), subgroupBroadcast(low, 2u), subgroupBroadcast(low, 3u));
}

/// With 4 lanes a subgroup each has two tokens: `high` is its second one.
fn of_tokens_4_to_7(low: Value, high: Value) -> Values {
  if (SUBGROUP < 8u) { return of_tokens_0_to_3(high); }
  return Values(subgroupBroadcast(low, 4u), subgroupBroadcast(low, 5u), subgroupBroadcast(low, 6u), subgroupBroadcast(low, 7u));
}

fn add_column(sums: Sums, first: Value, second: Value, low: Value, high: Value) -> Sums {
  var next = sums;
  let x_low = of_tokens_0_to_3(low);
  next.first_low += multiply(first, x_low);
  next.second_low += multiply(second, x_low);
  if (!FEW) {
    let x_high = of_tokens_4_to_7(low, high);
    next.first_high += multiply(first, x_high);
    next.second_high += multiply(second, x_high);
  }
  return next;
}

/// Four columns: of the rows in the two tiles, and of the lane's tokens.
fn add_columns(sums: Sums, first: Values, second: Values, low: Values, high: Values) -> Sums {
  var next = add_column(sums, first.x, second.x, low.x, high.x);
  next = add_column(next, first.y, second.y, low.y, high.y);
  next = add_column(next, first.z, second.z, low.z, high.z);
  return add_column(next, first.w, second.w, low.w, high.w);
}

/// A lane's part of the product: its row of both tiles, and where its tokens' activations begin.
struct Lane { tile: u32, first_token: u32, row: u32, at0: RowAddress, at1: RowAddress, from_low: u32, from_high: u32 }

/// `stride`: elements of x per token. Tokens beyond the last repeat it and are not stored.
fn lane_of(wg: vec3u, row: u32, lane: u32, stride: u32) -> Lane {
  let tile = wg.x * 2u;
  let first_token = wg.y * 8u;
  let last = params.num_tokens - 1u;
  let token = first_token + lane % min(SUBGROUP, 8u);
  return Lane(
    tile, first_token, row,
    row_address(tile, row, params.num_groups),
    row_address(min(tile + 1u, params.num_tiles - 1u), row, params.num_groups),
    min(token, last) * stride, min(token + 4u, last) * stride,
  );
}

/// The sums of tokens 0..3 and 4..7 in the first and the second tile.
fn store_all(l: Lane, first_low: vec4f, first_high: vec4f, second_low: vec4f, second_high: vec4f) {
  store(l.first_token, l.tile, l.row, first_low, second_low);
  if (!FEW) { store(l.first_token + 4u, l.tile, l.row, first_high, second_high); }
}

/// Four of the tokens, in both tiles.
fn store(token: u32, tile: u32, row: u32, first: vec4f, second: vec4f) {
  for (var i = 0u; i < 4u; i++) {
    if (SWIGLU) {
      store_swiglu(token + i, tile, row, first[i], second[i]);
    } else {
      store_sum(token + i, tile, row, first[i]);
      store_sum(token + i, tile + 1u, row, second[i]);
    }
  }
}
