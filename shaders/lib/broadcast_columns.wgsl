// How the broadcasting matrix kernels go along the columns: a lane owns a row of two tiles, lane t of a subgroup has the
// values of token t, and all lanes take them from it. Needs matmul_output.wgsl, and of the body `Value`, f32 or i32, and
// `multiply`, a row's value times those of four tokens.
const SUBGROUP: u32 = 8u;
const FEW: bool = false;
const SWIGLU: bool = false;
alias Values = vec4<Value>;
/// Of tokens 0..3 and 4..7, the row in the first and in the second tile.
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
